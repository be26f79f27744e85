// The life of one hold of 10.00, a row for each thing that happens to it: what was captured of it, what went back, what the shopper
// holds of a dispute, and what could still go back.
import { describe, expect, it } from 'vitest';
import { captureHold, disputeHold, type Hold, type HoldState, openHold, refundableMinor, refundHold, voidHold } from './hold.ts';

const opened = openHold({ id: 'p1', payerId: 'ana', merchantId: 'bakery', currency: 'CNY', amountMinor: 1000n });
const feeParts = [{ receiverId: 'platform', feeMinor: 4n }, { receiverId: 'agent', feeMinor: 2n }];
const captured = captureHold(opened, { capturedMinor: 800n, feeMinor: 6n, feeParts });
const refundedOnce = refundHold(captured, { refundMinor: 300n, feeReturnedMinor: 2n });
const refundedTwice = refundHold(refundedOnce, { refundMinor: 200n, feeReturnedMinor: 2n });
const disputed = disputeHold(refundedTwice, 250n);
const recovered = disputeHold(disputed, -100n);

describe('a hold of 10.00', () => {
  it.each<[string, Hold, HoldState, captured: bigint, refunded: bigint, disputed: bigint, fee: bigint, feeReturned: bigint, refundable: bigint]>([
    // what happened, hold, state, captured, refunded, disputed, fee, fee given back, may still go back
    ['opened', opened, 'open', 0n, 0n, 0n, 0n, 0n, 0n],
    ['released', voidHold(opened), 'voided', 0n, 0n, 0n, 0n, 0n, 0n],
    ['8.00 captured, fee 0.06', captured, 'captured', 800n, 0n, 0n, 6n, 0n, 800n],
    ['3.00 refunded, 0.02 of the fee', refundedOnce, 'captured', 800n, 300n, 0n, 6n, 2n, 500n],
    ['2.00 more refunded, 0.02 more of the fee', refundedTwice, 'captured', 800n, 500n, 0n, 6n, 4n, 300n],
    ['2.50 of the rest disputed', disputed, 'captured', 800n, 500n, 250n, 6n, 4n, 50n],
    ['1.00 of that taken back from the shopper', recovered, 'captured', 800n, 500n, 150n, 6n, 4n, 150n],
  ])('%s', (_what, hold, state, capturedMinor, refundedMinor, disputedMinor, feeMinor, feeReturnedMinor, refundable) => {
    expect(hold).toMatchObject({ state, capturedMinor, refundedMinor, disputedMinor, feeMinor, feeReturnedMinor });
    expect(refundableMinor(hold)).toBe(refundable);
  });

  it.each([opened, voidHold(opened), captured, refundedTwice, recovered])('stays whose it is and what it was for: %#', (hold) => {
    expect(hold).toMatchObject({ id: 'p1', payerId: 'ana', merchantId: 'bakery', currency: 'CNY', amountMinor: 1000n });
  });

  it('remembers from its capture on who received the fee', () => {
    expect([opened, captured, refundedTwice, recovered].map((hold) => hold.feeParts)).toEqual([[], feeParts, feeParts, feeParts]);
  });
});
