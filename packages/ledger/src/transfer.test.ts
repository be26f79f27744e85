import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountId } from './account.ts';
import { type Hold, openHold } from './hold.ts';
import { money, paymentMaxMinorOf } from './money.ts';
import { refusalCodes } from './refusals.ts';
import { accountsOf, type Command, decide, type Facts, guards, sumOfLegs } from './transfer.ts';

const wallet = 'payer_wallet:ana:CNY';
const held = 'payer_hold:ana:CNY';
const bakery = 'merchant_payable:bakery:CNY';
const fees = 'platform_fees:platform:CNY';
const bank = 'funding_clearing:platform:CNY';

const open = openHold({ id: 'p1', payerId: 'ana', merchantId: 'bakery', currency: 'CNY', amountMinor: 1000n });
const captured: Hold = { ...open, state: 'captured', capturedMinor: 1000n, feeMinor: 6n };
const halfRefunded: Hold = { ...captured, refundedMinor: 500n, feeReturnedMinor: 3n };

const paymentMaxMinor = paymentMaxMinorOf('CNY');
const topUp = (minor: bigint): Command => ({ kind: 'top_up', payerId: 'ana', amount: money(minor, 'CNY') });
const authorise = (minor: bigint): Command => ({ kind: 'authorise', holdId: 'p1', payerId: 'ana', merchantId: 'bakery', amount: money(minor, 'CNY') });
const capture = (minor?: bigint): Command => ({ kind: 'capture', holdId: 'p1', feeBasisPoints: 60, ...amount(minor) });
const release: Command = { kind: 'void', holdId: 'p1' };
const refund = (minor?: bigint): Command => ({ kind: 'refund', holdId: 'p1', ...amount(minor) });
const amount = (minor?: bigint) => (minor === undefined ? {} : { amount: money(minor, 'CNY') });

function facts(given: Partial<Omit<Facts, 'balances'>> & { balances?: Record<string, bigint> } = {}): Facts {
  const { balances, ...rest } = given;
  return {
    booksStopped: false,
    hold: null,
    payerExists: true,
    faceEpochHolds: null,
    receiptUsed: false,
    paymentStateAllows: null,
    ...rest,
    balances: new Map(Object.entries(balances ?? {})),
  };
}

describe('what each command does to the books', () => {
  it.each<[string, Command, Facts, Record<string, bigint>]>([
    ['top-up of 10.00', topUp(1000n), facts(), { [bank]: -1000n, [wallet]: 1000n }],
    ['hold of 10.00', authorise(1000n), facts({ balances: { [wallet]: 1000n } }), { [wallet]: -1000n, [held]: 1000n }],
    ['capture of 10.00 at 0.6 %', capture(), facts({ hold: open, balances: { [held]: 1000n } }), { [held]: -1000n, [bakery]: 994n, [fees]: 6n }],
    ['capture of 4.00 of 10.00', capture(400n), facts({ hold: open, balances: { [held]: 1000n } }), { [held]: -1000n, [bakery]: 398n, [fees]: 2n, [wallet]: 600n }],
    ['capture of 0.50: no fee, no leg', capture(50n), facts({ hold: open, balances: { [held]: 1000n } }), { [held]: -1000n, [bakery]: 50n, [wallet]: 950n }],
    ['release of 10.00', release, facts({ hold: open, balances: { [held]: 1000n } }), { [held]: -1000n, [wallet]: 1000n }],
    ['refund of all', refund(), facts({ hold: captured }), { [bakery]: -994n, [fees]: -6n, [wallet]: 1000n }],
    ['refund of half', refund(500n), facts({ hold: captured }), { [bakery]: -497n, [fees]: -3n, [wallet]: 500n }],
    ['refund of the rest', refund(), facts({ hold: halfRefunded }), { [bakery]: -497n, [fees]: -3n, [wallet]: 500n }],
  ])('%s', (_name, command, given, legs) => {
    const decision = decide(command, given);
    if (!decision.ok) throw new Error(decision.code);
    expect(Object.fromEntries(decision.transfer.legs.map((leg) => [accountId(leg.account), leg.amountMinor]))).toEqual(legs);
    expect(sumOfLegs(decision.transfer.legs)).toBe(0n);
    const lockable = accountsOf(command, given.hold).map(accountId);
    for (const leg of decision.transfer.legs) expect(lockable).toContain(accountId(leg.account));
  });
});

describe('the guard ladder', () => {
  it.each<[string, Command, Facts, string]>([
    ['the books are stopped', topUp(1n), facts({ booksStopped: true }), 'books_stopped'],
    ['the receipt moved money before', authorise(1n), facts({ receiptUsed: true, balances: { [wallet]: 9n } }), 'receipt_used'],
    ['the payment is elsewhere', capture(), facts({ hold: open, paymentStateAllows: false }), 'payment_state_conflict'],
    ['nothing', topUp(0n), facts(), 'amount_invalid'],
    ['less than nothing', refund(-1n), facts({ hold: captured }), 'amount_invalid'],
    ['more than the maximum', topUp(paymentMaxMinor + 1n), facts(), 'amount_too_large'],
    ['no such payer', topUp(1n), facts({ payerExists: false }), 'account_unknown'],
    ['no such hold', capture(), facts(), 'account_unknown'],
    ['refund in another currency', { kind: 'refund', holdId: 'p1', amount: money(1n, 'EUR') }, facts({ hold: captured }), 'currency_mismatch'],
    ['a face that was paused', authorise(1n), facts({ faceEpochHolds: false, balances: { [wallet]: 9n } }), 'face_paused'],
    ['a second hold for one payment', authorise(1n), facts({ hold: open, balances: { [wallet]: 9n } }), 'hold_not_open'],
    ['capture twice', capture(), facts({ hold: captured }), 'hold_not_open'],
    ['capture of what was released', capture(), facts({ hold: { ...open, state: 'voided' } }), 'hold_not_open'],
    ['release of what was captured', release, facts({ hold: captured }), 'hold_not_open'],
    ['refund of what was never captured', refund(), facts({ hold: open }), 'hold_not_open'],
    ['refund of more than was paid', refund(1001n), facts({ hold: captured }), 'refund_exceeds_payment'],
    ['refund of more than is left', refund(501n), facts({ hold: halfRefunded }), 'refund_exceeds_payment'],
    ['refund when nothing is left', refund(), facts({ hold: { ...captured, refundedMinor: 1000n } }), 'refund_exceeds_payment'],
    ['capture of more than is held', capture(1001n), facts({ hold: open, balances: { [held]: 1000n } }), 'balance_insufficient'],
    ['one minor unit too little', authorise(1000n), facts({ balances: { [wallet]: 999n } }), 'balance_insufficient'],
    ['an account that was never used', authorise(1n), facts(), 'balance_insufficient'],
    ['a wallet that would burst', topUp(1n), facts({ balances: { [wallet]: 2n ** 63n - 1n } }), 'amount_too_large'],
  ])('%s: %#', (_name, command, given, code) => {
    expect(decide(command, given)).toEqual({ ok: false, code });
  });

  it('stands in the order of the list of refusals', () => {
    expect(guards.map((guard) => guard.code)).toEqual([...refusalCodes]);
  });

  it('answers with the first of several objections, in the order of the list', () => {
    // Everything is wrong at once; each step mends the first objection.
    const bad = { booksStopped: true, receiptUsed: true, paymentStateAllows: false, payerExists: false, faceEpochHolds: false };
    const mends: Partial<Facts>[] = [{}, { booksStopped: false }, { receiptUsed: false }, { paymentStateAllows: true }, { payerExists: true }, { faceEpochHolds: true }];
    let now = bad;
    const heard = mends.map((mend) => {
      now = { ...now, ...mend } as typeof bad;
      const decision = decide(authorise(1n), facts(now));
      return decision.ok ? 'ok' : decision.code;
    });
    expect(heard).toEqual(['books_stopped', 'receipt_used', 'payment_state_conflict', 'account_unknown', 'face_paused', 'balance_insufficient']);
    expect([...heard].sort((a, b) => order(a) - order(b))).toEqual(heard);
    function order(code: string): number {
      return refusalCodes.indexOf(code as (typeof refusalCodes)[number]);
    }
  });
});

it('whatever the history of one hold, legs sum to zero, no money appears, and fees come back whole', () => {
  const history = fc.record({
    amountMinor: fc.bigInt({ min: 1n, max: 100_000n }),
    captureShare: fc.integer({ min: 1, max: 100 }),
    feeBasisPoints: fc.integer({ min: 0, max: 1000 }),
    refunds: fc.array(fc.bigInt({ min: 1n, max: 50_000n }), { maxLength: 8 }),
  });
  fc.assert(
    fc.property(history, ({ amountMinor, captureShare, feeBasisPoints, refunds }) => {
      const balances = new Map<string, bigint>();
      let hold: Hold | null = null;
      const run = (command: Command): boolean => {
        const decision = decide(command, { ...facts({ hold }), balances });
        if (!decision.ok) return false;
        expect(sumOfLegs(decision.transfer.legs)).toBe(0n);
        expect(new Set(decision.transfer.legs.map((leg) => leg.account.currency))).toEqual(new Set(['CNY']));
        for (const leg of decision.transfer.legs) balances.set(accountId(leg.account), (balances.get(accountId(leg.account)) ?? 0n) + leg.amountMinor);
        hold = decision.transfer.hold ?? hold;
        return true;
      };
      const captureMinor = (amountMinor * BigInt(captureShare) + 99n) / 100n;
      expect(run(topUp(amountMinor))).toBe(true);
      expect(run(authorise(amountMinor))).toBe(true);
      expect(run({ kind: 'capture', holdId: 'p1', amount: money(captureMinor, 'CNY'), feeBasisPoints })).toBe(true);
      let left = captureMinor;
      for (const minor of refunds) {
        expect(run(refund(minor))).toBe(minor <= left);
        if (minor <= left) left -= minor;
      }
      expect(run(refund())).toBe(left > 0n);
      expect(balances.get(wallet)).toBe(amountMinor);
      expect(balances.get(bakery) ?? 0n).toBe(0n);
      expect(balances.get(fees) ?? 0n).toBe(0n);
      expect([...balances.values()].reduce((sum, balance) => sum + balance, 0n)).toBe(0n);
    }),
  );
});
