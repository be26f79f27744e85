// Which rules decide at this moment, and the one click that takes the last change back.
import type { OperatorStore, RiskRollOut } from '@sonrisa/protocol/risk-api.ts';
import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { useAction } from '../use-action.ts';
import { useWords } from './use-roll-out.ts';

/** Kept with the change, where no page is. */
const reason = 'rolled back in the back office';

export function InCharge({ rollOuts, stores }: { rollOuts: readonly RiskRollOut[]; stores: readonly OperatorStore[] }) {
  const { t } = useTranslation('risk');
  const words = useWords(stores);
  const [current] = rollOuts;
  const { busy, problem, run } = useAction(['risk', 'roll-outs']);
  const [undone, setUndone] = useState(0);
  if (!current) return null;
  const before = rollOuts.find(({ number }) => number === current.goesBackTo);
  return (
    <Card className="flex flex-wrap items-center justify-between gap-x-8 gap-y-4" testId="in-charge">
      <div className="flex flex-col gap-1 min-w-64 flex-1" data-testid="roll-out" data-number={current.number} data-active={current.active} data-stage={current.candidate?.stage ?? 'none'}>
        <h2 className="text-sm font-bold text-soft">{t('inCharge')}</h2>
        {words.decides(current).map((sentence) => (
          <p key={sentence} className="text-xl font-extrabold">
            {sentence}
          </p>
        ))}
        <p className="text-soft [overflow-wrap:anywhere]">{t('since', { at: words.at(current.atMs), by: words.who(current.setBy), reason: current.reason })}</p>
      </div>
      <div className="flex flex-col gap-2 max-w-sm">
        {problem ? <Problem code={problem} /> : null}
        {undone === current.number ? (
          <p role="status" data-testid="rolled-back" className="rounded-2xl bg-good-glow text-good px-4 py-3 font-semibold animate-rise">
            {t('rolledBack')}
          </p>
        ) : null}
        {current.goesBackTo === null ? (
          <p className="text-sm text-soft">{t('rollBackNone')}</p>
        ) : (
          <>
            <Button
              look="danger"
              size="small"
              testId="roll-back"
              disabled={busy}
              onClick={() => run(async (client, token, key) => setUndone((await client.rollBack(token, { reason }, key)).number))}
            >
              <Undo2 aria-hidden="true" className="size-5" /> {t('rollBack', { to: before ? backTo(t, before) : '' })}
            </Button>
            <p className="text-sm text-soft">{t('rollBackText')}</p>
          </>
        )}
      </div>
    </Card>
  );
}

function backTo(t: ReturnType<typeof useTranslation<'risk'>>['t'], { active, candidate }: RiskRollOut): string {
  if (!candidate) return t('backTo', { n: active });
  return t(candidate.stage === 'shadow' ? 'backToShadow' : 'backToStores', { n: active, candidate: candidate.version });
}
