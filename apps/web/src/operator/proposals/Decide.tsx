// What the second person says. Approved and not carried out: whoever approved it says so again.
import type { Proposal } from '@sonrisa/protocol/money-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { useAction } from '../use-action.ts';

export function Decide({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('proposals');
  const { busy, problem, run } = useAction(['proposals'], ['merchant'], ['case'], ['cases']);
  const [asking, setAsking] = useState(false);
  const isApproved = proposal.state === 'approved';
  return (
    <div className="flex flex-col gap-3">
      {problem ? <Problem code={problem} /> : null}
      <div className="flex gap-3">
        {isApproved ? null : (
          <Button size="small" testId="refuse" disabled={busy} onClick={() => run((client, token, key) => client.decide(token, proposal.id, 'refuse', key))}>
            {t('refuse')}
          </Button>
        )}
        <Button size="small" look="soft" testId="approve" disabled={busy} onClick={() => setAsking(true)}>
          {t(isApproved ? 'approveAgain' : 'approve')}
        </Button>
      </div>
      {asking ? (
        <SureDialog
          title={t('sure')}
          text={t(`sure_${proposal.kind}`)}
          yes={t(isApproved ? 'approveAgain' : 'approve')}
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
