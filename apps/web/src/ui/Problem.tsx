// What went wrong in a plain sentence, with a way on; the code is small, there for the phone call.
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';

export function Problem(props: { code: SentenceCode; children?: ReactNode; id?: string }) {
  const { t } = useTranslation();
  return (
    <div id={props.id} role="alert" data-testid="problem" data-code={props.code} className="flex gap-3 rounded-3xl bg-warn-glow px-5 py-4 text-left animate-rise">
      <CircleAlert aria-hidden="true" className="size-6 shrink-0 text-warn mt-0.5" />
      <div className="min-w-0">
        <p className="font-semibold">{t(`problems:${props.code}`)}</p>
        {props.children}
        <p className="mt-1 text-xs text-soft">
          {t('errorCode')} <code>{props.code}</code>
        </p>
      </div>
    </div>
  );
}
