// The last four digits of the phone: they stop a mix-up between people who look alike.
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { DigitsPad } from '../../ui/DigitsPad.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { failedEvent, useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';

const digitsLength = 4;

export function Digits(props: { problem: SentenceCode | null; triesLeft: number | null; round: number }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { token } = useInstalled();
  const paymentId = model.payment?.id ?? '';
  const [busyRound, setBusyRound] = useState<number | null>(null);
  const enter = useCallback(
    (digits: string) => {
      setBusyRound(props.round);
      tools.client.enterDigits(token, paymentId, digits).then(
        ({ outcome, payment }) => send({ type: 'payment_read', payment, outcome }),
        (error: unknown) => send(failedEvent(error)),
      );
    },
    [props.round, tools, token, paymentId, send],
  );
  return (
    <Screen
      title={t('digitsTitle')}
      text={t('digitsText')}
      aside={<DigitsPad key={props.round} length={digitsLength} busy={busyRound === props.round} label={t('digitsTitle')} testId="digits" onDone={enter} />}
    >
      {props.problem ? (
        <Problem code={props.problem}>{props.triesLeft === null ? null : <p className="text-base">{t('triesLeft', { n: props.triesLeft })}</p>}</Problem>
      ) : null}
    </Screen>
  );
}
