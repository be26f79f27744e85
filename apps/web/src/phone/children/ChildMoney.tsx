// What a child has, and more of it from the guardian's own wallet.
import type { ChildView } from '@sonrisa/protocol/children-api.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Money } from '../../ui/Money.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { minorOf } from '../../ui/minor-of.ts';
import { useMoneyText } from '../limits/use-money-text.ts';
import { usePhone } from '../phone-context.ts';
import { useMe } from '../use-me.ts';

export function ChildMoney({ child }: { child: ChildView }) {
  const { t } = useTranslation('children');
  const { currency } = child.balance;
  const text = useMoneyText(currency);
  const me = useMe();
  const [typed, setTyped] = useState('');
  const { busy, problem, given, give } = useAllowance(child.id);
  const amountMinor = minorOf(typed, currency);
  const mayGive = child.state !== 'closed' && child.state !== 'of_age';
  return (
    <Card className="flex flex-col gap-3">
      <span className="text-soft font-bold">{t('balance')}</span>
      <Money amount={child.balance} size="huge" testId="child-balance" />
      {mayGive ? (
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (amountMinor !== null && amountMinor !== '0') void give({ amountMinor, currency }).then((done) => done && setTyped(''));
          }}
        >
          <TextField
            label={t('allowance', { currency })}
            note={me.data ? t('allowanceNote', { amount: text(me.data.balance.amountMinor) }) : t('allowanceFrom')}
            testId="allowance"
            inputMode="decimal"
            autoComplete="off"
            value={typed}
            onChange={setTyped}
          />
          {problem ? <Problem code={problem} /> : null}
          {given === null ? null : (
            <p role="status" data-testid="allowance-given" className="rounded-3xl bg-good-glow px-5 py-3 font-semibold">
              {t('allowanceGiven', { amount: text(given) })}
            </p>
          )}
          <Button look="primary" wide type="submit" testId="give-allowance" disabled={busy || amountMinor === null || amountMinor === '0'}>
            {t('give')}
          </Button>
        </form>
      ) : null}
    </Card>
  );
}

function useAllowance(childId: string) {
  const { model, tools } = usePhone();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const [given, setGiven] = useState<string | null>(null);
  // Kept while the same amount is tried again, so that a lost answer gives nothing twice.
  const intent = useRef<{ amountMinor: string; key: string } | null>(null);
  const give = async (amount: { amountMinor: string; currency: string }): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    setGiven(null);
    if (intent.current?.amountMinor !== amount.amountMinor) intent.current = { amountMinor: amount.amountMinor, key: tools.newKey() };
    try {
      await tools.children.allow(model.session ?? '', childId, amount, intent.current.key);
      intent.current = null;
      await Promise.all(['child', 'children', 'me'].map((each) => queries.invalidateQueries({ queryKey: [each] })));
      setGiven(amount.amountMinor);
      return true;
    } catch (error) {
      const code = codeOf(error);
      // A final refusal would be answered under its key for ever.
      if (code !== 'network' && code !== 'timeout') intent.current = null;
      setProblem(code);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, given, give };
}
