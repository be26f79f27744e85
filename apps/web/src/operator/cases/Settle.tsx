// Who pays in the end: one officer proposes it, another approves. Until then, whoever bears disputes here carries what the shopper was given back.
import type { CaseFinding, FaceCase } from '@sonrisa/protocol/cases-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { decimalText, moneyText } from '../../ui/money-text.ts';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { TextField } from '../../ui/TextField.tsx';
import { moneyStateOf, outstandingOf, payersOf, type Payer } from './money-state.ts';
import { recoveryAmount, type RecoveryAmount } from './recovery-amount.ts';
import { useRead } from '../operator-context.ts';
import { ProposalList } from '../proposals/ProposalItem.tsx';
import { useAction } from '../use-action.ts';

export function Settle({ case: shown, finding }: { case: FaceCase; finding: CaseFinding | null }) {
  const { t } = useTranslation('cases');
  const money = moneyStateOf(shown);
  const isPart = (money === 'carried' || money === 'lost') && shown.dispute !== null && shown.dispute.recoveredMinor !== '0';
  const says =
    money === 'asked' ? `asked_${shown.refund === 'confirmed' ? 'confirmed' : 'capped'}` as const : isPart ? `moneyText_${money}_part` as const : `moneyText_${money}` as const;
  const { amount, recovered, rest } = useAmount(shown);
  return (
    <>
      <p role="status" data-testid="money-text" data-money={money}>
        {t(says, { amount, recovered, rest, bearer: t(`bearer_${shown.dispute?.bearer ?? 'platform'}`) })}
      </p>
      {money === 'proposed' ? <Proposed case={shown} /> : money === 'asked' ? <GiveBack case={shown} /> : money === 'carried' ? <Bear key={outstandingOf(shown)} case={shown} finding={finding} /> : null}
    </>
  );
}

/** `rest`: what nobody has paid for. */
function useAmount(shown: FaceCase): { amount: string; recovered: string; rest: string; text: (amountMinor: string) => string } {
  const { language } = useLanguage();
  const { currency } = shown.amount;
  const text = (amountMinor: string) => moneyText({ amountMinor, currency }, intlLocale(language));
  const whole = shown.dispute?.amount.amountMinor ?? shown.amount.amountMinor;
  const recoveredMinor = shown.dispute?.recoveredMinor ?? '0';
  return { amount: text(whole), recovered: text(recoveredMinor), rest: text(String(BigInt(whole) - BigInt(recoveredMinor))), text };
}

/** Said of the movement in the books, where no page is. */
const reasonOf = (shown: FaceCase, what: string): string => `${what} (${shown.id})`;

function Proposed({ case: shown }: { case: FaceCase }) {
  const people = useRead(['people'], (client, token) => client.people(token));
  return shown.proposal === null ? null : <ProposalList proposals={[shown.proposal]} people={people.data} onCase />;
}

function GiveBack({ case: shown }: { case: FaceCase }) {
  const { t } = useTranslation('cases');
  const { busy, problem, run } = useAction(['case', shown.id], ['cases'], ['proposals']);
  const { amount } = useAmount(shown);
  const [asking, setAsking] = useState(false);
  return (
    <>
      {problem ? <Problem code={problem} /> : null}
      <Button wide testId="give-back" disabled={busy} onClick={() => setAsking(true)}>
        {t('giveBack', { amount })}
      </Button>
      {asking ? (
        <SureDialog
          title={t('giveBackSure', { amount })}
          text={t('giveBackSureText')}
          yes={t('giveBackYes')}
          testId="give-back-sure"
          onYes={() => {
            setAsking(false);
            run((client, token, key) => client.giveBack(token, { paymentId: shown.paymentId, reason: reasonOf(shown, 'an officer gives it back') }, key));
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}

const suggestions: Record<CaseFinding, Payer> = { somebody_else: 'nobody', payer: 'payer', unclear: 'nobody' };

function Bear({ case: shown, finding }: { case: FaceCase; finding: CaseFinding | null }) {
  const { t } = useTranslation('cases');
  const { busy, problem, run } = useAction(['case', shown.id], ['cases'], ['proposals']);
  const { text } = useAmount(shown);
  const { currency } = shown.amount;
  const outstandingMinor = outstandingOf(shown);
  const [payer, setPayer] = useState<Payer | null>(null);
  const [typed, setTyped] = useState(() => decimalText({ amountMinor: outstandingMinor, currency }));
  const [losesRest, setLosesRest] = useState(false);
  const [asking, setAsking] = useState(false);
  const suggested = finding === null ? null : suggestions[finding];
  const amount: RecoveryAmount = payer === 'nobody' ? { ok: true, amountMinor: outstandingMinor, restMinor: '0' } : recoveryAmount({ typed, outstandingMinor, currency });
  const hasRest = amount.ok && amount.restMinor !== '0';
  const act = (by: Payer, amountMinor: string): void => {
    setAsking(false);
    const disputeId = shown.dispute?.id ?? '';
    run((client, token, key) =>
      by === 'nobody'
        ? client.bookLoss(token, disputeId, { reason: reasonOf(shown, 'booked as a loss') }, key)
        : client.recover(token, disputeId, { from: by, amount: { amountMinor, currency }, loseRest: hasRest && losesRest, reason: reasonOf(shown, `recovered from the ${by}`) }, key));
  };
  return (
    <>
      {problem ? <Problem code={problem} /> : null}
      <fieldset className="flex flex-col">
        <legend className="sr-only">{t('stepMoney')}</legend>
        {payersOf(shown).map((each) => (
          <label key={each} className="min-h-12 flex flex-wrap items-center gap-x-3 gap-y-1">
            <input type="radio" name="payer" data-testid={`payer-${each}`} className="size-5 shrink-0 accent-crust" checked={payer === each} onChange={() => setPayer(each)} />
            <span className="font-bold">{t(`payer_${each}`)}</span>
            {each === suggested ? <span className="rounded-full bg-glow px-2.5 py-0.5 text-xs font-bold whitespace-nowrap">{t('suggested')}</span> : null}
          </label>
        ))}
      </fieldset>
      {payer === null || payer === 'nobody' ? null : (
        <HowMuch typed={typed} amount={amount} currency={currency} outstanding={text(outstandingMinor)} text={text} onType={setTyped} losesRest={losesRest} onLosesRest={setLosesRest} />
      )}
      <Button wide testId="settle" disabled={busy || payer === null || !amount.ok} onClick={() => setAsking(true)}>
        {payer === null || !amount.ok ? t(payer === null ? 'settlePick' : 'settleAmount') : t(payer === 'nobody' ? 'bookLoss' : 'recover', { amount: text(amount.amountMinor) })}
      </Button>
      {asking && payer !== null && amount.ok ? (
        <SureDialog
          title={t(`sure_${payer}`, { amount: text(amount.amountMinor) })}
          text={`${t(`sureText_${payer}`)}${hasRest && losesRest ? ` ${t('sureRest', { rest: text(amount.restMinor) })}` : ''}`}
          yes={t(payer === 'nobody' ? 'bookLossYes' : 'recoverYes')}
          testId="settle-sure"
          onYes={() => act(payer, amount.amountMinor)}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}

type HowMuchProps = {
  typed: string;
  amount: RecoveryAmount;
  currency: string;
  outstanding: string;
  text: (amountMinor: string) => string;
  losesRest: boolean;
  onType: (typed: string) => void;
  onLosesRest: (loses: boolean) => void;
};

/** All that is left, unless something less is typed; what becomes of the rest is said. */
function HowMuch({ typed, amount, currency, outstanding, text, losesRest, onType, onLosesRest }: HowMuchProps) {
  const { t } = useTranslation('cases');
  const hasRest = amount.ok && amount.restMinor !== '0';
  const note = !amount.ok ? t(amount.why === 'none' ? 'amountNone' : 'amountTooMuch', { outstanding }) : hasRest ? t('amountPart', { rest: text(amount.restMinor) }) : t('amountAll');
  return (
    <div className="flex flex-col gap-2">
      <TextField label={t('howMuch', { currency })} note={note} testId="recover-amount" inputMode="decimal" autoComplete="off" aria-invalid={!amount.ok} maxLength={20} value={typed} onChange={onType} />
      {hasRest ? (
        <label className="min-h-12 flex items-center gap-3">
          <input type="checkbox" data-testid="lose-rest" className="size-5 shrink-0 accent-crust" checked={losesRest} onChange={(event) => onLosesRest(event.target.checked)} />
          <span className="font-semibold">{t('loseRest', { rest: text(amount.restMinor) })}</span>
        </label>
      ) : null}
    </div>
  );
}
