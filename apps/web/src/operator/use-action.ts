// A write of the back office: one at a time, what went wrong is said, and what is shown is read anew either way.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { codeOf } from '../api.ts';
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import type { OperatorClient } from './operator-client.ts';
import { useOperator } from './operator-context.ts';

type Act<Done> = (client: OperatorClient, token: string, key: string) => Promise<Done>;
/** `onDone` only after a write that held. */
export type Action = { busy: boolean; problem: SentenceCode | null; run: <Done>(act: Act<Done>, onDone?: (done: Done) => void) => void };

/** `stale`: beginnings of the keys of what is read anew. */
export function useAction(...stale: readonly (readonly string[])[]): Action {
  const { token, tools, signOut } = useOperator();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const run = async <Done>(act: Act<Done>, onDone?: (done: Done) => void): Promise<void> => {
    setBusy(true);
    setProblem(null);
    let held: { done: Done } | null = null;
    try {
      held = { done: await act(tools.client, token, tools.newKey()) };
    } catch (error) {
      const code = codeOf(error);
      if (code === 'unauthorised') return signOut(code);
      setProblem(code);
    }
    await Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })));
    setBusy(false);
    if (held) onDone?.(held.done);
  };
  return { busy, problem, run: (act, onDone) => void run(act, onDone) };
}
