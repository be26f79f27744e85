// One proposal: what shall happen instead of what holds now, who says so and why, and what became of it.
import type { Proposal } from '@sonrisa/protocol/money-api.ts';
import type { Merchant, PersonSeen } from '@sonrisa/protocol/set-up-api.ts';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Decide } from './Decide.tsx';
import { hashOf } from '../route.ts';
import { useDisputeText } from './dispute-text.ts';
import { useFeesText } from './fees-text.ts';

/** `people`: undefined until they are read. `merchants`: named where several are spoken of. `onCase`: the page is that of the case. */
type Listed = { proposals: readonly Proposal[]; people: readonly PersonSeen[] | undefined; merchants?: readonly Merchant[]; onCase?: boolean };

export function ProposalList({ proposals, ...names }: Listed) {
  return (
    <ul className="divide-y divide-line">
      {proposals.map((each) => (
        <Item key={each.id} proposal={each} {...names} />
      ))}
    </ul>
  );
}

function Item({ proposal, people, merchants, onCase = false }: Omit<Listed, 'proposals'> & { proposal: Proposal }) {
  const { t } = useTranslation('proposals');
  const { language } = useLanguage();
  const at = (ms: number) => new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
  const nameOf = (id: string | null) => (id === null ? t('machine') : people === undefined ? '…' : (people.find((person) => person.id === id)?.name ?? id));
  const { kind, owner, ownerId, payoutId, dispute, reason, state, checkerId, decidedAtMs } = proposal;
  const isWaiting = state === 'proposed' || state === 'approved';
  return (
    <li data-testid="proposal" data-state={state} data-kind={kind} className="py-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex flex-col gap-1">
        <p className="font-bold">{t(kind === 'bank_account' ? `account_${owner === 'platform' ? 'platform' : 'merchant'}` : kind)}</p>
        <Change proposal={proposal} isWaiting={isWaiting} />
        {owner === 'merchant' && merchants ? <MerchantLink id={ownerId} merchants={merchants} /> : null}
        {owner === 'payer' ? <Id id={ownerId} /> : null}
        {payoutId === null ? null : <Id id={payoutId} />}
        {dispute === null || onCase ? null : <About dispute={dispute} />}
        {reason === '' ? null : <p className="[overflow-wrap:anywhere]">{reason}</p>}
        <p className="text-sm text-soft">{t('proposedBy', { who: nameOf(proposal.makerId), at: at(proposal.proposedAtMs) })}</p>
        {decidedAtMs === null ? null : <p className="text-sm text-soft">{t(`state_${state}`, { who: nameOf(checkerId), at: at(decidedAtMs) })}</p>}
      </div>
      {isWaiting ? <Decide proposal={proposal} /> : null}
    </li>
  );
}

const Id = ({ id }: { id: string }) => <p className="text-sm text-soft [overflow-wrap:anywhere]"><code>{id}</code></p>;

function MerchantLink({ id, merchants }: { id: string; merchants: readonly Merchant[] }) {
  const { language } = useLanguage();
  const merchant = merchants.find((each) => each.id === id);
  const name = language === 'zh' ? merchant?.nameZh : merchant?.name;
  return <a href={hashOf({ page: 'merchant', id })} className="self-start font-semibold underline underline-offset-4 [overflow-wrap:anywhere]">{name ?? id}</a>;
}

function About({ dispute: { paymentId, caseId } }: { dispute: NonNullable<Proposal['dispute']> }) {
  const { t } = useTranslation('proposals');
  return (
    <>
      <Id id={paymentId} />
      {caseId === null ? null : <a href={hashOf({ page: 'case', id: caseId })} data-testid="open-case-of" className="self-start font-bold underline underline-offset-4">{t('openCase')}</a>}
    </>
  );
}

/** What is said, and while it waits what would be replaced. */
function Change({ proposal, isWaiting }: { proposal: Proposal; isWaiting: boolean }) {
  const { t } = useTranslation('proposals');
  const feesText = useFeesText();
  const disputeText = useDisputeText();
  const { account, currentAccount, fees, currentFees, dispute, currency } = proposal;
  const now = (text: string | null): ReactNode =>
    isWaiting ? <p data-testid="current" className="text-sm text-soft [overflow-wrap:anywhere]">{text === null ? t('currentNone') : t('current', { what: text })}</p> : null;
  if (account !== null) {
    return (
      <>
        <p className="[overflow-wrap:anywhere]">{accountText(account)} · {currency}</p>
        {now(currentAccount && accountText(currentAccount))}
      </>
    );
  }
  if (dispute !== null) return <p className="[overflow-wrap:anywhere]">{disputeText(dispute)}</p>;
  if (fees === null) return null;
  return (
    <>
      <p className="[overflow-wrap:anywhere]">{feesText(fees, currency)}</p>
      {now(currentFees && feesText(currentFees, currency))}
    </>
  );
}

const accountText = ({ holder, number, bic }: NonNullable<Proposal['account']>): string => [holder, number, bic].filter(Boolean).join(' · ');
