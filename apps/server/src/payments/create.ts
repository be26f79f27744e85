// A new payment: the amount is looked at as hard as it ever will be, then it is written down, once per idempotency key.
import type { Transaction } from 'kysely';
import { parseMoney, type Money } from '@sonrisa/ledger/money.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { Tables } from '../db/database.ts';
import { answerOnce } from './answers.ts';
import { paymentLifetimeMs } from './limits.ts';
import type { CreatePayment, PaymentsDependencies } from './pay.ts';
import type { PaymentRow } from './record.ts';
import { viewOf } from './views.ts';

export type CreateInput = { terminalId: string; key: string; request: CreatePayment };

export function createPayment(deps: PaymentsDependencies, input: CreateInput): Promise<PaymentView> {
  const asked = { principal: `terminal:${input.terminalId}`, key: input.key, input: ['create', input.request] };
  return answerOnce(deps.db, asked, async (trx) => viewOf({ ...deps, db: trx }, await insertPayment(deps, { trx, input })));
}

async function insertPayment(deps: PaymentsDependencies, { trx, input }: { trx: Transaction<Tables>; input: CreateInput }): Promise<PaymentRow> {
  const terminal = await trx
    .selectFrom('terminal')
    .innerJoin('merchant', 'merchant.id', 'terminal.merchant_id')
    .select(['terminal.merchant_id', 'terminal.store_id', 'terminal.state', 'merchant.currency', 'merchant.fee_basis_points', 'merchant.fee_terms'])
    .where('terminal.id', '=', input.terminalId)
    .executeTakeFirst();
  if (!terminal || terminal.state !== 'active') throw new ProblemError('terminal_revoked');
  const amount = checkAmount(input.request, terminal.currency);
  const nowMs = deps.nowMs();
  const id = deps.newId('payment');
  const row = await trx
    .insertInto('payment')
    .values({
      id,
      merchant_id: terminal.merchant_id,
      store_id: terminal.store_id,
      terminal_id: input.terminalId,
      state: 'created',
      amount_minor: amount.amountMinor,
      currency: amount.currency,
      // As they are now: a change of fees does not reach back.
      fee_basis_points: terminal.fee_basis_points,
      fee_terms: JSON.stringify(terminal.fee_terms),
      lines: JSON.stringify(input.request.lines),
      receipt_number: receiptNumberOf(id, nowMs),
      created_at: new Date(nowMs),
      expires_at: new Date(nowMs + paymentLifetimeMs),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('payment_event')
    .values({ payment_id: id, at: new Date(nowMs), event: 'created', from_state: 'none', to_state: 'created' })
    .execute();
  return row as PaymentRow;
}

/** Throws `amount_invalid`, `currency_mismatch`, `amount_too_large` or `amount_mismatch`. */
export function checkAmount(request: CreatePayment, currency: string): Money {
  const parsed = parseMoney(request.amount, { currency });
  if (!parsed.ok) throw new ProblemError(parsed.code);
  if (request.lines.length === 0) return parsed.money;
  const sumMinor = request.lines.reduce((sum, line) => sum + BigInt(line.quantity) * BigInt(line.unitAmountMinor), 0n);
  if (sumMinor !== parsed.money.amountMinor) throw new ProblemError('amount_mismatch', { facts: { linesMinor: String(sumMinor) } });
  return parsed.money;
}

// The day, and enough of the payment's random id that two never meet on one day.
function receiptNumberOf(paymentId: string, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(2, 10).replaceAll('-', '');
  const tail = paymentId.slice(-12).toUpperCase();
  return `${day}-${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}
