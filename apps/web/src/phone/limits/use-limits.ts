// The limits of this account, and how they are changed. Each answer of a change is the whole list anew.
import type { LimitKind, MyLimits, SetLimit } from '@sonrisa/protocol/limits-api.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { usePhone } from '../phone-context.ts';

export function useLimits() {
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  return useQuery({ queryKey: ['limits', session], queryFn: () => tools.own.limits(session), enabled: session !== '' });
}

export type LimitChanges = { set: (kind: LimitKind, change: SetLimit) => Promise<void>; cancelRaise: (kind: LimitKind) => Promise<void> };
/** Whose limits are shown, where they are a child's. */
export const LimitChangesContext = createContext<LimitChanges | null>(null);

export function useLimitChanges(): LimitChanges {
  const given = useContext(LimitChangesContext);
  const { model, tools } = usePhone();
  const queries = useQueryClient();
  const session = model.session ?? '';
  const show = (limits: MyLimits): void => void queries.setQueryData(['limits', session], limits);
  return given ?? {
    set: async (kind, change) => show(await tools.own.setLimit(session, kind, change, tools.newKey())),
    cancelRaise: async (kind) => show(await tools.own.cancelRaise(session, kind, tools.newKey())),
  };
}
