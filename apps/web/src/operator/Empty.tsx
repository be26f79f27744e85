// An empty list of the back office: nothing waits, which is good news, or nothing was found.
import { PartyPopper, type LucideIcon } from 'lucide-react';

export function Empty({ title, text, testId, icon: Icon = PartyPopper }: { title: string; text: string; testId: string; icon?: LucideIcon }) {
  return (
    <div data-testid={testId} className="flex flex-col items-center gap-4 text-center rounded-[2rem] border-2 border-dashed border-line px-6 py-16">
      <span className="size-20 rounded-full bg-glow text-crust flex items-center justify-center">
        <Icon aria-hidden="true" className="size-9" />
      </span>
      <h2 className="text-2xl font-extrabold">{title}</h2>
      <p className="text-lg text-soft max-w-md">{text}</p>
    </div>
  );
}
