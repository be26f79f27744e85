// FOR TESTS: a merchant's days in one currency: payments through the real books in two time zones (one has a day of 25 hours), refunds, two
// disputes, a change of fees, settlements, a payout that comes back and is paid again, and a bank that knows of all of it from files alone.
import type { Pager } from '../adapters/pager.ts';
import { createHash } from 'node:crypto';
import { type Currency, money } from '@sonrisa/ledger/money.ts';
import { type IdKind, makeId } from '@sonrisa/protocol/ids.ts';
import { writeCamt053, type StatementLine } from '../bank-files/index.ts';
import { readDecimal } from '../bank-files/decimal.ts';
import { readXml } from '../bank-files/xml.ts';
import type { TestBooks } from '../books/books.fixture.ts';
import { createDisputes } from '../disputes/index.ts';
import { feeOf, moveOf } from '../payments/index.ts';
import { setBankAccount } from '../payouts/bank-accounts.ts';
import { createPayouts } from '../payouts/index.ts';
import { createProposals } from '../proposals/index.ts';
import { createSettlements } from '../settlements/index.ts';
import type { DayFiles } from './day-files.fixture.ts';
import { createStatements } from './index.ts';

export type Day = { readonly payments: number; readonly currency: Currency; readonly from: string; readonly to: string };
const hourMs = 3_600_000;
/** Berlin puts its clocks back on the 25th. */
const startMs = Date.UTC(2026, 9, 24, 20);
const spanMs = 30 * hourMs;
const atOnce = 16;

export type Stage = ReturnType<typeof openStage>;

export function openStage(test: TestBooks, clock = { ms: startMs }, pager: Pager = { page: async () => false }) {
  const idFrom = (kind: IdKind, text: string) => makeId(kind, createHash('sha256').update(text).digest().subarray(0, 16));
  const newId = (kind: IdKind) => idFrom(kind, test.next(kind));
  const deps = { db: test.db, books: test.books, nowMs: () => clock.ms, newId, idFrom };
  const payouts = createPayouts(deps);
  const proposals = createProposals({ ...deps, payouts, disputes: createDisputes({ ...deps, bearer: 'platform' }) });
  return {
    ...test, clock, newId, payouts, proposals,
    settlements: createSettlements({ ...deps, pager, log: { error: () => undefined, warn: () => undefined }, newId: () => newId('settlement') }),
    disputesOf: (bearer: 'platform' | 'merchant') => createDisputes({ ...deps, bearer }),
    statements: createStatements({ ...deps, payouts, proposals }),
  };
}

export async function openMerchant(stage: Stage, currency: Currency, timeZones: readonly string[] = ['Asia/Shanghai', 'Europe/Berlin']) {
  const { db, newId, pool } = stage;
  const merchantId = newId('merchant');
  await db.insertInto('merchant').values({ id: merchantId, name: '=Bakery', name_zh: '面包店', currency, fee_basis_points: 60 }).execute();
  const stores = await Promise.all(
    timeZones.map(async (timeZone) => {
      const [storeId, terminalId] = [newId('store'), newId('terminal')];
      await db.insertInto('store').values({ id: storeId, merchant_id: merchantId, name: timeZone, name_zh: timeZone, time_zone: timeZone, pin_from_minor: 1n }).execute();
      const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } as const;
      await db.insertInto('terminal').values({ id: terminalId, merchant_id: merchantId, store_id: storeId, kind: 'kiosk', key_thumbprint: terminalId, public_jwk: JSON.stringify(jwk), token_hash: terminalId }).execute();
      return { storeId, terminalId };
    }),
  );
  const at = { atMs: startMs };
  await setBankAccount(db, { ...at, owner: 'platform', ownerId: 'platform', currency, holder: 'Sonrisa', number: 'DE89370400440532013000', bic: 'COBADEFFXXX' });
  await setBankAccount(db, { ...at, owner: 'merchant', ownerId: merchantId, currency, holder: 'Bakery', number: '6222021234567890', bic: null });
  const payers = Array.from({ length: 8 }, () => newId('payer'));
  for (const payerId of payers) {
    await stage.addPayer(payerId);
    for (let each = 0; each < 4; each += 1) {
      await post(stage, { principal: payerId, key: `seed ${each}`, command: { kind: 'top_up', payerId, amount: money(5_000_000n, currency) }, atMs: startMs });
    }
  }
  return { merchantId, currency, stores, payers, pool };
}
export type Merchant = Awaited<ReturnType<typeof openMerchant>>;

/** All payments of the days, some refunded, two disputed; fees change halfway. */
export async function trade(stage: Stage, merchant: Merchant, payments: number): Promise<void> {
  const { currency, stores, payers } = merchant;
  const fees = [{ fee_basis_points: 60, fee_terms: {} }, { fee_basis_points: 85, fee_terms: { fixedMinor: '3', maxMinor: '900', shares: [{ receiverId: 'platform', weight: '7' }, { receiverId: 'agent', weight: '3' }] } }];
  await inLanes(payments, async (number) => {
    const atMs = startMs + Math.floor((number * spanMs) / payments);
    const [store, payerId] = [stores[number % 2]!, payers[number % payers.length]!];
    const [amountMinor, fee] = [BigInt(101 + ((number * 7919) % 9_000)), fees[number * 2 < payments ? 0 : 1]!];
    const paymentId = await sell(stage, merchant, { store, payerId, amountMinor, atMs, fee });
    const of = (key: string) => ({ principal: `payment:${paymentId}`, key, atMs });
    const refundMoves = { id: paymentId, posted: moveOf('refunded_in_full'), postedInPart: moveOf('refunded_in_part') };
    if (number % 20 === 3) {
      await post(stage, { ...of('refund 1'), atMs: atMs + hourMs, command: { kind: 'refund', holdId: paymentId, amount: money(33n, currency) }, payment: refundMoves });
      await post(stage, { ...of('refund 2'), atMs: atMs + hourMs, command: { kind: 'refund', holdId: paymentId, amount: money(34n, currency) }, payment: refundMoves });
    }
    if (number % 33 === 5) await post(stage, { ...of('refund'), atMs: atMs + 2 * hourMs, command: { kind: 'refund', holdId: paymentId }, payment: refundMoves });
    stage.clock.ms = atMs + hourMs;
    if (number === 7) await stage.disputesOf('platform').open({ paymentId, key: 'not me', reason: 'the shopper says: not me' });
    if (number === 8) await stage.disputesOf('merchant').open({ paymentId, key: 'not me', reason: 'the shopper says: not me' });
  });
}

type Fee = Parameters<typeof feeOf>[0];
export type Sale = { store: { storeId: string; terminalId: string }; payerId: string; amountMinor: bigint; atMs: number; fee?: Fee };

/** One payment from hold to capture, at this moment. Returns its id. */
export async function sell(stage: Stage, { merchantId, currency }: Merchant, sale: Sale): Promise<string> {
  const { store, payerId, amountMinor, atMs, fee = { fee_basis_points: 60, fee_terms: {} } } = sale;
  const paymentId = stage.newId('payment');
  await stage.db.insertInto('payment').values({
    id: paymentId, merchant_id: merchantId, store_id: store.storeId, terminal_id: store.terminalId, state: 'identified', amount_minor: amountMinor, currency,
    fee_basis_points: fee.fee_basis_points, fee_terms: JSON.stringify(fee.fee_terms), lines: '[]', payer_id: payerId, receipt_number: paymentId.slice(4, 20),
    created_at: new Date(atMs), expires_at: new Date(atMs + hourMs),
  }).execute();
  await stage.db.insertInto('payment_event').values({ payment_id: paymentId, at: new Date(atMs), event: 'matched', from_state: 'capturing', to_state: 'identified' }).execute();
  const of = (key: string) => ({ principal: `payment:${paymentId}`, key, atMs });
  await post(stage, { ...of('authorise'), command: { kind: 'authorise', holdId: paymentId, payerId, merchantId, amount: money(amountMinor, currency) }, payment: { id: paymentId, posted: moveOf('authorised') } });
  await post(stage, { ...of('capture'), command: { kind: 'capture', holdId: paymentId, ...feeOf(fee) }, payment: { id: paymentId, posted: moveOf('captured') } });
  return paymentId;
}

/** Settles, pays, has the bank return the first payout of all, pays that again, and hands over every file there is. */
export async function settleAndPay(stage: Stage, merchant: Merchant): Promise<DayFiles> {
  const { clock, settlements, payouts, statements } = stage;
  const { merchantId, currency } = merchant;
  const orders: string[] = [];
  const booked: StatementLine[] = [];
  const bank: { bank: string; bookedOn: string } = { bank: '', bookedOn: '' };
  for (const [step, ms] of [startMs + 40 * hourMs, startMs + 64 * hourMs, startMs + 88 * hourMs].entries()) {
    clock.ms = ms;
    await settlements.round();
    const file = await payouts.makeFile({ currency, key: `step ${step}` });
    bank.bookedOn = new Date(ms).toISOString().slice(0, 10);
    const own = file ? executed(file.content, { currency, bookedOn: bank.bookedOn, returns: step === 0 }) : [];
    if (file) orders.push(file.content);
    bank.bank = bankStatement({ id: `day ${step}`, currency, openingMinor: 0n, lines: own, bookedOn: bank.bookedOn });
    booked.push(...own);
    await statements.importFile({ format: 'camt.053', content: bank.bank, importedBy: null });
    await approveReturns(stage);
  }
  const list = await settlements.list({ merchantId, limit: 100 });
  return {
    statement: await statements.merchantStatement({ merchantId, currency, from: '2026-10-01', to: '2026-11-30', format: 'csv' }),
    settlements: await Promise.all(list.map(({ id }) => statements.settlementFile({ settlementId: id, merchantId }))),
    orders,
    bank: bankStatement({ id: 'all days', currency, openingMinor: 0n, lines: booked, bookedOn: bank.bookedOn }),
  };
}

/** What the bank sent back is the merchant's again when a person has approved it. */
async function approveReturns({ pool, proposals, statements, newId }: Stage): Promise<void> {
  const waiting = await proposals.list({ waiting: true, limit: 100 });
  const checkerId = newId('operatorPerson');
  await pool.query('INSERT INTO operator_person (id, name, token_hash, created_at) VALUES ($1, $1, $1, now())', [checkerId]);
  for (const { id } of waiting) await proposals.approve({ proposalId: id, checkerId });
  await statements.reconcile();
}

// The bank reads our order and does what it says; once it sends everything back.
function executed(order: string, { currency, bookedOn, returns }: { currency: Currency; bookedOn: string; returns: boolean }): StatementLine[] {
  const transfers = readXml(order).at('Document', 'CstmrCdtTrfInitn').all('PmtInf').flatMap((information) => information.all('CdtTrfTxInf'));
  return transfers.flatMap((transfer) => {
    const reference = transfer.at('PmtId', 'EndToEndId').required;
    const amountMinor = -readDecimal(transfer.at('Amt', 'InstdAmt').required, currency);
    const line: StatementLine = { reference, amountMinor, bookedOn, text: 'credit transfer', isReturn: false };
    return returns ? [line, { ...line, amountMinor: -amountMinor, text: 'account closed', isReturn: true }] : [line];
  });
}

function bankStatement(given: { id: string; currency: Currency; openingMinor: bigint; lines: readonly StatementLine[]; bookedOn: string }): string {
  const { id, currency, openingMinor, lines, bookedOn } = given;
  const closingMinor = lines.reduce((sum, line) => sum + line.amountMinor, openingMinor);
  return writeCamt053({ id, account: 'DE89370400440532013000', currency, madeAtMs: startMs, from: bookedOn, to: bookedOn, openingMinor, closingMinor, lines });
}

type Posting = Parameters<TestBooks['books']['post']>[0];

async function post({ books }: Pick<Stage, 'books'>, { principal, key, ...rest }: Omit<Posting, 'idempotency'> & { principal: string; key: string }): Promise<void> {
  const result = await books.post({ idempotency: { principal, key }, ...rest });
  if (!result.ok) throw new Error(`${rest.command.kind} was refused: ${result.code}`);
}

async function inLanes(count: number, work: (number: number) => Promise<void>): Promise<void> {
  const lane = async (first: number) => {
    for (let number = first; number < count; number += atOnce) await work(number);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, (_, first) => lane(first)));
}
