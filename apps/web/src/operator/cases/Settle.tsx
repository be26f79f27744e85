// Who pays in the end. Until somebody says so, whoever bears disputes here carries what the shopper was given back.
import type { CaseFinding, FaceCase } from '@sonrisa/protocol/cases-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { moneyText } from '../../ui/money-text.ts';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { moneyStateOf, outstandingOf, payersOf, type Payer } from './money-state.ts';
import { useAction } from '../use-action.ts';

export function Settle({ case: shown, finding }: { case: FaceCase; finding: CaseFinding | null }) {
  const { t } = useTranslation('cases');
  const money = moneyStateOf(shown);
  const says = money === 'asked' ? `asked_${shown.refund === 'confirmed' ? 'confirmed' : 'capped'}` as const : `moneyText_${money}` as const;
  const { amount } = useAmount(shown);
  return (
    <>
      <p role="status" data-testid="money-text" data-money={money}>
        {t(says, { amount, bearer: t(`bearer_${shown.dispute?.bearer ?? 'platform'}`) })}
      </p>
      {money === 'asked' ? <GiveBack case={shown} /> : money === 'carried' ? <Bear case={shown} finding={finding} /> : null}
    </>
  );
}

function useAmount(shown: FaceCase): { amount: string; outstanding: string } {
  const { language } = useLanguage();
  const { currency } = shown.amount;
  const text = (amountMinor: string) => moneyText({ amountMinor, currency }, intlLocale(language));
  return { amount: text(shown.dispute?.amount.amountMinor ?? shown.amount.amountMinor), outstanding: text(outstandingOf(shown)) };
}

/** Said of the movement in the books, where no page is. */
const reasonOf = (shown: FaceCase, what: string): string => `${what} (${shown.id})`;

function GiveBack({ case: shown }: { case: FaceCase }) {
  const { t } = useTranslation('cases');
  const { busy, problem, run } = useAction(['case', shown.id], ['cases']);
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
            run((client, token, key) => client.giveBack(token, { paymentId: shown.paymentId, reason: reasonOf(shown, 'an officer gave it back') }, key));
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
  const { busy, problem, run } = useAction(['case', shown.id], ['cases']);
  const { outstanding } = useAmount(shown);
  const [payer, setPayer] = useState<Payer | null>(null);
  const [asking, setAsking] = useState(false);
  const suggested = finding === null ? null : suggestions[finding];
  const act = (by: Payer): void => {
    setAsking(false);
    const disputeId = shown.dispute?.id ?? '';
    if (by === 'nobody') run((client, token, key) => client.bookLoss(token, disputeId, { reason: reasonOf(shown, 'booked as a loss') }, key));
    else run((client, token, key) => client.recover(token, disputeId, { from: by, reason: reasonOf(shown, `recovered from the ${by}`) }, key));
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
      <Button wide testId="settle" disabled={busy || payer === null} onClick={() => setAsking(true)}>
        {payer === null ? t('settlePick') : t(payer === 'nobody' ? 'bookLoss' : 'recover', { amount: outstanding })}
      </Button>
      {asking && payer !== null ? (
        <SureDialog title={t(`sure_${payer}`, { amount: outstanding })} text={t(`sureText_${payer}`)} yes={t(payer === 'nobody' ? 'bookLossYes' : 'recoverYes')} testId="settle-sure" onYes={() => act(payer)} onClose={() => setAsking(false)} />
      ) : null}
    </>
  );
}
