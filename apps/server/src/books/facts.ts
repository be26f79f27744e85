// What is true right now, read under locks. Everybody locks in this order, so nobody waits in a circle:
// idempotency key, receipt, payment, payer, hold, payout or dispute, accounts by id.
import { type AccountRef, accountId, byAccountId } from '@sonrisa/ledger/account.ts';
import type { FeePart } from '@sonrisa/ledger/fees.ts';
import type { Hold } from '@sonrisa/ledger/hold.ts';
import type { Currency } from '@sonrisa/ledger/money.ts';
import { type Command, type Facts, accountsOf } from '@sonrisa/ledger/transfer.ts';
import { lockCases } from './cases.ts';
import type { Query } from './idempotency.ts';
import type { PaymentMove, PostRequest } from './request.ts';

export type LockedFacts = Facts & { readonly paymentState: string | null };

export async function lockFacts(query: Query, input: { request: PostRequest; transferId: string }): Promise<LockedFacts> {
  const { request, transferId } = input;
  const { command, receipt } = request;
  const booksStopped = (await query('SELECT 1 FROM books_stop', [])).length > 0;
  const receiptUsed = receipt ? !(await consumeReceipt(query, { jti: receipt.jti, transferId, atMs: request.atMs })) : false;
  const payment = request.payment ? await lockPayment(query, request.payment.id) : null;
  const payer = 'payerId' in command ? await lockPayer(query, command.payerId) : null;
  const hold = 'holdId' in command ? await lockHold(query, command.holdId) : null;
  const cases = await lockCases(query, command);
  // No account is made for somebody who does not exist.
  const accounts = ('payerId' in command && !payer) || ('holdId' in command && command.kind !== 'authorise' && !hold) ? [] : accountsOf(command, hold, cases);
  return {
    booksStopped,
    receiptUsed,
    paymentState: payment?.state ?? null,
    paymentStateAllows: request.payment ? payment !== null && allowsMove(request, { payment, move: request.payment.posted }) : null,
    payerExists: payer !== null,
    faceEpochHolds: receipt ? payer !== null && payer.face_state === 'on' && payer.face_epoch === receipt.faceEpoch : null,
    hold,
    ...cases,
    balances: await lockBalances(query, accounts),
  };
}

// The row is the proof that this receipt moved money: a second insert waits for the first transaction and then loses.
async function consumeReceipt(query: Query, input: { jti: string; transferId: string; atMs: number }): Promise<boolean> {
  const made = await query('INSERT INTO receipt_used (jti, transfer_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING 1', [
    input.jti,
    input.transferId,
    new Date(input.atMs),
  ]);
  return made.length > 0;
}

export type LockedPayment = { readonly state: string; readonly payer_id: string | null; readonly jti: string | null };

export async function lockPayment(query: Query, paymentId: string): Promise<LockedPayment | null> {
  const [row] = await query<LockedPayment>(`SELECT state, payer_id, receipt_claims->>'jti' AS jti FROM payment WHERE id = $1 FOR UPDATE`, [paymentId]);
  return row ?? null;
}

/** The state alone is not enough: while a request was on its way somebody else may have been identified for this payment. */
export function allowsMove({ command, receipt }: PostRequest, { payment, move }: { payment: LockedPayment; move: PaymentMove }): boolean {
  const isSamePerson = !receipt || (payment.jti === receipt.jti && (!('payerId' in command) || payment.payer_id === command.payerId));
  return isSamePerson && Object.hasOwn(move.moves, payment.state);
}

// Shared: payments of one payer may run side by side, but whoever pauses the face waits for them, and they for him.
async function lockPayer(query: Query, payerId: string): Promise<{ face_epoch: number; face_state: string } | null> {
  const [row] = await query<{ face_epoch: number; face_state: string }>('SELECT face_epoch, face_state FROM payer WHERE id = $1 FOR SHARE', [payerId]);
  return row ?? null;
}

type HoldRow = {
  id: string;
  payer_id: string;
  merchant_id: string;
  currency: Currency;
  state: Hold['state'];
  amount_minor: bigint;
  captured_minor: bigint;
  refunded_minor: bigint;
  fee_minor: bigint;
  fee_returned_minor: bigint;
  disputed_minor: bigint;
  fee_parts: { receiverId: string; feeMinor: string }[];
};

async function lockHold(query: Query, holdId: string): Promise<Hold | null> {
  const [row] = await query<HoldRow>(
    `SELECT id, payer_id, merchant_id, currency, state, amount_minor, captured_minor, refunded_minor, fee_minor, fee_returned_minor,
            disputed_minor, fee_parts FROM hold WHERE id = $1 FOR UPDATE`,
    [holdId],
  );
  if (!row) return null;
  return {
    id: row.id,
    payerId: row.payer_id,
    merchantId: row.merchant_id,
    currency: row.currency,
    state: row.state,
    amountMinor: row.amount_minor,
    capturedMinor: row.captured_minor,
    refundedMinor: row.refunded_minor,
    feeMinor: row.fee_minor,
    feeReturnedMinor: row.fee_returned_minor,
    disputedMinor: row.disputed_minor,
    feeParts: row.fee_parts.map(({ receiverId, feeMinor }): FeePart => ({ receiverId, feeMinor: BigInt(feeMinor) })),
  };
}

// FOR UPDATE locks nothing where there is no row: the zero rows come first, in the same order as the locks.
async function lockBalances(query: Query, accounts: readonly AccountRef[]): Promise<Map<string, bigint>> {
  if (accounts.length === 0) return new Map();
  const sorted = [...accounts].sort(byAccountId);
  const ids = sorted.map(accountId);
  await query(
    `INSERT INTO account (id, class, owner_id, currency)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS wanted (id, class, owner_id, currency)
      ORDER BY wanted.id COLLATE "C"
     ON CONFLICT DO NOTHING`,
    [ids, sorted.map((account) => account.class), sorted.map((account) => account.ownerId), sorted.map((account) => account.currency)],
  );
  const rows = await query<{ id: string; balance_minor: bigint }>(
    'SELECT id, balance_minor FROM account WHERE id = ANY ($1) ORDER BY id FOR UPDATE',
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.balance_minor]));
}

export function holdIdOf(command: Command): string | null {
  return 'holdId' in command ? command.holdId : null;
}
