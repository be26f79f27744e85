// What a run against text messages must show, and what its controls must: each sentence is something that is not so.
import { fullPolicy, sandboxPolicy, type Policy } from '../../apps/server/src/sms-guard/index.ts';
import type { SmsResult } from './run.ts';

export type SmsBudget = { readonly perHourMax: number; readonly perDayMax: number };
export const servedWanted = 0.99;

export const guarded = (budget: SmsBudget): Policy => fullPolicy({ ...budget, countriesPerDayMax: new Map([['CN', budget.perDayMax]]) });

/** Nothing is limited: a control. */
export const unguarded: Policy = {
  ...sandboxPolicy({ perHourMax: Number.MAX_SAFE_INTEGER }),
  windows: { phone: [], device: [], invite: [], till: [], address: [], network: [], range: [] },
};

/** The budget alone, which keeps the bill and serves the attacker: the other control. */
export const budgetOnly = (budget: SmsBudget): Policy => ({ ...unguarded, ...budget });

export const sentIn = ({ sentToPeople, sentToAttackers }: SmsResult): number => sentToPeople + sentToAttackers;

export function findingsOf({ results, controls, budget }: { results: readonly SmsResult[]; controls: { readonly unguarded: SmsResult; readonly budgetOnly: SmsResult }; budget: SmsBudget }): string[] {
  return [
    ...results.flatMap((result) => [
      ...(isOver(result, budget) ? [`${result.attack}: the budget was not kept.`] : []),
      ...(result.served < servedWanted ? [`${result.attack}: ${percent(result.served)} of the honest people were served.`] : []),
    ]),
    ...(isOver(controls.unguarded, budget) ? [] : ['Control: without protection the budget was kept all the same.']),
    ...(controls.budgetOnly.served < servedWanted ? [] : ['Control: with the budget alone honest people were served all the same.']),
  ];
}

const isOver = (result: SmsResult, { perHourMax, perDayMax }: SmsBudget): boolean => sentIn(result) > perDayMax * daysCounted || result.busiestHour > perHourMax * 2;
// The counted day may lie across two days of the budget by one slice of time, and an hour of ours across two of theirs.
const daysCounted = 1.1;

export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
