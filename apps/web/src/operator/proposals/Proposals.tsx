// What waits for a second person, what two people have decided, and where payouts come from.
import { useTranslation } from 'react-i18next';
import { Fetched } from '../../ui/Fetched.tsx';
import { useRead } from '../operator-context.ts';
import { Panel } from '../Panel.tsx';
import { AccountForm } from './AccountForm.tsx';
import { ProposalList } from './ProposalItem.tsx';

const readEveryMs = 15_000;

export function Proposals() {
  const { t } = useTranslation('proposals');
  const waiting = useRead(['proposals', 'waiting'], (client, token) => client.proposals(token, 'waiting'), readEveryMs);
  const decided = useRead(['proposals', 'decided'], (client, token) => client.proposals(token, 'decided'));
  const people = useRead(['people'], (client, token) => client.people(token));
  const merchants = useRead(['merchants'], (client, token) => client.merchants(token));
  const names = { people: people.data, merchants: merchants.data ?? [] };
  return (
    <>
      <div>
        <h1 className="text-3xl font-extrabold">{t('title')}</h1>
        <p className="text-soft mt-1">{t('lead')}</p>
      </div>
      <Panel title={t('waiting')} testId="waiting">
        <Fetched query={waiting}>
          {(read) => (read.length === 0 ? <p data-testid="waiting-none" className="text-soft">{t('waitingNone')}</p> : <ProposalList proposals={read} {...names} />)}
        </Fetched>
      </Panel>
      <Panel title={t('platformAccount')} text={t('platformAccountText')} testId="platform-account">
        <AccountForm owner="platform" currency={null} />
      </Panel>
      <Panel title={t('decided')} testId="decided">
        <Fetched query={decided}>{(read) => (read.length === 0 ? <p className="text-soft">{t('decidedNone')}</p> : <ProposalList proposals={read} {...names} />)}</Fetched>
      </Panel>
    </>
  );
}
