// Every movement but the payment's own (transfer.test.ts) on one row each: what is asked, what is there, what is posted.
// A minus takes from an account, a plus gives to it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountClasses, accountId, type AccountClass, type AccountRef } from './account.ts';
import { adjustableClasses } from './adjustment.ts';
import type { Dispute, DisputeBearer, DisputeSource } from './dispute.ts';
import { type Hold, openHold } from './hold.ts';
import { type Currency, money, paymentMaxMinorOf, storedMaxMinor } from './money.ts';
import type { Payout } from './payout.ts';
import { accountsOf, type Command, decide, type Facts, sumOfLegs } from './transfer.ts';

const names = {
  wallet: 'payer_wallet:ana:CNY',
  child: 'payer_wallet:mia:CNY',
  held: 'payer_hold:ana:CNY',
  payable: 'merchant_payable:bakery:CNY',
  settled: 'merchant_settled:bakery:CNY',
  reserve: 'merchant_reserve:bakery:CNY',
  fees: 'platform_fees:platform:CNY',
  agent: 'platform_fees:agent:CNY',
  bank: 'funding_clearing:platform:CNY',
  onItsWay: 'payout_clearing:platform:CNY',
  undecided: 'dispute_clearing:platform:CNY',
  insurer: 'dispute_clearing:insurer:CNY',
  loss: 'dispute_loss:platform:CNY',
};
type Name = keyof typeof names;
type Amounts = Partial<Record<Name, bigint>>;
const named = (amounts: Amounts) => Object.fromEntries(Object.entries(amounts).map(([name, minor]) => [names[name as Name], minor as bigint]));

const open = openHold({ id: 'p1', payerId: 'ana', merchantId: 'bakery', currency: 'CNY', amountMinor: 1000n });
const paid: Hold = { ...open, state: 'captured', capturedMinor: 1000n, feeMinor: 6n };
const shared: Hold = { ...paid, feeMinor: 10n, feeParts: [{ receiverId: 'platform', feeMinor: 7n }, { receiverId: 'agent', feeMinor: 3n }] };
const disputed: Hold = { ...paid, disputedMinor: 1000n };
const ofMerchant: Payout = { id: 'o1', beneficiary: { is: 'merchant', id: 'bakery' }, currency: 'CNY', amountMinor: 800n, state: 'sent' };
const ofPayer: Payout = { ...ofMerchant, beneficiary: { is: 'payer', id: 'ana' } };
const dispute = (bearer: DisputeBearer, rest: Partial<Dispute> = {}): Dispute => ({ id: 'd1', holdId: 'p1', bearer, amountMinor: 1000n, recoveredMinor: 0n, state: 'open', ...rest });

const paymentMaxMinor = paymentMaxMinorOf('CNY');
const cny = (minor: bigint) => ({ amount: money(minor, 'CNY') });
const maybe = (minor?: bigint) => (minor === undefined ? {} : cny(minor));
const withdraw = (minor: bigint): Command => ({ kind: 'withdraw', payoutId: 'o1', payerId: 'ana', ...cny(minor) });
const allowance = (minor: bigint, rest: Partial<Command & { kind: 'allowance' }> = {}): Command => ({ kind: 'allowance', payerId: 'ana', toPayerId: 'mia', ...cny(minor), ...rest });
const takenBack = (minor: bigint): Command => allowance(minor, { payerId: 'mia', toPayerId: 'ana' });
const payOut = (minor: bigint): Command => ({ kind: 'pay_out', payoutId: 'o1', merchantId: 'bakery', ...cny(minor) });
const confirm: Command = { kind: 'payout_confirm', payoutId: 'o1' };
const giveBack: Command = { kind: 'payout_return', payoutId: 'o1' };
const settle = (direction: 'to_merchant' | 'from_merchant', minor: bigint): Command => ({ kind: 'settle', settlementId: 's1', merchantId: 'bakery', direction, ...cny(minor) });
const dispute_ = (bearer: DisputeBearer, minor?: bigint): Command => ({ kind: 'dispute_open', disputeId: 'd1', holdId: 'p1', bearer, ...maybe(minor) });
const recover = (from: DisputeSource, minor?: bigint): Command => ({ kind: 'dispute_recover', disputeId: 'd1', holdId: 'p1', from, ...maybe(minor) });
const lose: Command = { kind: 'dispute_lose', disputeId: 'd1', holdId: 'p1' };
const account = (name: Name): AccountRef => {
  const [accountClass, ownerId, currency] = names[name].split(':') as [AccountClass, string, Currency];
  return { class: accountClass, ownerId, currency };
};
type Adjust = Command & { kind: 'adjust' };
const adjust = (from: Name, to: Name, minor: bigint, rest: Partial<Adjust> = {}): Command => ({
  kind: 'adjust', adjustmentId: 'a1', from: account(from), to: account(to), ...cny(minor), makerId: 'mia', checkerId: 'cai', explanation: 'a till counted twice', ...rest,
});

function facts(given: Partial<Omit<Facts, 'balances'>> & { balances?: Amounts } = {}): Facts {
  const { balances = {}, ...rest } = given;
  return {
    booksStopped: false, hold: null, payerExists: true, receiverExists: true, faceEpochHolds: null, receiptUsed: false, paymentStateAllows: null,
    ...rest, balances: new Map(Object.entries(named(balances))),
  };
}

describe('what each movement does to the books', () => {
  it.each<[string, Command, Facts, Amounts]>([
    // A guardian and their child.
    ['allowance of 5.00', allowance(500n), facts({ balances: { wallet: 800n } }), { wallet: -500n, child: 500n }],
    ['allowance of all there is', allowance(800n), facts({ balances: { wallet: 800n, child: 20n } }), { wallet: -800n, child: 800n }],
    ['the child\'s wallet is closed', takenBack(520n), facts({ balances: { wallet: 300n, child: 520n } }), { child: -520n, wallet: 520n }],
    // Money leaves for a bank.
    ['withdrawal of 8.00', withdraw(800n), facts({ balances: { wallet: 1000n } }), { wallet: -800n, onItsWay: 800n }],
    ['payout of 8.00', payOut(800n), facts({ balances: { settled: 1000n } }), { settled: -800n, onItsWay: 800n }],
    ['the bank confirms it', confirm, facts({ payout: ofMerchant, balances: { onItsWay: 800n } }), { onItsWay: -800n, bank: 800n }],
    ['the bank returns a payout', giveBack, facts({ payout: ofMerchant, balances: { onItsWay: 800n } }), { onItsWay: -800n, settled: 800n }],
    ['the bank returns a withdrawal', giveBack, facts({ payout: ofPayer, balances: { onItsWay: 800n } }), { onItsWay: -800n, wallet: 800n }],
    ['the bank returns what it had confirmed', giveBack, facts({ payout: { ...ofMerchant, state: 'confirmed' } }), { bank: -800n, settled: 800n }],
    // A merchant's day.
    ['settlement of a day of 9.94', settle('to_merchant', 994n), facts({ balances: { payable: 994n } }), { payable: -994n, settled: 994n }],
    ['settlement of a day of more refunds than sales', settle('from_merchant', 100n), facts({ balances: { payable: -100n } }), { payable: 100n, settled: -100n }],
    // A shopper says: not me.
    ['dispute, the platform bears it', dispute_('platform'), facts({ hold: paid }), { undecided: -1000n, wallet: 1000n }],
    ['dispute of a part', dispute_('platform', 400n), facts({ hold: paid }), { undecided: -400n, wallet: 400n }],
    ['dispute after a refund of 3.00', dispute_('platform'), facts({ hold: { ...paid, refundedMinor: 300n } }), { undecided: -700n, wallet: 700n }],
    ['dispute, the insurer bears it', dispute_('insurer'), facts({ hold: paid }), { insurer: -1000n, wallet: 1000n }],
    ['dispute, the merchant bears it', dispute_('merchant'), facts({ hold: paid }), { payable: -1000n, wallet: 1000n }],
    ['dispute, the merchant has a reserve', dispute_('merchant'), facts({ hold: paid, balances: { reserve: 5000n } }), { reserve: -1000n, wallet: 1000n }],
    ['dispute, the reserve is too small', dispute_('merchant'), facts({ hold: paid, balances: { reserve: 300n } }), { reserve: -300n, payable: -700n, wallet: 1000n }],
    ['recovery from the shopper', recover('payer'), facts({ hold: disputed, dispute: dispute('platform'), balances: { wallet: 1000n, undecided: -1000n } }), { wallet: -1000n, undecided: 1000n }],
    ['recovery from the merchant', recover('merchant'), facts({ hold: disputed, dispute: dispute('platform'), balances: { undecided: -1000n } }), { payable: -1000n, undecided: 1000n }],
    ['the insurer pays a part', recover('insurer', 600n), facts({ hold: disputed, dispute: dispute('insurer'), balances: { insurer: -1000n } }), { bank: -600n, insurer: 600n }],
    ['a merchant gets it back from the shopper', recover('payer'), facts({ hold: disputed, dispute: dispute('merchant'), balances: { wallet: 1000n } }), { wallet: -1000n, payable: 1000n }],
    ['the platform loses it', lose, facts({ hold: disputed, dispute: dispute('platform'), balances: { undecided: -1000n } }), { loss: -1000n, undecided: 1000n }],
    ['the insurer paid a part, the rest is lost', lose, facts({ hold: disputed, dispute: dispute('insurer', { recoveredMinor: 600n }), balances: { insurer: -400n } }), { loss: -400n, insurer: 400n }],
    // Two people correct the books.
    ['correction between merchant and fees', adjust('fees', 'payable', 5n), facts({ balances: { fees: 6n } }), { fees: -5n, payable: 5n }],
    ['correction that gives a shopper money', adjust('loss', 'wallet', 5n), facts(), { loss: -5n, wallet: 5n }],
    ['keeping back of a merchant', adjust('payable', 'reserve', 50n), facts({ balances: { payable: 60n } }), { payable: -50n, reserve: 50n }],
    // Fees of several receivers.
    ['capture of 10.00, fee 1 % shared 70:30', { kind: 'capture', holdId: 'p1', feeBasisPoints: 100, feeShares: [{ receiverId: 'platform', weight: 70n }, { receiverId: 'agent', weight: 30n }] },
      facts({ hold: open, balances: { held: 1000n } }), { held: -1000n, payable: 990n, fees: 7n, agent: 3n }],
    ['capture of 10.00, fee 0.6 % and 0.30, at most 0.33', { kind: 'capture', holdId: 'p1', feeBasisPoints: 60, feeFixedMinor: 30n, feeMaxMinor: 33n },
      facts({ hold: open, balances: { held: 1000n } }), { held: -1000n, payable: 967n, fees: 33n }],
    ['refund of half of it', { kind: 'refund', holdId: 'p1', ...cny(500n) }, facts({ hold: shared, balances: { fees: 7n, agent: 3n } }), { payable: -495n, fees: -4n, agent: -1n, wallet: 500n }],
    ['refund of the other half', { kind: 'refund', holdId: 'p1' }, facts({ hold: { ...shared, refundedMinor: 500n, feeReturnedMinor: 5n } }), { payable: -495n, fees: -3n, agent: -2n, wallet: 500n }],
  ])('%s', (_name, command, given, legs) => {
    const decision = decide(command, given);
    if (!decision.ok) throw new Error(decision.code);
    expect(Object.fromEntries(decision.transfer.legs.map((leg) => [accountId(leg.account), leg.amountMinor]))).toEqual(named(legs));
    expect(sumOfLegs(decision.transfer.legs)).toBe(0n);
    const lockable = accountsOf(command, given.hold, given).map(accountId);
    for (const leg of decision.transfer.legs) expect(lockable).toContain(accountId(leg.account));
  });
});

describe('what a movement leaves behind', () => {
  const after = (command: Command, given: Facts) => {
    const decision = decide(command, given);
    if (!decision.ok) throw new Error(decision.code);
    return decision.transfer;
  };

  it.each<[string, Command, Facts, Payout['state']]>([
    ['sent', payOut(800n), facts({ balances: { settled: 800n } }), 'sent'],
    ['withdrawn', withdraw(800n), facts({ balances: { wallet: 800n } }), 'sent'],
    ['confirmed', confirm, facts({ payout: ofMerchant, balances: { onItsWay: 800n } }), 'confirmed'],
    ['returned', giveBack, facts({ payout: ofMerchant, balances: { onItsWay: 800n } }), 'returned'],
  ])('a payout that was %s', (_name, command, given, state) => {
    expect(after(command, given).payout?.state).toBe(state);
  });

  it.each<[string, Command, Dispute | null, Pick<Dispute, 'state' | 'recoveredMinor'>, bigint]>([
    // what, command, dispute before, dispute after, what the shopper holds of it
    ['opened', dispute_('platform', 400n), null, { state: 'open', recoveredMinor: 0n }, 1400n],
    ['recovered in part', recover('payer', 400n), dispute('platform'), { state: 'open', recoveredMinor: 400n }, 600n],
    ['recovered from the shopper', recover('payer'), dispute('platform'), { state: 'recovered', recoveredMinor: 1000n }, 0n],
    ['recovered from the merchant: the shopper keeps it', recover('merchant'), dispute('platform'), { state: 'recovered', recoveredMinor: 1000n }, 1000n],
    ['the rest recovered', recover('payer'), dispute('platform', { recoveredMinor: 400n }), { state: 'recovered', recoveredMinor: 1000n }, 400n],
    ['lost', lose, dispute('platform'), { state: 'lost', recoveredMinor: 0n }, 1000n],
  ])('a dispute that was %s', (_name, command, before, expected, heldMinor) => {
    // Twice the size, so that the row that opens a dispute has room for it.
    const hold = { ...disputed, amountMinor: 2000n, capturedMinor: 2000n };
    const transfer = after(command, facts({ hold, dispute: before, balances: { wallet: 1000n, undecided: before ? before.recoveredMinor - before.amountMinor : 0n } }));
    expect(transfer.dispute).toMatchObject(expected);
    expect(transfer.hold?.disputedMinor).toBe(heldMinor);
  });

  it('a capture remembers who received the fee', () => {
    const command: Command = { kind: 'capture', holdId: 'p1', feeBasisPoints: 100, feeShares: [{ receiverId: 'platform', weight: 7n }, { receiverId: 'agent', weight: 3n }] };
    expect(after(command, facts({ hold: open, balances: { held: 1000n } })).hold?.feeParts).toEqual(shared.feeParts);
  });
});

describe('what is refused', () => {
  it.each<[string, Command, Facts, string]>([
    ['withdrawal of nothing', withdraw(0n), facts(), 'amount_invalid'],
    ['withdrawal above the limit', withdraw(paymentMaxMinor + 1n), facts(), 'amount_too_large'],
    ['withdrawal by nobody', withdraw(1n), facts({ payerExists: false }), 'account_unknown'],
    ['withdrawal of more than there is', withdraw(801n), facts({ balances: { wallet: 800n } }), 'balance_insufficient'],
    ['a second withdrawal under one id', withdraw(1n), facts({ payout: ofPayer, balances: { wallet: 9n } }), 'payout_not_open'],
    ['allowance of nothing', allowance(0n), facts({ balances: { wallet: 9n } }), 'amount_invalid'],
    ['allowance above the limit', allowance(paymentMaxMinor + 1n), facts({ balances: { wallet: storedMaxMinor } }), 'amount_too_large'],
    ['allowance of more than there is', allowance(801n), facts({ balances: { wallet: 800n, child: 900n } }), 'balance_insufficient'],
    ['allowance of what is on hold', allowance(1n), facts({ balances: { held: 800n } }), 'balance_insufficient'],
    ['taking back more than the child has', takenBack(2n), facts({ balances: { wallet: 900n, child: 1n } }), 'balance_insufficient'],
    ['allowance by nobody', allowance(1n), facts({ payerExists: false, balances: { wallet: 9n } }), 'account_unknown'],
    ['allowance for nobody', allowance(1n), facts({ receiverExists: false, balances: { wallet: 9n } }), 'account_unknown'],
    ['allowance from a wallet to itself', allowance(1n, { toPayerId: 'ana' }), facts({ balances: { wallet: 9n } }), 'account_unknown'],
    ['allowance that fills a wallet past what is stored', allowance(1n), facts({ balances: { wallet: 9n, child: storedMaxMinor } }), 'amount_too_large'],
    ['allowance while the books are stopped', allowance(1n), facts({ booksStopped: true, balances: { wallet: 9n } }), 'books_stopped'],
    ['payout of more than is settled', payOut(801n), facts({ balances: { settled: 800n, payable: 9000n } }), 'balance_insufficient'],
    ['payout to a merchant who owes us', payOut(1n), facts({ balances: { settled: -5n } }), 'balance_insufficient'],
    ['confirmation of nothing', confirm, facts({ payout: null }), 'account_unknown'],
    ['return of nothing', giveBack, facts(), 'account_unknown'],
    ['a second confirmation', confirm, facts({ payout: { ...ofMerchant, state: 'confirmed' } }), 'payout_not_open'],
    ['confirmation of what came back', confirm, facts({ payout: { ...ofMerchant, state: 'returned' } }), 'payout_not_open'],
    ['a second return', giveBack, facts({ payout: { ...ofMerchant, state: 'returned' } }), 'payout_not_open'],
    ['confirmation of more than is on its way', confirm, facts({ payout: ofMerchant, balances: { onItsWay: 799n } }), 'balance_insufficient'],
    ['settlement of nothing', settle('to_merchant', 0n), facts(), 'amount_invalid'],
    ['dispute of no payment', dispute_('platform'), facts(), 'account_unknown'],
    ['dispute of what was not captured', dispute_('platform'), facts({ hold: open }), 'hold_not_open'],
    ['a second dispute under one id', dispute_('platform'), facts({ hold: paid, dispute: dispute('platform') }), 'dispute_not_open'],
    ['dispute of more than was paid', dispute_('platform', 1001n), facts({ hold: paid }), 'refund_exceeds_payment'],
    ['dispute of what was refunded', dispute_('platform'), facts({ hold: { ...paid, refundedMinor: 1000n } }), 'refund_exceeds_payment'],
    ['refund of what is disputed', { kind: 'refund', holdId: 'p1' }, facts({ hold: disputed }), 'refund_exceeds_payment'],
    ['dispute in another currency', { kind: 'dispute_open', disputeId: 'd1', holdId: 'p1', bearer: 'platform', amount: money(1n, 'EUR') }, facts({ hold: paid }), 'currency_mismatch'],
    ['recovery without a dispute', recover('payer'), facts({ hold: paid }), 'account_unknown'],
    ['recovery for another payment', recover('payer'), facts({ hold: paid, dispute: dispute('platform', { holdId: 'p2' }) }), 'account_unknown'],
    ['recovery after the end', recover('payer'), facts({ hold: disputed, dispute: dispute('platform', { state: 'lost' }) }), 'dispute_not_open'],
    ['recovery of more than is left', recover('payer', 401n), facts({ hold: disputed, dispute: dispute('platform', { recoveredMinor: 600n }) }), 'dispute_amount_invalid'],
    ['recovery from the merchant who bears it', recover('merchant'), facts({ hold: disputed, dispute: dispute('merchant') }), 'dispute_amount_invalid'],
    ['recovery from a shopper who spent it', recover('payer'), facts({ hold: disputed, dispute: dispute('platform'), balances: { wallet: 999n, undecided: -1000n } }), 'balance_insufficient'],
    ['loss twice', lose, facts({ hold: disputed, dispute: dispute('platform', { state: 'lost' }) }), 'dispute_not_open'],
    ['loss that the merchant had from the start', lose, facts({ hold: disputed, dispute: dispute('merchant') }), 'dispute_amount_invalid'],
    ['recovery that would leave more than was out', recover('merchant'), facts({ hold: disputed, dispute: dispute('platform'), balances: { undecided: -999n } }), 'balance_insufficient'],
    ['correction by one person', adjust('fees', 'payable', 1n, { checkerId: 'mia' }), facts(), 'same_person'],
    ['correction without a reason', adjust('fees', 'payable', 1n, { explanation: '  ' }), facts(), 'reason_missing'],
    ['correction from an account to itself', adjust('fees', 'fees', 1n), facts(), 'account_not_adjustable'],
    ['correction in two currencies', adjust('fees', 'payable', 1n, { to: { ...account('payable'), currency: 'EUR' } }), facts(), 'currency_mismatch'],
    ['correction in a third currency', adjust('fees', 'payable', 1n, { amount: money(1n, 'EUR') }), facts(), 'currency_mismatch'],
    ['correction of nothing', adjust('fees', 'payable', 0n), facts(), 'amount_invalid'],
    ['correction that leaves a wallet below zero', adjust('wallet', 'fees', 2n), facts({ balances: { wallet: 1n } }), 'balance_insufficient'],
    ['everything while the books are stopped', confirm, facts({ booksStopped: true, payout: ofMerchant }), 'books_stopped'],
  ])('%s', (_name, command, given, code) => {
    expect(decide(command, given)).toEqual({ ok: false, code });
  });

  it.each(Object.keys(accountClasses) as AccountClass[])('correction by hand of %s only where no rule owns the balance', (accountClass) => {
    const from: AccountRef = { class: accountClass, ownerId: 'x', currency: 'CNY' };
    const decision = decide(adjust('loss', 'payable', 1n, { from }), { ...facts(), balances: new Map([[accountId(from), 5n]]) });
    expect(decision.ok).toBe((adjustableClasses as readonly AccountClass[]).includes(accountClass));
  });

  it('a day, a payout and a correction may be larger than a payment, and never larger than the store', () => {
    const large = paymentMaxMinor + 1n;
    expect(decide(settle('to_merchant', large), facts()).ok).toBe(true);
    expect(decide(payOut(large), facts({ balances: { settled: large } })).ok).toBe(true);
    expect(decide(adjust('bank', 'fees', large), facts()).ok).toBe(true);
    expect(decide(settle('to_merchant', 1n), facts({ balances: { settled: storedMaxMinor } }))).toEqual({ ok: false, code: 'amount_too_large' });
  });
});

it.each<[Currency, string]>([['JPY', '0'], ['KRW', '0'], ['CNY', '2'], ['EUR', '2'], ['KWD', '3'], ['BHD', '3']])(
  'a whole life in %s (%s decimals): no money appears, no leg in another currency',
  (currency) => {
    const life = fc.record({
      paidMinor: fc.bigInt({ min: 1n, max: 100_000n }),
      feeBasisPoints: fc.integer({ min: 0, max: 2000 }),
      feeFixedMinor: fc.bigInt({ min: 0n, max: 50n }),
      weights: fc.tuple(fc.bigInt({ min: 1n, max: 9n }), fc.bigInt({ min: 0n, max: 9n })),
      refundMinor: fc.bigInt({ min: 1n, max: 100_000n }),
      bearer: fc.constantFrom<DisputeBearer>('platform', 'merchant', 'insurer'),
      end: fc.constantFrom('payer', 'merchant', 'insurer', 'lose'),
      bankSays: fc.constantFrom('payout_confirm', 'payout_return'),
    });
    fc.assert(
      fc.property(life, (given) => {
        const balances = new Map<string, bigint>();
        let hold: Hold | null = null;
        let payout: Payout | null = null;
        let dispute: Dispute | null = null;
        const run = (command: Command): boolean => {
          const decision = decide(command, { ...facts(), hold, payout, dispute, balances });
          if (!decision.ok) return false;
          expect(sumOfLegs(decision.transfer.legs)).toBe(0n);
          for (const leg of decision.transfer.legs) {
            expect(leg.account.currency).toBe(currency);
            balances.set(accountId(leg.account), (balances.get(accountId(leg.account)) ?? 0n) + leg.amountMinor);
          }
          hold = decision.transfer.hold ?? hold;
          payout = decision.transfer.payout ?? payout;
          dispute = decision.transfer.dispute ?? dispute;
          return true;
        };
        const of = (accountClass: AccountClass, ownerId: string) => balances.get(`${accountClass}:${ownerId}:${currency}`) ?? 0n;
        const amount = money(given.paidMinor, currency);
        const [first, second] = given.weights;
        expect(run({ kind: 'top_up', payerId: 'ana', amount })).toBe(true);
        expect(run({ kind: 'authorise', holdId: 'p1', payerId: 'ana', merchantId: 'bakery', amount })).toBe(true);
        expect(run({ kind: 'capture', holdId: 'p1', feeBasisPoints: given.feeBasisPoints, feeFixedMinor: given.feeFixedMinor, feeShares: [{ receiverId: 'platform', weight: first }, { receiverId: 'agent', weight: second }] })).toBe(true);
        expect(run({ kind: 'refund', holdId: 'p1', amount: money(given.refundMinor, currency) })).toBe(given.refundMinor <= given.paidMinor);
        const left = given.refundMinor <= given.paidMinor ? given.paidMinor - given.refundMinor : given.paidMinor;
        expect(run({ kind: 'dispute_open', disputeId: 'd1', holdId: 'p1', bearer: given.bearer })).toBe(left > 0n);
        expect(of('payer_wallet', 'ana')).toBe(given.paidMinor);
        if (left > 0n) {
          const bearsItself = given.bearer === 'merchant' && (given.end === 'merchant' || given.end === 'lose');
          const end: Command = given.end === 'lose' ? { kind: 'dispute_lose', disputeId: 'd1', holdId: 'p1' } : { kind: 'dispute_recover', disputeId: 'd1', holdId: 'p1', from: given.end as DisputeSource };
          expect(run(end)).toBe(!bearsItself);
        }
        expect(of('dispute_clearing', 'platform') + of('dispute_clearing', 'insurer')).toBe(0n);
        const dayMinor = of('merchant_payable', 'bakery');
        if (dayMinor !== 0n) run({ kind: 'settle', settlementId: 's1', merchantId: 'bakery', direction: dayMinor > 0n ? 'to_merchant' : 'from_merchant', amount: money(dayMinor > 0n ? dayMinor : -dayMinor, currency) });
        expect(of('merchant_payable', 'bakery')).toBe(0n);
        if (dayMinor > 0n) {
          expect(run({ kind: 'pay_out', payoutId: 'o1', merchantId: 'bakery', amount: money(dayMinor, currency) })).toBe(true);
          expect(run({ kind: given.bankSays as 'payout_confirm', payoutId: 'o1' })).toBe(true);
          expect(of('merchant_settled', 'bakery')).toBe(given.bankSays === 'payout_return' ? dayMinor : 0n);
        }
        expect([...balances.values()].reduce((sum, balance) => sum + balance, 0n)).toBe(0n);
      }),
      { numRuns: 60, seed: 7 },
    );
  },
);
