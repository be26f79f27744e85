// A payment code: typed on the pad, or by a scanner that types like a keyboard, or read by the camera once somebody opens it.
import { parsePaymentCode, paymentCodeLength, spacedCode } from '@sonrisa/protocol/payment-code.ts';
import { ScanLine } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Keypad } from '../../ui/Keypad.tsx';
import { Money } from '../../ui/Money.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { basketTotal, newPaymentOf } from '../basket.ts';
import { CodeCamera } from '../CodeCamera.tsx';
import { useEntry, useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';
import { usePhoneWatch } from '../use-phone-watch.ts';
import { Waiting } from './Activation.tsx';

export function CodeEntry(props: { problem: SentenceCode | null; round: number }) {
  const { t } = useTranslation(['kiosk', 'ui']);
  const { model, send, tools } = useKiosk();
  const { menu } = useInstalled();
  usePhoneWatch();
  const [digits, setDigits] = useState('');
  const [mistyped, setMistyped] = useState(false);
  const [scanning, setScanning] = useState(false);
  const pay = useCallback(
    (code: string) => {
      if (parsePaymentCode(code)) return send({ type: 'code_entered', key: tools.newKey(), code });
      setMistyped(true);
      setDigits('');
    },
    [send, tools],
  );
  const add = useCallback((digit: string) => {
    setMistyped(false);
    setDigits((before) => (before.length < paymentCodeLength ? before + digit : before));
  }, []);
  const erase = useCallback(() => setDigits((before) => before.slice(0, -1)), []);
  const ok = useCallback(() => pay(digits), [pay, digits]);
  const problem = mistyped ? 'payment_code_invalid' : props.problem;
  return (
    <Screen
      title={t('codeTitle')}
      text={t('codeText')}
      aside={
        <div className="flex flex-col gap-4">
          <p data-testid="code-digits" aria-live="polite" className="min-h-14 rounded-2xl border-2 border-edge bg-card flex items-center justify-center text-2xl font-extrabold tabular-nums">
            {spacedCode(digits)}
          </p>
          <Keypad onDigit={add} onErase={erase} onOk={ok} okReady={digits.length === paymentCodeLength} />
        </div>
      }
      below={
        <Button look="quiet" testId="back" onClick={() => send({ type: 'back' })}>
          {t('ui:back')}
        </Button>
      }
    >
      <Money amount={model.payment?.amount ?? basketTotal(menu, model.basket)} size="large" testId="amount" />
      {problem ? (
        <Problem code={problem}>
          <p>{t('nothingCharged')}</p>
        </Problem>
      ) : null}
      {scanning ? (
        <CodeCamera onCode={pay} />
      ) : (
        <Button size="medium" testId="scan-camera" onClick={() => setScanning(true)}>
          <ScanLine aria-hidden="true" className="size-6" /> {t('codeCamera')}
        </Button>
      )}
    </Screen>
  );
}

export function CodePaying(props: { confirmKey: string; code: string }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const { menu, token } = useInstalled();
  useEntry(async () => {
    const payment = model.payment ?? (await tools.client.createPayment(token, newPaymentOf(menu, model.basket), model.createKey ?? tools.newKey()));
    if (!model.payment) send({ type: 'payment_made', payment });
    send({ type: 'payment_read', payment: await tools.client.payByCode(token, { paymentId: payment.id, code: props.code }, props.confirmKey) });
  });
  return (
    <Screen picture={<Waiting />} title={<span role="status">{t('paying')}</span>}>
      {model.payment ? <Money amount={model.payment.amount} size="huge" /> : null}
    </Screen>
  );
}
