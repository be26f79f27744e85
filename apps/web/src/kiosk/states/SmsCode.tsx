// The last resort while the phone is silent: a code by text message, typed by the shopper. It pays this payment alone, so it may be seen;
// of the number it went to nothing is shown, since tills ask for its last digits.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { DigitsPad } from '../../ui/DigitsPad.tsx';
import { Money } from '../../ui/Money.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { useEntry, useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';
import { usePhoneWatch } from '../use-phone-watch.ts';
import { useTimeLeft } from '../use-time-left.ts';
import { Waiting } from './Activation.tsx';

const codeLength = 6;

export function SmsSending() {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { token } = useInstalled();
  useEntry(async () => {
    const shown = { paymentId: model.payment?.id ?? '', nonce: model.payment?.payer?.nonce ?? '' };
    send({ type: 'sms_sent', payment: await tools.client.sendSmsCode(token, shown) });
  });
  return <Screen picture={<Waiting />} title={<span role="status">{t('smsSending')}</span>} />;
}

export function SmsCode(props: { problem: SentenceCode | null; triesLeft: number | null; round: number }) {
  const { t } = useTranslation(['kiosk', 'ui']);
  const { model, send, tools } = useKiosk();
  usePhoneWatch();
  const phone = model.payment?.phone;
  const { secondsLeft } = useTimeLeft(phone?.expiresAtMs ?? null);
  const enter = useCallback((code: string) => send({ type: 'sms_entered', key: tools.newKey(), code }), [send, tools]);
  return (
    <Screen
      title={t('smsTitle')}
      text={props.problem ? null : t(phone?.smsCode === 'failed' ? 'smsFailed' : 'smsText')}
      aside={<DigitsPad key={props.round} length={codeLength} label={t('smsTitle')} testId="sms-code" onDone={enter} />}
      below={
        <Button wide testId="back" onClick={() => send({ type: 'back' })}>
          {t('ui:back')}
        </Button>
      }
    >
      {model.payment ? <Money amount={model.payment.amount} size="huge" testId="amount" /> : null}
      {props.problem ? (
        <Problem code={props.problem}>{props.triesLeft === null ? null : <p className="text-base">{t('triesLeft', { n: props.triesLeft })}</p>}</Problem>
      ) : null}
      <p className="text-soft font-bold tabular-nums" data-testid="phone-seconds">
        {t('phoneWaitLeft', { n: secondsLeft })}
      </p>
    </Screen>
  );
}

export function SmsPaying(props: { confirmKey: string; code: string }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { token } = useInstalled();
  useEntry(async () => {
    const shown = { paymentId: model.payment?.id ?? '', nonce: model.payment?.payer?.nonce ?? '' };
    send({ type: 'payment_read', payment: await tools.client.paySmsCode(token, { ...shown, code: props.code }, props.confirmKey) });
  });
  return (
    <Screen picture={<Waiting />} title={<span role="status">{t('paying')}</span>}>
      {model.payment ? <Money amount={model.payment.amount} size="huge" /> : null}
    </Screen>
  );
}
