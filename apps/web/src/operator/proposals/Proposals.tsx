// What waits for a second person: bank accounts that somebody proposed, and payouts that came back. And where payouts come from.
import type { Proposal } from '@sonrisa/protocol/money-api.ts';
import type { PersonSeen } from '@sonrisa/protocol/set-up-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { useRead } from '../operator-context.ts';
import { Panel } from '../Panel.tsx';
import { useAction } from '../use-action.ts';
import { AccountForm } from './AccountForm.tsx';

const readEveryMs = 15_000;

export function Proposals() {
  const { t } = useTranslation('proposals');
  const waiting = useRead(['proposals', 'waiting'], (client, token) => client.proposals(token, 'waiting'), readEveryMs);
  const decided = useRead(['proposals', 'decided'], (client, token) => client.proposals(token, 'decided'));
  const people = useRead(['people'], (client, token) => client.people(token));
  return (
    <>
      <div>
        <h1 className="text-3xl font-extrabold">{t('title')}</h1>
        <p className="text-soft mt-1">{t('lead')}</p>
      </div>
      <Panel title={t('waiting')} testId="waiting">
        <Fetched query={waiting}>
          {(read) => (read.length === 0 ? <p data-testid="waiting-none" className="text-soft">{t('waitingNone')}</p> : <List proposals={read} people={people.data ?? []} />)}
        </Fetched>
      </Panel>
      <Panel title={t('platformAccount')} text={t('platformAccountText')} testId="platform-account">
        <AccountForm owner="platform" currency={null} />
      </Panel>
      <Panel title={t('decided')} testId="decided">
        <Fetched query={decided}>{(read) => (read.length === 0 ? <p className="text-soft">{t('decidedNone')}</p> : <List proposals={read} people={people.data ?? []} />)}</Fetched>
      </Panel>
    </>
  );
}

type Listed = { proposals: readonly Proposal[]; people: readonly PersonSeen[] };

function List({ proposals, people }: Listed) {
  return (
    <ul className="divide-y divide-line">
      {proposals.map((each) => (
        <Item key={each.id} proposal={each} people={people} />
      ))}
    </ul>
  );
}

function Item({ proposal, people }: { proposal: Proposal; people: readonly PersonSeen[] }) {
  const { t } = useTranslation('proposals');
  const { language } = useLanguage();
  const at = (ms: number) => new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'medium', timeStyle: 'short' }).format(ms);
  const nameOf = (id: string | null) => (id === null ? t('machine') : (people.find((person) => person.id === id)?.name ?? id));
  const { account, currentAccount, kind, owner, ownerId, payoutId, reason, state, checkerId, decidedAtMs } = proposal;
  return (
    <li data-testid="proposal" data-state={state} className="py-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex flex-col gap-1">
        <p className="font-bold">{t(kind === 'bank_account' ? `account_${owner === 'platform' ? 'platform' : 'merchant'}` : 'return')}</p>
        {account === null ? null : <p className="[overflow-wrap:anywhere]">{accountText(account)} · {proposal.currency}</p>}
        {account === null || state !== 'proposed' ? null : (
          <p data-testid="current-account" className="text-sm text-soft [overflow-wrap:anywhere]">{currentAccount === null ? t('currentNone') : t('current', { account: accountText(currentAccount) })}</p>
        )}
        {owner === 'platform' ? null : <p className="text-sm text-soft"><code>{ownerId}</code></p>}
        {payoutId === null ? null : <p className="text-sm text-soft"><code>{payoutId}</code></p>}
        {reason === '' ? null : <p className="[overflow-wrap:anywhere]">{reason}</p>}
        <p className="text-sm text-soft">{t('proposedBy', { who: nameOf(proposal.makerId), at: at(proposal.proposedAtMs) })}</p>
        {decidedAtMs === null ? null : <p className="text-sm text-soft">{t(`state_${state}`, { who: nameOf(checkerId), at: at(decidedAtMs) })}</p>}
      </div>
      {state === 'proposed' ? <Decide proposal={proposal} /> : null}
    </li>
  );
}

const accountText = ({ holder, number, bic }: NonNullable<Proposal['account']>): string => [holder, number, bic].filter(Boolean).join(' · ');

function Decide({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('proposals');
  const { busy, problem, run } = useAction(['proposals']);
  const [asking, setAsking] = useState(false);
  return (
    <div className="flex flex-col gap-3">
      {problem ? <Problem code={problem} /> : null}
      <div className="flex gap-3">
        <Button size="small" testId="refuse" disabled={busy} onClick={() => run((client, token, key) => client.decide(token, proposal.id, 'refuse', key))}>
          {t('refuse')}
        </Button>
        <Button size="small" look="soft" testId="approve" disabled={busy} onClick={() => setAsking(true)}>
          {t('approve')}
        </Button>
      </div>
      {asking ? (
        <SureDialog
          title={t('sure')}
          text={t(proposal.kind === 'bank_account' ? 'sureAccount' : 'sureReturn')}
          yes={t('approve')}
          testId="approve-sure"
          onYes={() => {
            setAsking(false);
            run((client, token, key) => client.decide(token, proposal.id, 'approve', key));
          }}
          onClose={() => setAsking(false)}
        />
      ) : null}
    </div>
  );
}
