// Step 5: a PIN, typed twice, sealed for the server and bound to this enrolment; then the account opens.
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { PinPad } from '../../ui/PinPad.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { useEntry, usePhone, useWho } from '../phone-context.ts';
import { Step } from '../Step.tsx';
import { WaitStep } from './LookStep.tsx';

export function PinStep(props: { problem: SentenceCode | 'pin_differs' | null }) {
  const { t } = useTranslation('phone');
  const { send } = usePhone();
  const choose = useCallback((pin: string) => send({ type: 'pin_chosen', pin }), [send]);
  return (
    <Step title={t('pinTitle')} text={t('pinText')}>
      {props.problem === 'pin_differs' ? <p role="alert" data-testid="pin-differs" className="rounded-2xl bg-warn-glow px-5 py-3 font-semibold">{t('pinDiffers')}</p> : null}
      {props.problem && props.problem !== 'pin_differs' ? <Problem code={props.problem} /> : null}
      <PinPad label={t('pinTitle')} testId="pin-1" onDone={choose} />
      <p className="text-sm text-soft">{t('pinKept')}</p>
    </Step>
  );
}

export function PinRepeatStep() {
  const { t } = useTranslation('phone');
  const { send } = usePhone();
  const repeat = useCallback((pin: string) => send({ type: 'pin_repeated', pin }), [send]);
  return (
    <Step title={t('pinRepeatTitle')}>
      <PinPad label={t('pinRepeatTitle')} testId="pin-2" onDone={repeat} />
      <p className="text-sm text-soft">{t('pinKept')}</p>
    </Step>
  );
}

export function OpeningStep(props: { pin: string }) {
  const { t } = useTranslation('phone');
  const { model, send, tools } = usePhone();
  const who = useWho();
  useEntry(async () => {
    if (!model.keys) return;
    const sealed = await sealPin({ pin: props.pin, subjectId: who.id, sealedAtMs: tools.now(), serverKey: model.keys.serverKey.jwk });
    send({ type: 'enrolment_read', view: await tools.client.setPin(who, sealed) });
  });
  return <WaitStep title={t('opening')} />;
}
