// What may be done in which state: one table each for a payment's hold, a payout and a dispute. A dot is yes; a word is the refusal.
// Every other fact is in order, and every account has money, so that nothing but the state decides.
import { describe, expect, it } from 'vitest';
import { type Dispute, disputeAmountAllows, disputeStateAllows } from './dispute.ts';
import { captureHold, type Hold, openHold, voidHold } from './hold.ts';
import { money } from './money.ts';
import { type Payout, payoutStateAllows } from './payout.ts';
import type { RefusalCode } from './refusals.ts';
import { type Command, decide, type Facts, guards } from './transfer.ts';

const rich = new Map(
  ['payer_wallet:ana', 'payer_hold:ana', 'merchant_payable:bakery', 'merchant_settled:bakery', 'platform_fees:platform', 'payout_clearing:platform', 'funding_clearing:platform']
    .map((owner): [string, bigint] => [`${owner}:CNY`, 1_000_000n])
    .concat([['dispute_clearing:platform:CNY', -1_000_000n], ['dispute_clearing:insurer:CNY', -1_000_000n]]),
);
const inOrder: Facts = { booksStopped: false, hold: null, payerExists: true, faceEpochHolds: null, receiptUsed: false, paymentStateAllows: null, balances: rich };
const answer = (command: Command, facts: Partial<Facts>): '.' | RefusalCode => {
  const decision = decide(command, { ...inOrder, ...facts });
  return decision.ok ? '.' : decision.code;
};

const cny = (minor: bigint) => ({ amount: money(minor, 'CNY') });
const open = openHold({ id: 'p1', payerId: 'ana', merchantId: 'bakery', currency: 'CNY', amountMinor: 1000n });
const captured = captureHold(open, { capturedMinor: 800n, feeMinor: 5n, feeParts: [] });
const dispute: Dispute = { id: 'd1', holdId: 'p1', bearer: 'platform', amountMinor: 800n, recoveredMinor: 0n, state: 'open' };
const ofMerchant: Payout = { id: 'o1', beneficiary: { is: 'merchant', id: 'bakery' }, currency: 'CNY', amountMinor: 800n, state: 'sent' };

const holds: Record<string, Hold | null> = {
  'no hold': null,
  open,
  captured,
  'refunded in part': { ...captured, refundedMinor: 300n },
  refunded: { ...captured, refundedMinor: 800n },
  'disputed in part': { ...captured, disputedMinor: 300n },
  disputed: { ...captured, disputedMinor: 800n },
  released: voidHold(open),
};
const authorise: Command = { kind: 'authorise', holdId: 'p1', payerId: 'ana', merchantId: 'bakery', ...cny(1000n) };
const capture: Command = { kind: 'capture', holdId: 'p1', feeBasisPoints: 60 };
const captureTooMuch: Command = { ...capture, ...cny(1001n) };
const release: Command = { kind: 'void', holdId: 'p1' };
const refund: Command = { kind: 'refund', holdId: 'p1' };
const refundSix: Command = { ...refund, ...cny(600n) };
const disputeIt: Command = { kind: 'dispute_open', disputeId: 'd1', holdId: 'p1', bearer: 'platform' };
const unknown = 'account_unknown';
const notOpen = 'hold_not_open';
const exceeds = 'refund_exceeds_payment';
const short = 'balance_insufficient';

describe('a payment of 10.00, of which 8.00 may be captured', () => {
  const asked = [authorise, capture, captureTooMuch, release, refund, refundSix, disputeIt];
  it.each<[string, ...answers: string[]]>([
    // state              authorise  capture  10.01    void     refund   6.00     dispute
    ['no hold',           '.',       unknown, unknown, unknown, unknown, unknown, unknown],
    ['open',              notOpen,   '.',     short,   '.',     notOpen, notOpen, notOpen],
    ['captured',          notOpen,   notOpen, notOpen, notOpen, '.',     '.',     '.'],
    ['refunded in part',  notOpen,   notOpen, notOpen, notOpen, '.',     exceeds, '.'],
    ['refunded',          notOpen,   notOpen, notOpen, notOpen, exceeds, exceeds, exceeds],
    ['disputed in part',  notOpen,   notOpen, notOpen, notOpen, '.',     exceeds, '.'],
    ['disputed',          notOpen,   notOpen, notOpen, notOpen, exceeds, exceeds, exceeds],
    ['released',          notOpen,   notOpen, notOpen, notOpen, notOpen, notOpen, notOpen],
  ])('%s', (state, ...expected) => {
    expect(asked.map((command) => answer(command, { hold: holds[state]! }))).toEqual(expected);
  });

  it('there is no state without a row', () => expect(Object.keys(holds)).toHaveLength(8));
});

describe('a payout of 8.00', () => {
  const payouts: Record<string, Payout | null> = { 'no payout': null, sent: ofMerchant, confirmed: { ...ofMerchant, state: 'confirmed' }, returned: { ...ofMerchant, state: 'returned' } };
  const asked: Command[] = [
    { kind: 'pay_out', payoutId: 'o1', merchantId: 'bakery', ...cny(800n) },
    { kind: 'withdraw', payoutId: 'o1', payerId: 'ana', ...cny(800n) },
    { kind: 'payout_confirm', payoutId: 'o1' },
    { kind: 'payout_return', payoutId: 'o1' },
  ];
  const closed = 'payout_not_open';
  it.each<[string, ...answers: string[]]>([
    // state       pay out  withdraw confirm  return
    ['no payout',  '.',     '.',     unknown, unknown],
    ['sent',       closed,  closed,  '.',     '.'],
    ['confirmed',  closed,  closed,  closed,  '.'],
    ['returned',   closed,  closed,  closed,  closed],
  ])('%s', (state, ...expected) => {
    expect(asked.map((command) => answer(command, { payout: payouts[state]! }))).toEqual(expected);
  });
});

describe('a dispute of 8.00', () => {
  const disputes: Record<string, Dispute | null> = {
    'no dispute': null,
    'open, the platform bears it': dispute,
    'open, the insurer bears it': { ...dispute, bearer: 'insurer' },
    'open, the merchant bears it': { ...dispute, bearer: 'merchant' },
    '5.00 recovered': { ...dispute, recoveredMinor: 500n },
    recovered: { ...dispute, recoveredMinor: 800n, state: 'recovered' },
    lost: { ...dispute, state: 'lost' },
    'of another payment': { ...dispute, holdId: 'p2' },
  };
  const named = { disputeId: 'd1', holdId: 'p1' };
  const asked: Command[] = [
    { kind: 'dispute_open', ...named, bearer: 'platform', ...cny(100n) },
    { kind: 'dispute_recover', ...named, from: 'payer' },
    { kind: 'dispute_recover', ...named, from: 'merchant' },
    { kind: 'dispute_recover', ...named, from: 'insurer', ...cny(400n) },
    { kind: 'dispute_lose', ...named },
  ];
  const closed = 'dispute_not_open';
  const invalid = 'dispute_amount_invalid';
  it.each<[string, ...answers: string[]]>([
    // state                        open    from payer  merchant  insurer, 4.00  lose
    ['no dispute',                  '.',    unknown,    unknown,  unknown,       unknown],
    ['open, the platform bears it', closed, '.',        '.',      '.',           '.'],
    ['open, the insurer bears it',  closed, '.',        '.',      '.',           '.'],
    ['open, the merchant bears it', closed, '.',        invalid,  '.',           invalid],
    ['5.00 recovered',              closed, '.',        '.',      invalid,       '.'],
    ['recovered',                   closed, closed,     closed,   closed,        closed],
    ['lost',                        closed, closed,     closed,   closed,        closed],
    ['of another payment',          closed, unknown,    unknown,  unknown,       unknown],
  ])('%s', (state, ...expected) => {
    const paid = { ...captured, disputedMinor: state === 'no dispute' ? 0n : 700n };
    expect(asked.map((command) => answer(command, { hold: paid, dispute: disputes[state]! }))).toEqual(expected);
  });
});

// The ladder asks whether a thing exists before it asks for its state. Each guard answers for itself all the same: were the order
// changed, none of them may let something through, or break down, for want of a hold, a payout or a dispute.
describe('each guard stands by itself when what it looks at is not there', () => {
  const objects = (code: RefusalCode, command: Command) => guards.find((guard) => guard.code === code)!.objects({ command, facts: inOrder, hold: null, amount: undefined });
  const confirm: Command & { kind: 'payout_confirm' } = { kind: 'payout_confirm', payoutId: 'o1' };
  const recover: Command & { kind: 'dispute_recover' } = { kind: 'dispute_recover', disputeId: 'd1', holdId: 'p1', from: 'payer' };

  it.each<[RefusalCode, Command, boolean]>([
    ['hold_not_open', capture, true],
    ['hold_not_open', release, true],
    ['hold_not_open', refund, true],
    ['hold_not_open', disputeIt, true],
    ['refund_exceeds_payment', refund, true],
    ['refund_exceeds_payment', disputeIt, true],
    ['payout_not_open', confirm, true],
    ['payout_not_open', { kind: 'payout_return', payoutId: 'o1' }, true],
    ['dispute_not_open', recover, true],
    // An amount is compared with what is there; without it there is nothing to compare, and others refuse.
    ['balance_insufficient', captureTooMuch, false],
    ['dispute_amount_invalid', recover, false],
    ['dispute_amount_invalid', { kind: 'dispute_lose', disputeId: 'd1', holdId: 'p1' }, false],
  ])('%s to %o: %s', (code, command, expected) => {
    expect(objects(code, command)).toBe(expected);
  });

  it('how much may be disputed is a matter of the payment, not of a dispute there was', () => {
    const command: Command & { kind: 'dispute_open' } = { kind: 'dispute_open', disputeId: 'd1', holdId: 'p1', bearer: 'merchant', ...cny(5000n) };
    expect(disputeAmountAllows(command, dispute)).toBe(true);
    expect(disputeStateAllows(command, dispute)).toBe(false);
    expect(payoutStateAllows(confirm, null)).toBe(false);
  });
});
