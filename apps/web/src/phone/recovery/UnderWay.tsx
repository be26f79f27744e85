// Changes of the account that are under way: each can be stopped from here, and the one this phone asked for is finished here.
import type { Account, Recovery } from '@sonrisa/protocol/recovery-api.ts';
import { Clock } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { SureDialog } from '../../ui/SureDialog.tsx';
import { useDay } from '../../i18n/use-day.ts';
import { usePhone } from '../phone-context.ts';
import { NewPin } from './NewPin.tsx';
import { useProofs, useWork } from './use-account.ts';

export function UnderWay({ account }: { account: Account }) {
  const { t } = useTranslation('recovery');
  if (account.recoveries.length === 0) return null;
  return (
    <Card className="flex flex-col gap-3" testId="under-way">
      <h2 className="text-lg font-extrabold">{t('underWay')}</h2>
      <ul className="divide-y divide-line">
        {account.recoveries.map((recovery) => (
          <Row key={recovery.id} account={account} recovery={recovery} />
        ))}
      </ul>
    </Card>
  );
}

function Row({ account, recovery }: { account: Account; recovery: Recovery }) {
  const { t } = useTranslation('recovery');
  const { model, tools } = usePhone();
  const day = useDay();
  const { sealFor } = useProofs(account);
  const { busy, round, problem, run, show } = useWork();
  const [opened, setOpened] = useState<'stop' | 'pin' | null>(null);
  const { id, kind, state, effectiveAtMs, askedAtMs } = recovery;
  const session = model.session ?? '';
  const done = (next: Account): void => (setOpened(null), show(next));
  const finish = (pin: string | null): void => run(async () => tools.recovery.finishOwn(session, id, pin === null ? null : await sealFor(id, pin)), done);
  const canFinish = state === 'ready' && recovery.isMine;
  return (
    <li className="flex flex-col gap-2 py-3" data-testid={`recovery-${kind}`} data-state={state}>
      <p className="font-bold">{t(`kind_${kind}`)}</p>
      <p role="status" className="flex items-start gap-2 text-sm text-soft">
        <Clock aria-hidden="true" className="size-5 shrink-0" />
        {state === 'ready' ? t('state_ready') : effectiveAtMs === null ? t('state_asked', { at: day(askedAtMs) }) : t('state_cooling', { at: day(effectiveAtMs) })}
      </p>
      {problem && opened === null ? <Problem code={problem} /> : null}
      <div className="flex flex-wrap gap-2">
        {canFinish && kind === 'pin' ? (
          <Button look="primary" size="small" testId="finish-pin" onClick={() => setOpened('pin')}>
            {t('choosePin')}
          </Button>
        ) : null}
        {canFinish && kind === 'number' ? (
          <Button look="primary" size="small" testId="finish-number" disabled={busy} onClick={() => finish(null)}>
            {t('takeNumber')}
          </Button>
        ) : null}
        <Button size="small" testId={`stop-${kind}`} disabled={busy} onClick={() => setOpened('stop')}>
          {t(kind === 'claim' ? 'keepNumber' : 'stop')}
        </Button>
      </div>
      {opened === 'pin' ? (
        <Dialog title={t('choosePin')} testId="new-pin" onClose={() => setOpened(null)}>
          {problem ? <Problem code={problem} /> : null}
          <NewPin key={round} busy={busy} onChosen={finish} />
        </Dialog>
      ) : null}
      {opened === 'stop' ? (
        <SureDialog title={t('stopSure')} text={t('stopSureText')} yes={t(kind === 'claim' ? 'keepNumber' : 'stop')} testId="stop-change" onYes={() => run(() => tools.recovery.cancelOwn(session, id), done)} onClose={() => setOpened(null)} />
      ) : null}
    </li>
  );
}
