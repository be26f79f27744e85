// What changes between two ways of judging, counted one decision at a time, so that a hundred thousand need no memory.
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { OutcomeChange, OutcomeDiff } from '@sonrisa/protocol/risk-api.ts';
import { type Judged, strictnessOf } from './decide.ts';
import type { Recorded } from './recorded.ts';

const examplesMax = 5;

export type DiffCounter = { readonly add: (input: { decision: Recorded; was: Judged; is: Judged }) => void; readonly diff: () => OutcomeDiff };

export function createDiffCounter(): DiffCounter {
  const changes = new Map<string, Counted>();
  const fired = new Map<string, { before: number; after: number }>();
  const counted = { decisions: 0, same: 0, stricter: 0, milder: 0 };
  const sums: Sums = new Map();
  return {
    add({ decision, was, is }) {
      counted.decisions += 1;
      addTo(sums, decision.amount);
      countFired(was, 'before');
      countFired(is, 'after');
      const moved = strictnessOf(is.outcome) - strictnessOf(was.outcome);
      counted[moved === 0 ? 'same' : moved > 0 ? 'stricter' : 'milder'] += 1;
      if (moved !== 0) countChange({ decision, was, is });
    },
    diff: () => ({
      ...counted,
      amounts: amountsOf(sums),
      changes: [...changes.values()].map((each) => ({ ...each.change, amounts: amountsOf(each.sums) })).sort((a, b) => b.decisions - a.decisions),
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

  function countChange({ decision, was, is }: { decision: Recorded; was: Judged; is: Judged }): void {
    const key = `${was.outcome} ${is.outcome}`;
    const found: Counted = changes.get(key) ?? { change: { from: was.outcome, to: is.outcome, decisions: 0, reported: 0, examples: [] }, sums: new Map() };
    const { change } = found;
    change.decisions += 1;
    change.reported += decision.reported ? 1 : 0;
    addTo(found.sums, decision.amount);
    if (change.examples.length < examplesMax) change.examples.push(exampleOf({ decision, was, is }));
    changes.set(key, found);
  }
}

type Sums = Map<string, bigint>;
type Counted = { readonly change: Omit<OutcomeChange, 'amounts'>; readonly sums: Sums };

function addTo(sums: Sums, { amountMinor, currency }: WireAmount): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amountMinor));
}

const amountsOf = (sums: Sums): WireAmount[] => [...sums].map(([currency, minor]) => ({ amountMinor: String(minor), currency }));

const rulesOf = ({ fired }: Judged): string[] => fired.map(({ rule }) => rule);

function exampleOf({ decision, was, is }: { decision: Recorded; was: Judged; is: Judged }): OutcomeChange['examples'][number] {
  const { paymentId, atMs, store, amount } = decision;
  return { paymentId, atMs, store, amount, firedBefore: rulesOf(was), firedAfter: rulesOf(is) };
}
