// A sheet over the page: the browser's own dialog keeps focus inside and closes on Escape.
import { X } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function Dialog(props: { title: string; onClose: () => void; children: ReactNode; testId?: string }) {
  const { t } = useTranslation('ui');
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog
      ref={element}
      data-testid={props.testId}
      aria-label={props.title}
      onClose={props.onClose}
      className="m-auto text-left w-[min(34rem,calc(100vw-2rem))] max-h-[85dvh] rounded-[2rem] bg-card text-ink border border-line p-6 backdrop:bg-black/40 animate-rise"
    >
      <div className="flex items-start justify-between gap-4">
        <h2 className="text-2xl font-extrabold">{props.title}</h2>
        <button
          type="button"
          aria-label={t('close')}
          data-testid="close"
          className="size-12 shrink-0 -mt-2 -mr-2 rounded-full flex items-center justify-center hover:bg-sunk"
          onClick={() => element.current?.close()}
        >
          <X aria-hidden="true" className="size-6" />
        </button>
      </div>
      <div className="mt-3 flex flex-col gap-3">{props.children}</div>
    </dialog>
  );
}
