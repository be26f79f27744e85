// Masked name, amount, Pay or Not me. No automatic yes. With a PIN when the budget or the shop's limit asks for one.
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Mark } from '../../ui/Brand.tsx';
import { Button } from '../../ui/Button.tsx';
import { Money } from '../../ui/Money.tsx';
import { PinPad } from '../../ui/PinPad.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { Decision } from '../Decision.tsx';
import { failedEvent, useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';

export function Confirm(props: { pin: boolean; problem: SentenceCode | null; notCharged: boolean; round: number }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { profile } = useInstalled();
  const { busy, notMe } = useNotMe();
  const { payment } = model;
  const paymentId = payment?.id ?? '';
  const payWithPin = useCallback(
    (pin: string) => {
      sealPin({ pin, subjectId: paymentId, sealedAtMs: tools.now(), serverKey: profile.serverKey.jwk }).then(
        (sealedPin) => send({ type: 'pay', confirmKey: tools.newKey(), sealedPin }),
        (error: unknown) => send(failedEvent(error)),
      );
    },
    [paymentId, profile, send, tools],
  );
  if (!payment) return null;
  return (
    <Screen
      picture={props.pin ? undefined : <Mark className="size-24 animate-pop" />}
      aside={
        props.pin ? (
          <div className="flex flex-col gap-4 text-center">
            <h2 className="text-xl font-bold">{t('confirmPin')}</h2>
            <PinPad key={props.round} label={t('confirmPin')} busy={busy} onDone={payWithPin} />
          </div>
        ) : undefined
      }
      below={
        props.pin ? (
          <>
            <Button wide testId="not-me" disabled={busy} onClick={notMe}>
              {t('notMe')}
            </Button>
            <Decision payment={payment} />
          </>
        ) : undefined
      }
    >
      <div className="flex flex-col items-center gap-2">
        <p className="text-xl text-soft font-bold">{t('confirmTitle')}</p>
        <MaskedName name={payment.payer?.maskedName ?? ''} />
      </div>
      <Money amount={payment.amount} size="huge" testId="amount" />
      {props.notCharged && !props.problem ? <p role="status" className="rounded-full bg-good-glow text-good font-bold px-5 py-2">{t('notCharged')}</p> : null}
      {props.problem ? <Problem code={props.problem} /> : null}
      {props.pin ? null : (
        <>
          <div className="w-full max-w-xl flex gap-4">
            <Button size="large" wide testId="not-me" disabled={busy} onClick={notMe}>
              {t('notMe')}
            </Button>
            <Button look="primary" size="large" wide testId="pay" disabled={busy} onClick={() => send({ type: 'pay', confirmKey: tools.newKey(), sealedPin: null })}>
              {t('pay')}
            </Button>
          </div>
          <Decision payment={payment} />
        </>
      )}
    </Screen>
  );
}

function useNotMe(): { busy: boolean; notMe: () => void } {
  const { model, send, tools } = useKiosk();
  const { token } = useInstalled();
  const [busy, setBusy] = useState(false);
  const notMe = (): void => {
    setBusy(true);
    tools.client.notMe(token, model.payment?.id ?? '').then(
      (after) => send({ type: 'said_not_me', payment: after }),
      (error: unknown) => {
        setBusy(false);
        send(failedEvent(error));
      },
    );
  };
  return { busy, notMe };
}

const longNameCharacters = 20;

function MaskedName(props: { name: string }) {
  return (
    <h1 className={`${props.name.length > longNameCharacters ? 'text-2xl' : 'text-4xl'} font-extrabold wrap-anywhere`} data-testid="masked-name">
      {props.name}
    </h1>
  );
}
