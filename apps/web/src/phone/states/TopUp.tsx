// Money from the labelled test bank, in round amounts.
import { everydayUnitMinor, isCurrency } from '@sonrisa/ledger/money.ts';
import { useQueryClient } from '@tanstack/react-query';
import { Landmark } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { moneyText } from '../../ui/money-text.ts';
import { Money } from '../../ui/Money.tsx';
import { failedEvent, usePhone } from '../phone-context.ts';
import { Step } from '../Step.tsx';
import { useMe } from '../use-me.ts';

const quickAmounts = [50, 100, 200, 500];

export function TopUp() {
  const { t } = useTranslation('phone');
  const { model, send, tools } = usePhone();
  const { language } = useLanguage();
  const queries = useQueryClient();
  const me = useMe();
  const [busy, setBusy] = useState(false);
  // The key is kept while the same amount is tried again, so that a lost answer cannot top up twice.
  const intent = useRef<{ amountMinor: string; key: string } | null>(null);
  const currency = me.data?.balance.currency ?? 'CNY';
  const topUp = async (amountMinor: string): Promise<void> => {
    if (!model.session) return;
    setBusy(true);
    if (intent.current?.amountMinor !== amountMinor) intent.current = { amountMinor, key: tools.newKey() };
    try {
      await tools.client.topUp(model.session, { amountMinor, currency }, intent.current.key);
      await queries.invalidateQueries({ queryKey: ['me'] });
      send({ type: 'topped_up' });
    } catch (error) {
      setBusy(false);
      send(failedEvent(error));
    }
  };
  return (
    <Step
      picture={<span className="inline-flex items-center gap-2 rounded-full bg-glow px-5 py-2 font-extrabold"><Landmark aria-hidden="true" className="size-5 text-crust" /> {t('testBank')}</span>}
      title={t('topUpTitle')}
      text={t('topUpText')}
      actions={
        <Button look="quiet" wide testId="top-up-later" onClick={() => send({ type: 'skip_top_up' })}>
          {t('topUpLater')}
        </Button>
      }
    >
      {me.data ? (
        <p className="text-soft">
          {t('balance')} <Money amount={me.data.balance} />
        </p>
      ) : null}
      <div className="grid grid-cols-2 gap-4 w-full">
        {quickAmounts.map((units) => {
          const amount = { amountMinor: minorOf(units, currency), currency };
          return (
            <button
              key={units}
              type="button"
              disabled={busy || !me.data}
              data-testid={`top-up-${units}`}
              aria-label={t('topUpAmount', { amount: moneyText(amount, intlLocale(language)) })}
              className="min-h-28 rounded-[1.75rem] bg-card border-2 border-line hover:border-crust transition-[transform,border-color] duration-150 active:scale-[0.97] disabled:opacity-60 flex items-center justify-center"
              onClick={() => void topUp(amount.amountMinor)}
            >
              <Money amount={amount} size="card" />
            </button>
          );
        })}
      </div>
    </Step>
  );
}

// The bakery's currency has two decimals; another one would need other round amounts as well.
const minorOf = (units: number, currency: string): string => String(BigInt(units) * (isCurrency(currency) ? everydayUnitMinor(currency) : 100n));
