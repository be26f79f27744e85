// A refusal with its reason, what else works, and the plain word that nothing was charged.
import { Wallet, CircleSlash } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Money } from '../../ui/Money.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { useKiosk } from '../kiosk-context.ts';
import { Screen, Spot } from '../Screen.tsx';
import { LookAgain } from './Retake.tsx';

/** Refusals after which the same shopper may simply start again. */
const mayHelp: ReadonlySet<SentenceCode> = new Set<SentenceCode>(['payment_expired', 'payment_not_found', 'payment_state_conflict', 'idempotency_key_reused']);

export function Refused(props: { code: SentenceCode }) {
  const { t } = useTranslation(['kiosk', 'ui']);
  const { model } = useKiosk();
  const money = props.code === 'balance_insufficient';
  return (
    <Screen
      picture={<Spot>{money ? <Wallet aria-hidden="true" className="size-12" /> : <CircleSlash aria-hidden="true" className="size-12" />}</Spot>}
      title={t(money ? 'refusedMoney' : 'refusedTitle')}
      actions={<LookAgain firstTime={false} otherFirst={!mayHelp.has(props.code)} again={t('ui:tryAgain')} />}
    >
      {model.payment ? <Money amount={model.payment.amount} size="large" testId="amount" /> : null}
      <Problem code={props.code} />
      <p className="rounded-full bg-good-glow text-good font-bold px-5 py-2">{t('nothingCharged')}</p>
    </Screen>
  );
}
