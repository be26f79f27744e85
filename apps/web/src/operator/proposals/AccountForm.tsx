// A bank account to propose: of a merchant, in its currency, or the platform's own.
import { bankAccountSchema } from '@sonrisa/protocol/money-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { useAction } from '../use-action.ts';

const blank = { holder: '', number: '', bic: '', currency: 'CNY' };

/** `owner`: `platform` or the merchant's id; `currency` null: it is typed too. */
export function AccountForm({ owner, currency }: { owner: string; currency: string | null }) {
  const { t } = useTranslation('proposals');
  const { busy, problem, run } = useAction(['proposals']);
  const [typed, setTyped] = useState(blank);
  const [sent, setSent] = useState(false);
  const set = (field: keyof typeof blank) => (value: string) => setTyped((before) => ({ ...before, [field]: value }));
  const account = bankAccountSchema.safeParse({ holder: typed.holder.trim(), number: typed.number.trim(), bic: typed.bic.trim().toUpperCase() || null });
  const paidIn = currency ?? typed.currency.trim().toUpperCase();
  const ready = account.success && /^[A-Z]{3}$/.test(paidIn);
  return (
    <form
      className="grid gap-5 lg:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (account.success) run((client, token, key) => client.proposeAccount(token, owner, { ...account.data, currency: paidIn }, key), () => {
          setTyped(blank);
          setSent(true);
        });
      }}
    >
      <TextField label={t('holder')} note={t('holderNote')} testId="account-holder" autoComplete="off" value={typed.holder} onChange={set('holder')} maxLength={140} />
      <TextField label={t('number')} note={t('numberNote')} testId="account-number" autoComplete="off" value={typed.number} onChange={set('number')} maxLength={42} />
      <TextField label={t('bic')} note={t('bicNote')} testId="account-bic" autoComplete="off" value={typed.bic} onChange={set('bic')} maxLength={11} />
      {currency === null ? <TextField label={t('currency')} note={t('currencyNote')} testId="account-currency" value={typed.currency} onChange={set('currency')} maxLength={3} /> : null}
      <div className="flex flex-col gap-3 lg:col-span-2">
        {problem ? <Problem code={problem} /> : null}
        <Button type="submit" className="self-start" testId="propose-account" disabled={busy || !ready}>
          {t('propose')}
        </Button>
        {sent ? <p role="status" data-testid="account-proposed" className="font-semibold">{t('sent')}</p> : null}
      </div>
    </form>
  );
}
