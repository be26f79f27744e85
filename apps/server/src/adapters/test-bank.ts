// The labelled test bank of a sandbox. What it does is chosen by the last two digits of the amount in minor units, so that every
// way a bank can answer may be tried: 13 is refused, 17 times out and never happened, 19 times out and succeeds after all.
import type { FundingOrder, FundingResult, FundingSource } from '../funding/index.ts';
import type { Clock } from './clock.ts';

const endings = { refused: 13n, lost: 17n, late: 19n };
/** How long after it was asked a late success is there to be found. */
export const lateAfterMs = 5_000;

export function createTestBank({ clock }: { clock: Clock }): FundingSource {
  // Remembers nothing: no money is taken from anybody, and the answer depends on order and time alone.
  const succeeded = ({ id }: FundingOrder): FundingResult => ({ is: 'succeeded', ref: `test_${id}` });
  const refused: FundingResult = { is: 'failed', reason: 'refused by the test bank' };
  return {
    collect: async (order) => {
      const ending = order.amountMinor % 100n;
      if (ending === endings.refused) return refused;
      return ending === endings.lost || ending === endings.late ? { is: 'unknown' } : succeeded(order);
    },
    find: async (order) => {
      const ending = order.amountMinor % 100n;
      if (ending === endings.refused) return refused;
      if (ending === endings.lost) return { is: 'failed', reason: 'never reached the test bank' };
      return ending === endings.late && clock.nowMs() < order.sentAtMs + lateAfterMs ? { is: 'unknown' } : succeeded(order);
    },
  };
}
