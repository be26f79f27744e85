// A write about one case: one at a time, what went wrong is said, and what is shown is read anew either way.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import type { OperatorClient } from '../operator-client.ts';
import { useOperator } from '../operator-context.ts';

export type CaseAction = { busy: boolean; problem: SentenceCode | null; run: (act: (client: OperatorClient, token: string, key: string) => Promise<unknown>) => void };

export function useCaseAction(caseId: string): CaseAction {
  const { token, tools, signOut } = useOperator();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const run = async (act: (client: OperatorClient, token: string, key: string) => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await act(tools.client, token, tools.newKey());
    } catch (error) {
      const code = codeOf(error);
      if (code === 'unauthorised') return signOut(code);
      setProblem(code);
    }
    await Promise.all([queries.invalidateQueries({ queryKey: ['case', caseId] }), queries.invalidateQueries({ queryKey: ['cases'] })]);
    setBusy(false);
  };
  return { busy, problem, run: (act) => void run(act) };
}
