// From one page of a long list to the next, by links: the address keeps where somebody is.
import { ArrowLeft, ArrowRight } from 'lucide-react';

type Way = { href: string; text: string };
const shape = 'min-h-12 px-5 rounded-full inline-flex items-center gap-2 font-bold bg-card border-2 border-line hover:border-edge';

export function Pager({ label, newest, older }: { label: string; newest: Way | null; older: Way | null }) {
  if (newest === null && older === null) return null;
  return (
    <nav aria-label={label} className="flex flex-wrap justify-between gap-3">
      {newest === null ? <span /> : (
        <a href={newest.href} data-testid="page-newest" className={shape}>
          <ArrowLeft aria-hidden="true" className="size-5 text-crust" /> {newest.text}
        </a>
      )}
      {older === null ? null : (
        <a href={older.href} data-testid="page-older" className={shape}>
          {older.text} <ArrowRight aria-hidden="true" className="size-5 text-crust" />
        </a>
      )}
    </nav>
  );
}
