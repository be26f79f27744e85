// The till waits for the shopper's own phone: how long, and what else works. Below the shop's limit the PIN does instead; last of all, and
// below a lower limit, a code by text message.
import { sealPin } from '@sonrisa/protocol/seal.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { Smartphone } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Money } from '../../ui/Money.tsx';
import { PinPad } from '../../ui/PinPad.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { Ring } from '../../ui/Ring.tsx';
import { failedEvent, useEntry, useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';
import { usePhoneWatch } from '../use-phone-watch.ts';
import { useTimeLeft } from '../use-time-left.ts';
import { Waiting } from './Activation.tsx';

type SmsCode = NonNullable<PaymentView['phone']>['smsCode'];
const smsShown: ReadonlySet<SmsCode> = new Set<SmsCode>(['offered', 'sending', 'sent']);

export function PhoneWait(props: { problem: SentenceCode | null }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  usePhoneWatch();
  const phone = model.payment?.phone;
  const { secondsLeft, share } = useTimeLeft(phone?.expiresAtMs ?? null);
  const smsIsShown = phone != null && smsShown.has(phone.smsCode);
  return (
    <Screen
      // Whoever hears that no message goes out needs the other ways in view more than the picture.
      picture={props.problem ? null : (
        <span className="relative size-40 landscape:size-28 flex items-center justify-center text-crust">
          <Ring share={share} />
          <Smartphone aria-hidden="true" className="size-16 landscape:size-12" />
        </span>
      )}
      title={<span role="status">{t('phoneWaitTitle')}</span>}
      text={t('phoneWaitText')}
      wide={smsIsShown}
      actionsAside={smsIsShown}
      actions={
        <>
          {phone?.pinInstead ? (
            <Button size="large" wide testId="no-phone" onClick={() => send({ type: 'phone_pin_wanted' })}>
              {t('phonePinInstead')}
            </Button>
          ) : null}
          <Button size="large" wide testId="code-instead" onClick={() => send({ type: 'code_wanted', createKey: tools.newKey() })}>
            {t('otherWayCode')}
          </Button>
          {phone && smsIsShown ? (
            <Button size="large" look={phone.smsCode === 'offered' ? 'quiet' : 'plain'} wide testId="sms-instead" data-sms={phone.smsCode} onClick={() => send({ type: 'sms_wanted' })}>
              {t(phone.smsCode === 'offered' ? 'smsInstead' : 'smsType')}
            </Button>
          ) : null}
        </>
      }
    >
      {model.payment ? <Money amount={model.payment.amount} size="huge" testId="amount" /> : null}
      {props.problem ? <Problem code={props.problem} /> : null}
      <p className="text-soft font-bold tabular-nums" data-testid="phone-seconds">
        {t('phoneWaitLeft', { n: secondsLeft })}
      </p>
    </Screen>
  );
}

export function PhonePin(props: { problem: SentenceCode | null; round: number }) {
  const { t } = useTranslation(['kiosk', 'ui']);
  const { model, send, tools } = useKiosk();
  const { profile } = useInstalled();
  usePhoneWatch();
  const paymentId = model.payment?.id ?? '';
  const [busy, setBusy] = useState(false);
  const enter = useCallback(
    (pin: string) => {
      setBusy(true);
      sealPin({ pin, subjectId: paymentId, sealedAtMs: tools.now(), serverKey: profile.serverKey.jwk }).then(
        (sealedPin) => send({ type: 'phone_pin_entered', key: tools.newKey(), sealedPin }),
        (error: unknown) => send(failedEvent(error)),
      );
    },
    [paymentId, profile, send, tools],
  );
  return (
    <Screen
      title={t('confirmPin')}
      aside={<PinPad key={props.round} label={t('confirmPin')} busy={busy} onDone={enter} />}
      below={
        <Button wide testId="back" onClick={() => send({ type: 'back' })}>
          {t('ui:back')}
        </Button>
      }
    >
      {model.payment ? <Money amount={model.payment.amount} size="huge" testId="amount" /> : null}
      {props.problem ? <Problem code={props.problem} /> : null}
    </Screen>
  );
}

export function PhonePaying(props: { confirmKey: string; sealedPin: string }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { token } = useInstalled();
  useEntry(async () => {
    const shown = { paymentId: model.payment?.id ?? '', nonce: model.payment?.payer?.nonce ?? '' };
    send({ type: 'payment_read', payment: await tools.client.phonePin(token, { ...shown, pin: props.sealedPin }, props.confirmKey) });
  });
  return (
    <Screen picture={<Waiting />} title={<span role="status">{t('paying')}</span>}>
      {model.payment ? <Money amount={model.payment.amount} size="huge" /> : null}
    </Screen>
  );
}
