// A guardian's children, read anew while the page is looked at: a child may be paying right now.
import type { ChildView } from '@sonrisa/protocol/children-api.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { usePhone } from '../phone-context.ts';
import type { ChildrenClient } from './children-client.ts';

const readEveryMs = 5_000;

export function useChildren() {
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  return useQuery({ queryKey: ['children', session], queryFn: () => tools.children.list(session), enabled: session !== '', refetchInterval: readEveryMs });
}

export function useChild(childId: string) {
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  return useQuery({ queryKey: ['child', session, childId], queryFn: () => tools.children.read(session, childId), enabled: session !== '', refetchInterval: readEveryMs });
}

/** Runs one change at a time; its answer is the child anew. */
export function useChildChange(childId: string) {
  const { model, tools } = usePhone();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const session = model.session ?? '';
  /** Throws what the server refuses with. */
  const change = async (work: (client: ChildrenClient, token: string) => Promise<ChildView>): Promise<void> => {
    queries.setQueryData(['child', session, childId], await work(tools.children, session));
    await Promise.all(['children', 'me'].map((each) => queries.invalidateQueries({ queryKey: [each] })));
  };
  const run = async (work: (client: ChildrenClient, token: string) => Promise<ChildView>): Promise<boolean> => {
    setBusy(true);
    setProblem(null);
    try {
      await change(work);
      return true;
    } catch (error) {
      setProblem(codeOf(error));
      await queries.invalidateQueries({ queryKey: ['child'] });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run, change };
}
