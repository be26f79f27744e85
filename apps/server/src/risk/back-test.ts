// What other rules would have decided, over recorded signals: a difference of outcomes, one decision at a time, so that a
// hundred thousand need no memory.
import type { BackTestReport, RiskOutcome } from '@sonrisa/protocol/risk-api.ts';
import type { CompiledRules } from './compile-rules.ts';
import { decide, type Judged, strictnessOf } from './decide.ts';

const examplesMax = 5;

export type BackTest = { readonly add: (decision: { paymentId: string; signals: unknown }) => void; readonly report: () => BackTestReport };

export function createBackTest({ before, after }: { before: CompiledRules; after: CompiledRules }): BackTest {
  const changes = new Map<string, BackTestReport['changes'][number]>();
  const fired = new Map<string, { before: number; after: number }>();
  const counted = { decisions: 0, same: 0, stricter: 0, milder: 0 };
  return {
    add({ paymentId, signals }) {
      const [was, is] = [decide(before, signals), decide(after, signals)];
      counted.decisions += 1;
      countFired(was, 'before');
      countFired(is, 'after');
      const moved = strictnessOf(is.outcome) - strictnessOf(was.outcome);
      counted[moved === 0 ? 'same' : moved > 0 ? 'stricter' : 'milder'] += 1;
      if (moved !== 0) countChange({ from: was.outcome, to: is.outcome, paymentId });
    },
    report: () => ({
      ...counted,
      changes: [...changes.values()].sort((a, b) => b.decisions - a.decisions),
      fired: [...fired].map(([rule, counts]) => ({ rule, ...counts })).sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before)),
    }),
  };

  function countFired(judged: Judged, when: 'before' | 'after'): void {
    for (const { rule } of judged.fired) {
      const counts = fired.get(rule) ?? { before: 0, after: 0 };
      counts[when] += 1;
      fired.set(rule, counts);
    }
  }

  function countChange({ from, to, paymentId }: { from: RiskOutcome; to: RiskOutcome; paymentId: string }): void {
    const change = changes.get(`${from} ${to}`) ?? { from, to, decisions: 0, examples: [] };
    change.decisions += 1;
    if (change.examples.length < examplesMax) change.examples.push(paymentId);
    changes.set(`${from} ${to}`, change);
  }
}
