// A write of the back office: one at a time, what went wrong is said, and what is shown is read anew either way.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { codeOf } from '../api.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import type { OperatorClient } from './operator-client.ts';
import { useOperator } from './operator-context.ts';

type Act = (client: OperatorClient, token: string, key: string) => Promise<unknown>;
/** `onDone` only after a write that held. */
export type Action = { busy: boolean; problem: SentenceCode | null; run: (act: Act, onDone?: () => void) => void };

/** `stale`: beginnings of the keys of what is read anew. */
export function useAction(...stale: readonly (readonly string[])[]): Action {
  const { token, tools, signOut } = useOperator();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const run = async (act: Act, onDone?: () => void): Promise<void> => {
    setBusy(true);
    setProblem(null);
    let held = true;
    try {
      await act(tools.client, token, tools.newKey());
    } catch (error) {
      const code = codeOf(error);
      if (code === 'unauthorised') return signOut(code);
      setProblem(code);
      held = false;
    }
    await Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })));
    setBusy(false);
    if (held) onDone?.();
  };
  return { busy, problem, run: (act, onDone) => void run(act, onDone) };
}
