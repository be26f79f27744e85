// What waits for a second person about one merchant, on its own page.
import { useTranslation } from 'react-i18next';
import { useRead } from '../operator-context.ts';
import { Panel } from '../Panel.tsx';
import { hashOf } from '../route.ts';
import { ProposalList } from './ProposalItem.tsx';

export function WaitingHere({ merchantId }: { merchantId: string }) {
  const { t } = useTranslation('proposals');
  const waiting = useRead(['proposals', 'waiting'], (client, token) => client.proposals(token, 'waiting'));
  const people = useRead(['people'], (client, token) => client.people(token));
  const here = (waiting.data ?? []).filter(({ owner, ownerId }) => owner === 'merchant' && ownerId === merchantId);
  if (here.length === 0) return null;
  return (
    <Panel title={t('waiting')} testId="waiting-here">
      <ProposalList proposals={here} people={people.data} />
      <a href={hashOf({ page: 'proposals' })} data-testid="all-proposals" className="self-start font-bold underline underline-offset-4">{t('all')}</a>
    </Panel>
  );
}
