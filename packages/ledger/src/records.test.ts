// What a transfer says of itself (kind, amount, fee), what it leaves behind, which accounts are locked for it, and the edges of every
// amount: the largest payment, and the largest balance the store can hold (2^63 - 1).
import { describe, expect, it } from 'vitest';
import { accountId, type AccountRef } from './account.ts';
import type { Dispute } from './dispute.ts';
import { captureHold, type Hold, openHold } from './hold.ts';
import { type Currency, money, paymentMaxMinorOf, storedMaxMinor } from './money.ts';
import type { Payout } from './payout.ts';
import { accountsOf, type Command, decide, type Facts, sumOfLegs } from './transfer.ts';

const wallet = 'payer_wallet:ana:CNY';
const child = 'payer_wallet:mia:CNY';
const held = 'payer_hold:ana:CNY';
const payable = 'merchant_payable:bakery:CNY';
const settled = 'merchant_settled:bakery:CNY';
const reserve = 'merchant_reserve:bakery:CNY';
const fees = 'platform_fees:platform:CNY';
const agent = 'platform_fees:agent:CNY';
const bank = 'funding_clearing:platform:CNY';
const onItsWay = 'payout_clearing:platform:CNY';
const undecided = 'dispute_clearing:platform:CNY';
const insurer = 'dispute_clearing:insurer:CNY';
const loss = 'dispute_loss:platform:CNY';

const paymentMaxMinor = paymentMaxMinorOf('CNY');
const cny = (minor: bigint) => ({ amount: money(minor, 'CNY') });
const account = (id: string): AccountRef => {
  const [accountClass, ownerId, currency] = id.split(':') as [AccountRef['class'], string, Currency];
  return { class: accountClass, ownerId, currency };
};
const open = openHold({ id: 'p1', payerId: 'ana', merchantId: 'bakery', currency: 'CNY', amountMinor: 1000n });
const paid = captureHold(open, { capturedMinor: 1000n, feeMinor: 6n, feeParts: [] });
const shared: Hold = { ...paid, feeParts: [{ receiverId: 'platform', feeMinor: 4n }, { receiverId: 'agent', feeMinor: 2n }] };
const disputed: Hold = { ...paid, disputedMinor: 1000n };
const payout: Payout = { id: 'o1', beneficiary: { is: 'merchant', id: 'bakery' }, currency: 'CNY', amountMinor: 800n, state: 'sent' };
const dispute: Dispute = { id: 'd1', holdId: 'p1', bearer: 'platform', amountMinor: 1000n, recoveredMinor: 400n, state: 'open' };

const topUp = (minor: bigint): Command => ({ kind: 'top_up', payerId: 'ana', ...cny(minor) });
const inRupiah = (minor: bigint): Command => ({ kind: 'top_up', payerId: 'ana', amount: money(minor, 'IDR') });
const authorise = (minor: bigint): Command => ({ kind: 'authorise', holdId: 'p1', payerId: 'ana', merchantId: 'bakery', ...cny(minor) });
const capture: Command = { kind: 'capture', holdId: 'p1', feeBasisPoints: 60 };
const captureShared: Command = { ...capture, feeShares: [{ receiverId: 'agent', weight: 1n }] };
const release: Command = { kind: 'void', holdId: 'p1' };
const refund: Command = { kind: 'refund', holdId: 'p1' };
const withdraw = (minor: bigint): Command => ({ kind: 'withdraw', payoutId: 'o1', payerId: 'ana', ...cny(minor) });
const allowance = (minor: bigint): Command => ({ kind: 'allowance', payerId: 'ana', toPayerId: 'mia', ...cny(minor) });
const payOut: Command = { kind: 'pay_out', payoutId: 'o1', merchantId: 'bakery', ...cny(800n) };
const confirm: Command = { kind: 'payout_confirm', payoutId: 'o1' };
const giveBack: Command = { kind: 'payout_return', payoutId: 'o1' };
const settle: Command = { kind: 'settle', settlementId: 's1', merchantId: 'bakery', direction: 'to_merchant', ...cny(994n) };
const dispute_ = (bearer: Dispute['bearer']): Command => ({ kind: 'dispute_open', disputeId: 'd1', holdId: 'p1', bearer });
const recover = (from: 'payer' | 'merchant' | 'insurer'): Command => ({ kind: 'dispute_recover', disputeId: 'd1', holdId: 'p1', from });
const lose: Command = { kind: 'dispute_lose', disputeId: 'd1', holdId: 'p1' };
const adjust = (from: string, to: string, minor: bigint): Command => ({
  kind: 'adjust', adjustmentId: 'a1', from: account(from), to: account(to), ...cny(minor), makerId: 'mia', checkerId: 'cai', explanation: 'a till counted twice',
});

function facts({ balances = {}, ...rest }: Partial<Omit<Facts, 'balances'>> & { balances?: Record<string, bigint> } = {}): Facts {
  return { booksStopped: false, hold: null, payerExists: true, faceEpochHolds: null, receiptUsed: false, paymentStateAllows: null, ...rest, balances: new Map(Object.entries(balances)) };
}
const transferOf = (command: Command, given: Facts) => {
  const decision = decide(command, given);
  if (!decision.ok) throw new Error(decision.code);
  return decision.transfer;
};

describe('what a transfer says of itself', () => {
  it.each<[Command['kind'], Command, Facts, amountMinor: bigint, feeMinor: bigint]>([
    // kind, asked, given, amount, fee charged or given back
    ['top_up', topUp(1000n), facts(), 1000n, 0n],
    ['authorise', authorise(1000n), facts({ balances: { [wallet]: 1000n } }), 1000n, 0n],
    ['capture', capture, facts({ hold: open, balances: { [held]: 1000n } }), 1000n, 6n],
    ['void', release, facts({ hold: open, balances: { [held]: 1000n } }), 1000n, 0n],
    ['refund', refund, facts({ hold: { ...paid, refundedMinor: 500n, feeReturnedMinor: 3n } }), 500n, 3n],
    ['allowance', allowance(800n), facts({ receiverExists: true, balances: { [wallet]: 800n } }), 800n, 0n],
    ['withdraw', withdraw(800n), facts({ balances: { [wallet]: 800n } }), 800n, 0n],
    ['pay_out', payOut, facts({ balances: { [settled]: 800n } }), 800n, 0n],
    ['payout_confirm', confirm, facts({ payout, balances: { [onItsWay]: 800n } }), 800n, 0n],
    ['payout_return', giveBack, facts({ payout, balances: { [onItsWay]: 800n } }), 800n, 0n],
    ['settle', settle, facts(), 994n, 0n],
    ['dispute_open', dispute_('platform'), facts({ hold: paid }), 1000n, 0n],
    ['dispute_recover', recover('merchant'), facts({ hold: disputed, dispute, balances: { [undecided]: -600n } }), 600n, 0n],
    ['dispute_lose', lose, facts({ hold: disputed, dispute, balances: { [undecided]: -600n } }), 600n, 0n],
    ['adjust', adjust(fees, payable, 5n), facts(), 5n, 0n],
  ])('%s', (kind, command, given, amountMinor, feeMinor) => {
    expect(transferOf(command, given)).toMatchObject({ kind, currency: 'CNY', amountMinor, feeMinor });
  });

  it('an allowance names the wallet of the giver first: the answer tells of that one', () => {
    const { legs } = transferOf(allowance(800n), facts({ receiverExists: true, balances: { [wallet]: 800n } }));
    expect(legs.map((leg) => accountId(leg.account))).toEqual([wallet, child]);
  });

  it('legs are summed with their signs', () => {
    expect(sumOfLegs([{ account: account(wallet), amountMinor: 7n }, { account: account(bank), amountMinor: -5n }])).toBe(2n);
    expect(sumOfLegs([])).toBe(0n);
  });
});

describe('what a transfer leaves behind', () => {
  it.each<[string, Command, Facts, Payout]>([
    ['a payout, whose it is', payOut, facts({ balances: { [settled]: 800n } }), payout],
    ['a withdrawal, whose it is', withdraw(800n), facts({ balances: { [wallet]: 800n } }), { ...payout, beneficiary: { is: 'payer', id: 'ana' } }],
    ['a confirmed payout, still the same', confirm, facts({ payout, balances: { [onItsWay]: 800n } }), { ...payout, state: 'confirmed' }],
    ['a returned payout, still the same', giveBack, facts({ payout, balances: { [onItsWay]: 800n } }), { ...payout, state: 'returned' }],
  ])('%s', (_name, command, given, expected) => {
    expect(transferOf(command, given).payout).toEqual(expected);
  });

  it.each<[string, Command, Facts, Partial<Hold>]>([
    ['a hold of 10.00', authorise(1000n), facts({ balances: { [wallet]: 1000n } }), open],
    ['a captured hold', capture, facts({ hold: open, balances: { [held]: 1000n } }), paid],
    ['a released hold', release, facts({ hold: open, balances: { [held]: 1000n } }), { ...open, state: 'voided' }],
    ['a refunded hold', refund, facts({ hold: paid }), { ...paid, refundedMinor: 1000n, feeReturnedMinor: 6n }],
    ['a hold whose fee nobody shares, however that is said', { ...capture, feeShares: [] }, facts({ hold: open, balances: { [held]: 1000n } }), paid],
  ])('%s', (_name, command, given, expected) => {
    expect(transferOf(command, given).hold).toEqual(expected);
  });
});

describe('the accounts that are locked before anything is decided', () => {
  it.each<[string, Command, Partial<Facts>, string[]]>([
    ['top-up', topUp(1n), {}, [bank, wallet]],
    ['authorise', authorise(1n), {}, [wallet, held]],
    ['capture', capture, { hold: open }, [wallet, held, payable, fees]],
    ['capture, the fee shared', captureShared, { hold: open }, [wallet, held, payable, fees, agent]],
    ['void', release, { hold: open }, [wallet, held, payable, fees]],
    ['refund', refund, { hold: shared }, [wallet, held, payable, fees, fees, agent]],
    ['settlement', settle, {}, [payable, settled]],
    ['allowance', allowance(1n), {}, [wallet, child]],
    ['withdrawal', withdraw(1n), {}, [wallet, onItsWay]],
    ['payout', payOut, {}, [settled, onItsWay]],
    ['confirmation', confirm, { payout }, [onItsWay, bank]],
    ['return', giveBack, { payout }, [onItsWay, bank, settled]],
    ['dispute, the platform bears it', dispute_('platform'), { hold: paid }, [wallet, undecided]],
    ['dispute, the insurer bears it', dispute_('insurer'), { hold: paid }, [wallet, insurer]],
    ['dispute, the merchant bears it', dispute_('merchant'), { hold: paid }, [wallet, payable, reserve]],
    ['recovery from the insurer', recover('insurer'), { hold: disputed, dispute }, [undecided, bank]],
    ['loss', lose, { hold: disputed, dispute }, [undecided, loss]],
    ['correction', adjust(fees, payable, 1n), {}, [fees, payable]],
    // Who names what does not exist locks nothing: there is nothing to be decided on.
    ['capture of nothing', captureShared, {}, []],
    ['void of nothing', release, {}, []],
    ['refund of nothing', refund, {}, []],
    ['confirmation of nothing', confirm, {}, []],
    ['return of nothing', giveBack, {}, []],
    ['dispute of nothing', dispute_('merchant'), {}, []],
    ['recovery without a dispute', recover('payer'), { hold: paid }, []],
    ['loss without a dispute', lose, { hold: paid }, []],
  ])('%s', (_name, command, { hold = null, ...others }, expected) => {
    expect(accountsOf(command, hold, others).map(accountId)).toEqual(expected);
  });
});

describe('the edges of an amount', () => {
  const full = storedMaxMinor;
  it.each<[string, Command, Facts, string]>([
    ['the largest payment', topUp(paymentMaxMinor), facts(), 'yes'],
    ['one more', topUp(paymentMaxMinor + 1n), facts(), 'amount_too_large'],
    ['the largest payment in rupiah', inRupiah(paymentMaxMinorOf('IDR')), facts(), 'yes'],
    ['one more', inRupiah(paymentMaxMinorOf('IDR') + 1n), facts(), 'amount_too_large'],
    ['the last unit a wallet can hold', topUp(1n), facts({ balances: { [wallet]: full - 1n } }), 'yes'],
    ['one more', topUp(1n), facts({ balances: { [wallet]: full } }), 'amount_too_large'],
    ['the last unit a bank can owe us', topUp(1n), facts({ balances: { [bank]: 1n - full } }), 'yes'],
    ['one more', topUp(1n), facts({ balances: { [bank]: -full } }), 'amount_too_large'],
    ['a correction of all the store can hold', adjust(fees, payable, full), facts(), 'yes'],
    // 10.01 of a hold of 10.00: the shopper has the cent, in the wallet and in another hold, and did not agree to pay it.
    ['a capture above its hold, though the shopper has the money', { ...capture, ...cny(1001n) }, facts({ hold: open, balances: { [wallet]: 5000n, [held]: 5000n } }), 'balance_insufficient'],
    ['a capture of exactly its hold', { ...capture, ...cny(1000n) }, facts({ hold: open, balances: { [held]: 1000n } }), 'yes'],
    ['a payout of exactly what is settled', payOut, facts({ balances: { [settled]: 800n } }), 'yes'],
  ])('%s: %#', (_name, command, given, expected) => {
    const decision = decide(command, given);
    expect(decision.ok ? 'yes' : decision.code).toBe(expected);
  });
});
