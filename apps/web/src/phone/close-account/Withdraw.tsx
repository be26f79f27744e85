// All the money of the wallet to the owner's bank account, which is named here if there is none yet.
import { isCurrency, paymentMaxMinorOf } from '@sonrisa/ledger/money.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { Closing } from '@sonrisa/protocol/close-account-api.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, codeOf } from '../../api.ts';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { moneyText } from '../../ui/money-text.ts';
import { Problem } from '../../ui/Problem.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { usePhone } from '../phone-context.ts';

export function Withdraw({ closing }: { closing: Closing }) {
  const { t } = useTranslation('closing');
  const { language } = useLanguage();
  const { send } = usePhone();
  const { bankAccount } = closing;
  const amount = atOnce(closing.wallet);
  const [holder, setHolder] = useState('');
  const [number, setNumber] = useState('');
  const { busy, problem, withdraw } = useWithdraw(amount);
  const named = bankAccount !== null || (holder.trim() !== '' && number.trim() !== '');
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (named && !busy) void withdraw(bankAccount === null ? { holder, number } : null);
      }}
    >
      <p>
        <span className="font-bold">{t('withdrawTitle', { amount: moneyText(amount, intlLocale(language)) })}</span> {t('withdrawText')}
      </p>
      {bankAccount ? (
        <p data-testid="bank-account">{t('withdrawTo', bankAccount)}</p>
      ) : (
        <>
          <TextField label={t('holderLabel')} note={t('holderNote')} testId="bank-holder" autoComplete="name" value={holder} onChange={setHolder} />
          <TextField label={t('numberLabel')} note={t('numberNote')} testId="bank-number" autoComplete="off" value={number} onChange={setNumber} />
        </>
      )}
      {problem === 'forbidden' ? (
        <div role="alert" data-testid="sign-in-first" className="flex flex-col gap-3">
          <p className="font-semibold">{t('signInFirst')}</p>
          <Button size="small" wide testId="sign-in-again" onClick={() => send({ type: 'signed_out' })}>
            {t('signInAgain')}
          </Button>
        </div>
      ) : problem ? (
        <Problem code={problem} />
      ) : null}
      <Button look="primary" wide type="submit" testId="withdraw-all" disabled={busy || !named}>
        {t('withdraw')}
      </Button>
    </form>
  );
}

/** As much as one movement may be; the rest goes with the next. */
function atOnce(amount: WireAmount): WireAmount {
  const { amountMinor, currency } = amount;
  const isTooMuch = isCurrency(currency) && BigInt(amountMinor) > paymentMaxMinorOf(currency);
  return isTooMuch ? { amountMinor: String(paymentMaxMinorOf(currency)), currency } : amount;
}

function useWithdraw(amount: WireAmount) {
  const { model, tools } = usePhone();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const [key, setKey] = useState(tools.newKey);
  const withdraw = async (account: { holder: string; number: string } | null): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const session = model.session ?? '';
      if (account) await tools.client.setBankAccount(session, { ...account, bic: null, currency: amount.currency }, tools.newKey());
      await tools.client.withdraw(session, amount, key);
    } catch (error) {
      setProblem(codeOf(error));
      // One whose answer got lost may have been carried out: it is asked again under its key, and withdraws once.
      if (!(error instanceof ApiError && error.answerLost)) setKey(tools.newKey());
    }
    setBusy(false);
    await Promise.all([queries.invalidateQueries({ queryKey: ['closing'] }), queries.invalidateQueries({ queryKey: ['me'] })]);
  };
  return { busy, problem, withdraw };
}
