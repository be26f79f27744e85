// Step 3: an adult, as they say; then two things to agree to, each with its own tick, in the words the server keeps.
import type { EnrolmentText } from '@sonrisa/protocol/phone-api.ts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { type Age, AgeStep } from '../AgeStep.tsx';
import { ConsentPart } from '../ConsentPart.tsx';
import { failedEvent, usePhone, useWho } from '../phone-context.ts';
import { Step } from '../Step.tsx';

export function ConsentStep() {
  const { t } = useTranslation('phone');
  const { send, tools } = usePhone();
  const who = useWho();
  const { language } = useLanguage();
  const text = useQuery({ queryKey: ['consent', language], queryFn: () => tools.client.consent(language) });
  const [age, setAge] = useState<Age>(null);
  const [agreed, setAgreed] = useState({ service: false, face: false });
  const [busy, setBusy] = useState(false);
  const submit = (consent: EnrolmentText): void => {
    setBusy(true);
    tools.client
      .consentTo(who, { version: consent.version, locale: language, agreedToService: agreed.service, agreedToFace: agreed.face, statedAgeMin: consent.adultAgeYears })
      .then((view) => send({ type: 'enrolment_read', view }))
      .catch((error: unknown) => {
        setBusy(false);
        void text.refetch();
        send(failedEvent(error));
      });
  };
  if (age !== 'adult' && text.data) return <AgeStep adultAgeYears={text.data.adultAgeYears} age={age} onAge={setAge} />;
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
          <ConsentPart testId="consent-service" part={text.data.service} checked={agreed.service} onChange={(service) => setAgreed({ ...agreed, service })} />
          <ConsentPart testId="consent-face" part={text.data.face} checked={agreed.face} onChange={(face) => setAgreed({ ...agreed, face })} />
        </>
      ) : null}
    </Step>
  );
}
