// A tick, the amount, the receipt number; back to the shop window after a few seconds.
import { Check } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Money } from '../../ui/Money.tsx';
import { Decision } from '../Decision.tsx';
import { useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';

export const paidStaysMs = 8_000;

export function Paid(props: { recovered: boolean }) {
  const { t } = useTranslation('kiosk');
  const { model, send } = useKiosk();
  useEffect(() => {
    const timer = setTimeout(() => send({ type: 'leave' }), paidStaysMs);
    return () => clearTimeout(timer);
  }, [send]);
  const { payment } = model;
  if (!payment?.paid) return null;
  return (
    <Screen
      picture={
        <span className="size-36 landscape:size-24 rounded-full bg-good text-paper flex items-center justify-center animate-pop">
          <Check aria-hidden="true" className="size-20 landscape:size-14" strokeWidth={3} />
        </span>
      }
      title={<span role="status">{t('paidTitle')}</span>}
      text={props.recovered ? t('paidRecovered') : undefined}
      actions={
        <Button look="soft" wide testId="done" onClick={() => send({ type: 'leave' })}>
          {t('done')}
        </Button>
      }
    >
      <Money amount={payment.amount} size="huge" testId="amount" />
      <div className="text-lg">
        <p>
          {t('receiptNumber')} <b data-testid="receipt-number" className="tabular-nums">{payment.paid.receiptNumber}</b>
        </p>
        <p className="text-base text-soft">{t('refundNote')}</p>
      </div>
      <Decision payment={payment} />
    </Screen>
  );
}
