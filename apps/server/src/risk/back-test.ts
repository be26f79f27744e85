// What other rules would have decided, over recorded signals.
import type { OutcomeDiff } from '@sonrisa/protocol/risk-api.ts';
import type { CompiledRules } from './compile-rules.ts';
import { decide } from './decide.ts';
import { createDiffCounter } from './outcome-diff.ts';
import type { Recorded } from './recorded.ts';

export type BackTest = { readonly add: (decision: Recorded) => void; readonly diff: () => OutcomeDiff };

export function createBackTest({ before, after }: { before: CompiledRules; after: CompiledRules }): BackTest {
  const counter = createDiffCounter();
  return {
    add: (decision) => counter.add({ decision, was: decide(before, decision.signals), is: decide(after, decision.signals) }),
    diff: counter.diff,
  };
}
