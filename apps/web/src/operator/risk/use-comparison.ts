// Reads a comparison page by page and adds it up, so that how far it is can be shown, and it can be stopped at any page.
import { comparedMax, type OutcomeDiff, type OutcomeDiffPage } from '@sonrisa/protocol/risk-api.ts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import type { OperatorClient } from '../operator-client.ts';
import { useOperator } from '../operator-context.ts';
import { addDiffs, noDiff } from './add-diffs.ts';
import type { PageAsked } from './risk-client.ts';

/** A page is answered within half a second or so. */
const pageDecisions = 2_000;

export type ReadPage = (client: OperatorClient, token: string, page: PageAsked) => Promise<OutcomeDiffPage>;
/** `of`: decisions to go through; null before the first answer. `seen`: gone through, compared or not. */
export type Comparison = { state: 'idle' | 'running' | 'done' | 'stopped'; diff: OutcomeDiff; seen: number; of: number | null; problem: SentenceCode | null };
const idle: Comparison = { state: 'idle', diff: noDiff, seen: 0, of: null, problem: null };

export function useComparison(read: ReadPage): Comparison & { start: () => void; stop: () => void } {
  const { token, tools, signOut } = useOperator();
  const [shown, setShown] = useState(idle);
  const run = useRef(0);
  // Whoever leaves the page asks for nothing more.
  useEffect(() => () => void (run.current += 1), []);
  const start = async (): Promise<void> => {
    const own = (run.current += 1);
    let made: Comparison = { ...idle, state: 'running' };
    setShown(made);
    try {
      for (let before: string | null = null; made.state === 'running'; ) {
        const page = await read(tools.client, token, { decisions: Math.min(pageDecisions, comparedMax - made.seen), before });
        if (run.current !== own) return;
        before = page.next;
        const seen = made.seen + pageDecisions;
        const isDone = before === null || seen >= comparedMax;
        made = { ...made, diff: addDiffs(made.diff, page), of: made.of ?? page.recorded, seen: isDone ? (made.of ?? page.recorded ?? 0) : seen, state: isDone ? 'done' : 'running' };
        setShown(made);
      }
    } catch (error) {
      if (run.current !== own) return;
      const code = codeOf(error);
      if (code === 'unauthorised') return signOut(code);
      setShown({ ...made, state: 'stopped', problem: code });
    }
  };
  const stop = useCallback(() => {
    run.current += 1;
    setShown((before) => ({ ...before, state: 'stopped' }));
  }, []);
  return { ...shown, start: () => void start(), stop };
}
