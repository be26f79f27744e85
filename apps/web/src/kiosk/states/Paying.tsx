// Pay was tapped. The answer matters: if it is lost the payment is read until it says what happened.
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api.ts';
import { Money } from '../../ui/Money.tsx';
import { failedEvent, useEntry, useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';
import { Waiting } from './Activation.tsx';
import { SmallCode } from './Retake.tsx';

export const checkEveryMs = 1_500;
const slowAfterMs = 6_000;

export function Paying(props: { confirmKey: string; sealedPin: string | null }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { token } = useInstalled();
  useEntry(async () => {
    // Of the person the screen showed: Pay must charge nobody else.
    const shown = { paymentId: model.payment?.id ?? '', nonce: model.payment?.payer?.nonce ?? '' };
    const payment = await tools.client.confirm(token, { ...shown, pin: props.sealedPin }, props.confirmKey);
    send({ type: 'payment_read', payment });
  });
  return (
    <Screen picture={<Waiting />} title={<span role="status">{t('paying')}</span>}>
      {model.payment ? <Money amount={model.payment.amount} size="huge" /> : null}
    </Screen>
  );
}

export function Checking(props: { after: 'look' | 'pay' }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { token } = useInstalled();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), slowAfterMs);
    return () => clearTimeout(timer);
  }, []);
  useEntry(async (stillHere) => {
    while (stillHere()) {
      try {
        const payment = await tools.client.readPayment(token, model.payment?.id ?? '');
        if (!stillHere()) return;
        if (payment.next !== 'wait') return send({ type: 'payment_read', payment });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (stillHere()) send(failedEvent(error));
      }
      await tools.pause(checkEveryMs);
    }
  });
  return (
    <Screen
      picture={<Waiting />}
      title={t('checkingTitle')}
      text={<span role="status">{t(props.after === 'look' ? 'checkingLook' : slow ? 'stillChecking' : 'checkingPay')}</span>}
    >
      {model.payment ? (
        <>
          <Money amount={model.payment.amount} size="large" />
          <SmallCode code={callNumber(model.payment.id)} />
        </>
      ) : null}
    </Screen>
  );
}

/** For the phone call: the end of the payment's id, grouped as it stands on its receipt. */
const callNumber = (paymentId: string): string => (paymentId.slice(-12).toUpperCase().match(/.{1,4}/g) ?? []).join('-');
