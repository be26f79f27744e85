// The last payments of an account; each opens its sheet.
import type { Me } from '@sonrisa/protocol/phone-api.ts';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { moneyText } from '../../ui/money-text.ts';
import { Money } from '../../ui/Money.tsx';
import { PaymentSheet } from './PaymentSheet.tsx';

/** `childId`: whose they are, where they are a child's. */
export function Payments(props: { payments: Me['payments']; childId?: string }) {
  const { t } = useTranslation('phone');
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const [opened, setOpened] = useState<string | null>(null);
  const shown = props.payments.find(({ id }) => id === opened);
  const time = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', hour: language === 'zh' ? '2-digit' : 'numeric', minute: '2-digit' });
  return (
    <section>
      <h2 className="font-bold text-soft px-1 mb-2">{t('payments')}</h2>
      {props.payments.length === 0 ? (
        <p className="rounded-3xl bg-sunk px-5 py-6 text-center text-soft">{t('paymentsNone')}</p>
      ) : (
        <ul className="rounded-[2rem] bg-card border border-line divide-y divide-line">
          {props.payments.map((payment) => (
            <li key={payment.id} data-testid="payment">
              <button type="button" data-testid="open-payment" className="w-full flex items-center gap-3 px-5 py-3.5 text-left rounded-[2rem]" onClick={() => setOpened(payment.id)}>
                <span className="flex-1 min-w-0">
                  <span className="block font-bold truncate">{language === 'zh' ? payment.storeNameZh : payment.storeName}</span>
                  <span className="block text-sm text-soft">
                    {time.format(payment.atMs)} · {outcomeOf(payment, locale, t)}
                  </span>
                </span>
                <Money amount={payment.amount} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {shown ? <PaymentSheet key={shown.id} payment={shown} childId={props.childId} onClose={() => setOpened(null)} /> : null}
    </section>
  );
}

function outcomeOf(payment: Me['payments'][number], locale: string, t: TFunction<'phone'>): string {
  switch (payment.state) {
    case 'captured':
      return t('state_paid');
    case 'disputed':
      return t('state_disputed');
    case 'partially_refunded':
      return t('state_partly', { amount: moneyText({ amountMinor: payment.refundedMinor, currency: payment.amount.currency }, locale) });
    case 'refunded':
      return t('state_refunded');
    case 'declined':
    case 'cancelled':
    case 'expired':
      return t('state_not');
    default:
      return t('state_open');
  }
}
