// One thing to agree to: its tick, and the words, of which the first are shown at once.
import type { ConsentText } from '@sonrisa/protocol/phone-api.ts';
import { Check } from 'lucide-react';
import { useTranslation } from 'react-i18next';

export function ConsentPart(props: { testId: string; part: ConsentText['service']; checked: boolean; onChange: (checked: boolean) => void }) {
  const { t } = useTranslation('phone');
  const [first, ...rest] = props.part.paragraphs;
  return (
    <section className={`w-full rounded-[1.75rem] border-2 bg-card text-left transition-colors duration-150 ${props.checked ? 'border-crust' : 'border-line'}`}>
      <label className="flex gap-4 p-4 pb-2 items-start">
        <input type="checkbox" data-testid={props.testId} className="peer sr-only" checked={props.checked} onChange={(event) => props.onChange(event.target.checked)} />
        <span
          aria-hidden="true"
          className={`mt-0.5 size-9 shrink-0 rounded-xl border-2 flex items-center justify-center peer-focus-visible:outline-3 peer-focus-visible:outline-crust peer-focus-visible:outline-offset-2 ${props.checked ? 'bg-crust border-crust text-on-crust' : 'border-edge'}`}
        >
          {props.checked ? <Check className="size-6 animate-pop" strokeWidth={3} /> : null}
        </span>
        <span className="font-bold text-lg leading-snug min-h-9">{props.part.label}</span>
      </label>
      <div className="px-4 pb-3 text-soft">
        <p>{first}</p>
        {rest.length > 0 ? (
          <details className="mt-1">
            <summary className="min-h-12 flex items-center font-bold text-crust">{t('consentMore')}</summary>
            {rest.map((paragraph) => (
              <p key={paragraph} className="mt-2">
                {paragraph}
              </p>
            ))}
          </details>
        ) : null}
      </div>
    </section>
  );
}
