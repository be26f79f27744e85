// Pages of a comparison put together.
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { OutcomeChange, OutcomeDiff } from '@sonrisa/protocol/risk-api.ts';

const examplesMax = 5;

export const noDiff: OutcomeDiff = { decisions: 0, same: 0, stricter: 0, milder: 0, amounts: [], changes: [], fired: [] };

/** `older` goes on where `newer` ended: its examples come after. */
export function addDiffs(newer: OutcomeDiff, older: OutcomeDiff): OutcomeDiff {
  return {
    decisions: newer.decisions + older.decisions,
    same: newer.same + older.same,
    stricter: newer.stricter + older.stricter,
    milder: newer.milder + older.milder,
    amounts: addAmounts(newer.amounts, older.amounts),
    changes: joined(newer.changes, older.changes, ({ from, to }) => `${from} ${to}`, addChanges).sort((a, b) => b.decisions - a.decisions),
    fired: joined(newer.fired, older.fired, ({ rule }) => rule, (a, b) => ({ rule: a.rule, before: a.before + b.before, after: a.after + b.after })).sort(byDifference),
  };
}

const byDifference = (a: { before: number; after: number }, b: { before: number; after: number }): number => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || b.after - a.after;

const addChanges = (a: OutcomeChange, b: OutcomeChange): OutcomeChange => ({
  from: a.from,
  to: a.to,
  decisions: a.decisions + b.decisions,
  reported: a.reported + b.reported,
  amounts: addAmounts(a.amounts, b.amounts),
  examples: [...a.examples, ...b.examples].slice(0, examplesMax),
});

export const addAmounts = (a: readonly WireAmount[], b: readonly WireAmount[]): WireAmount[] =>
  joined(a, b, ({ currency }) => currency, (one, other) => ({ currency: one.currency, amountMinor: String(BigInt(one.amountMinor) + BigInt(other.amountMinor)) }));

function joined<Row>(one: readonly Row[], other: readonly Row[], keyOf: (row: Row) => string, add: (a: Row, b: Row) => Row): Row[] {
  const rows = new Map(one.map((row) => [keyOf(row), row]));
  for (const row of other) {
    const found = rows.get(keyOf(row));
    rows.set(keyOf(row), found === undefined ? row : add(found, row));
  }
  return [...rows.values()];
}
