// Step 3: two things to agree to, each with its own tick, in the words the server keeps.
import type { ConsentText } from '@sonrisa/protocol/phone-api.ts';
import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { failedEvent, usePhone, useWho } from '../phone-context.ts';
import { Step } from '../Step.tsx';

export function ConsentStep() {
  const { t } = useTranslation('phone');
  const { send, tools } = usePhone();
  const who = useWho();
  const { language } = useLanguage();
  const text = useQuery({ queryKey: ['consent', language], queryFn: () => tools.client.consent(language) });
  const [agreed, setAgreed] = useState({ service: false, face: false });
  const [busy, setBusy] = useState(false);
  const submit = (consent: ConsentText): void => {
    setBusy(true);
    tools.client
      .consentTo(who, { version: consent.version, locale: language, agreedToService: agreed.service, agreedToFace: agreed.face })
      .then((view) => send({ type: 'enrolment_read', view }))
      .catch((error: unknown) => {
        setBusy(false);
        void text.refetch();
        send(failedEvent(error));
      });
  };
  return (
    <Step
      title={text.data?.title ?? t('ui:loading')}
      text={t('consentKept')}
      actions={
        <Button look="primary" size="large" wide testId="continue" disabled={busy || !text.data || !agreed.service || !agreed.face} onClick={() => text.data && submit(text.data)}>
          {t('consentAgree')}
        </Button>
      }
    >
      {text.error ? <Problem code={codeOf(text.error)} /> : null}
      {text.data ? (
        <>
          <Part testId="consent-service" part={text.data.service} checked={agreed.service} onChange={(service) => setAgreed({ ...agreed, service })} />
          <Part testId="consent-face" part={text.data.face} checked={agreed.face} onChange={(face) => setAgreed({ ...agreed, face })} />
        </>
      ) : null}
    </Step>
  );
}

function Part(props: { testId: string; part: ConsentText['service']; checked: boolean; onChange: (checked: boolean) => void }) {
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
