// What a child may spend and where, as its guardian sets it. Nobody opens places of gambling, and the three sums stay.
import { neverForChildren, type ChildView } from '@sonrisa/protocol/children-api.ts';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../ui/Card.tsx';
import { ChangeLimit } from '../limits/ChangeLimit.tsx';
import { LimitRow } from '../limits/LimitRow.tsx';
import type { Limit } from '../limits/Limits.tsx';
import { LimitChangesContext, type LimitChanges } from '../limits/use-limits.ts';
import { usePhone } from '../phone-context.ts';
import { useChildChange } from './use-children.ts';

const sums: readonly Limit['kind'][] = ['payment', 'day', 'month'];

export function ChildLimits({ child }: { child: ChildView }) {
  const { t } = useTranslation('children');
  const [changing, setChanging] = useState<Limit | null>(null);
  const changes = useChanges(child.id);
  const { currency } = child.balance;
  const limits = { payerId: child.id, proverId: child.guardianId, currency, passkeyIds: child.passkeyIds, raiseDelayMs: child.raiseDelayMs };
  // Without a sum of the guardian's own there is nothing to go back to.
  const shown = child.limits.map((limit) => (sums.includes(limit.kind) ? { ...limit, ownMinor: null } : limit)).filter(({ kind }) => !(neverForChildren as readonly string[]).includes(kind));
  const rows = (title: string, text: string | null, chosen: Limit[]) => (
    <Card className="flex flex-col gap-1">
      <h2 className="text-lg font-extrabold">{title}</h2>
      {text === null ? null : <p className="text-soft text-sm">{text}</p>}
      <ul className="divide-y divide-line">
        {chosen.map((limit) => (
          <LimitRow key={limit.kind} limit={limit} currency={currency} onChange={() => setChanging(limit)} />
        ))}
      </ul>
    </Card>
  );
  return (
    <LimitChangesContext value={changes}>
      {rows(t('limitsTitle'), null, shown.filter(({ kind }) => sums.includes(kind)))}
      {rows(t('categoriesTitle'), t('categoriesNote'), shown.filter(({ kind }) => !sums.includes(kind)))}
      {changing ? <ChangeLimit key={changing.kind} limit={changing} limits={limits} onClose={() => setChanging(null)} /> : null}
    </LimitChangesContext>
  );
}

function useChanges(childId: string): LimitChanges {
  const { tools } = usePhone();
  const { change } = useChildChange(childId);
  return useMemo(
    () => ({
      set: (kind, json) => change((client, token) => client.setLimit(token, childId, { kind, json }, tools.newKey())),
      cancelRaise: (kind) => change((client, token) => client.cancelRaise(token, childId, kind)),
    }),
    [change, childId, tools],
  );
}
