// Where a wallet's money comes from. A sandbox has a bank that gives what it is asked for, and refuses amounts that end
// in 13 minor units so that the refusal can be tried. Production has no source yet, and says so.
import { ProblemError } from '@sonrisa/protocol/problem.ts';

export type FundingSource = {
  /**
   * Collects once for each key, however often it is asked, and gives the same answer each time: who was cut off in between
   * asks again. Throws `payment_source_refused`, or `production_refuses_sandbox` where there is no real source.
   */
  collect(order: { key: string; amountMinor: bigint }): Promise<void>;
};

const refusedEnding = 13n;

export function createTestBank(): FundingSource {
  return {
    // Remembers no keys: nothing is taken from anybody, and the answer depends on the amount alone.
    collect: async ({ amountMinor }) => {
      if (amountMinor % 100n === refusedEnding) throw new ProblemError('payment_source_refused');
    },
  };
}

export function createNoBank(): FundingSource {
  return { collect: () => Promise.reject(new ProblemError('production_refuses_sandbox')) };
}
