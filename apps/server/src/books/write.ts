// Writes one decided transfer: transfer, legs, balances, hold, refund and the payment's step. Same transaction, all or nothing.
import { accountId } from '@sonrisa/ledger/account.ts';
import type { Hold } from '@sonrisa/ledger/hold.ts';
import { type Hash, contentHashOf } from '@sonrisa/ledger/journal.ts';
import type { Transfer } from '@sonrisa/ledger/transfer.ts';
import { writeCases } from './cases.ts';
import { holdIdOf } from './facts.ts';
import type { Query } from './idempotency.ts';
import type { PaymentMove, PostRequest } from './request.ts';

export type TransferToWrite = { readonly id: string; readonly transfer: Transfer; readonly request: PostRequest };

export async function writeTransfer(query: Query, input: TransferToWrite & { hash: Hash }): Promise<void> {
  const { id, transfer, request, hash } = input;
  const legs = transfer.legs.map((leg) => ({ accountId: accountId(leg.account), amountMinor: leg.amountMinor }));
  const holdId = holdIdOf(request.command);
  const reason = request.reason ?? '';
  const contentHash = contentHashOf(hash, {
    id,
    kind: transfer.kind,
    currency: transfer.currency,
    amountMinor: transfer.amountMinor,
    feeMinor: transfer.feeMinor,
    holdId,
    reason,
    atMs: request.atMs,
    legs,
  });
  await query(
    `INSERT INTO transfer (id, kind, currency, amount_minor, fee_minor, hold_id, reason, at, content_sha256)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, transfer.kind, transfer.currency, transfer.amountMinor, transfer.feeMinor, holdId, reason, new Date(request.atMs), contentHash],
  );
  await query(
    `WITH leg AS (SELECT * FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS given (account_id, amount_minor, number)),
          written AS (INSERT INTO entry (transfer_id, leg, account_id, amount_minor)
                      SELECT $1, number, account_id, amount_minor FROM leg)
     UPDATE account SET balance_minor = balance_minor + leg.amount_minor FROM leg WHERE account.id = leg.account_id`,
    [id, legs.map((leg) => leg.accountId), legs.map((leg) => leg.amountMinor)],
  );
  if (transfer.hold) await writeHold(query, { hold: transfer.hold, kind: transfer.kind, atMs: request.atMs });
  await writeCases(query, { transfer, reason, atMs: request.atMs });
  if (transfer.kind === 'refund' && request.payment) await writeRefund(query, input);
}

/** Returns the new state. The payment row is locked and its state was checked by the ladder. */
export async function movePayment(
  query: Query,
  input: { paymentId: string; from: string; move: PaymentMove; reason: string; atMs: number },
): Promise<string> {
  const { paymentId, from, move, reason, atMs } = input;
  const to = move.moves[from];
  if (to === undefined) throw new Error(`the event ${move.event} does not leave the state ${from}`);
  const at = new Date(atMs);
  await query(
    `UPDATE payment SET state = $2,
            authorised_at = CASE WHEN $2 = 'authorised' THEN $3 ELSE authorised_at END,
            paid_at = CASE WHEN $2 = 'captured' THEN $3 ELSE paid_at END,
            last_problem = CASE WHEN $2 = 'declined' THEN $4 ELSE last_problem END
      WHERE id = $1`,
    [paymentId, to, at, reason],
  );
  await query('INSERT INTO payment_event (payment_id, at, event, from_state, to_state, reason) VALUES ($1, $2, $3, $4, $5, $6)', [
    paymentId,
    at,
    move.event,
    from,
    to,
    reason,
  ]);
  return to;
}

async function writeHold(query: Query, input: { hold: Hold; kind: Transfer['kind']; atMs: number }): Promise<void> {
  const { hold, kind } = input;
  const at = new Date(input.atMs);
  if (kind === 'authorise') {
    await query(
      `INSERT INTO hold (id, payer_id, merchant_id, currency, state, amount_minor, opened_at) VALUES ($1, $2, $3, $4, 'open', $5, $6)`,
      [hold.id, hold.payerId, hold.merchantId, hold.currency, hold.amountMinor, at],
    );
    return;
  }
  const feeParts = JSON.stringify(hold.feeParts.map(({ receiverId, feeMinor }) => ({ receiverId, feeMinor: String(feeMinor) })));
  await query(
    `UPDATE hold SET state = $2, captured_minor = $3, refunded_minor = $4, fee_minor = $5, fee_returned_minor = $6, closed_at = COALESCE(closed_at, $7),
            disputed_minor = $8, fee_parts = $9
      WHERE id = $1`,
    [hold.id, hold.state, hold.capturedMinor, hold.refundedMinor, hold.feeMinor, hold.feeReturnedMinor, at, hold.disputedMinor, feeParts],
  );
}

async function writeRefund(query: Query, { id, transfer, request }: TransferToWrite): Promise<void> {
  await query('INSERT INTO refund (id, payment_id, amount_minor, fee_returned_minor, reason, at) VALUES ($1, $2, $3, $4, $5, $6)', [
    id,
    request.payment!.id,
    transfer.amountMinor,
    transfer.feeMinor,
    request.reason ?? '',
    new Date(request.atMs),
  ]);
}
