// Money between a guardian's wallet and a child's: one movement of the books, either way. Closing a child's wallet forgets the face and
// gives back what is there; what still comes back to it later (a refund, a payment that was not captured) goes on by itself.
import type { AllowanceResult } from '@sonrisa/protocol/children-api.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import { isCurrency, money, parseMoney, toWire } from '@sonrisa/ledger/money.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Ids } from '../adapters/ids.ts';
import type { Books } from '../books/index.ts';
import { childFor, type OfChild, type RecordDeps } from './record.ts';

export type MoneyDeps = RecordDeps & { books: Pick<Books, 'post' | 'walletMinor'>; ids: Pick<Ids, 'make'>; eraseFace: (payerId: string) => Promise<unknown> };

const sweepBatchMax = 50;

/** Throws `balance_insufficient`, `child_of_age`, `child_closed`, and what is wrong with the amount. */
export async function giveAllowance(deps: MoneyDeps, input: OfChild & { key: string; amount: WireAmount }): Promise<AllowanceResult> {
  const { guardianId, key } = input;
  const child = await childFor(deps, input, 'allowance');
  const amount = parseMoney(input.amount, { currency: child.currency });
  if (!amount.ok) throw new ProblemError(amount.code);
  const posted = await deps.books.post({
    idempotency: { principal: `payer:${guardianId}`, key: `allowance:${key}` },
    command: { kind: 'allowance', payerId: guardianId, toPayerId: child.id, amount: amount.money },
    atMs: deps.clock.nowMs(),
    reason: 'allowance',
  });
  if (!posted.ok) throw new ProblemError(posted.code);
  const { currency } = amount.money;
  return {
    id: posted.transferId,
    amount: toWire(amount.money),
    balance: toWire(money(BigInt(posted.walletMinor), currency)),
    childBalance: toWire(money(await deps.books.walletMinor({ payerId: child.id, currency }), currency)),
  };
}

/** Safe to repeat. What the vault does not hear now, the sweep of erased faces tells it. */
export async function closeChild(deps: MoneyDeps, input: OfChild): Promise<void> {
  const child = await childFor(deps, input, 'close');
  const now = new Date(deps.clock.nowMs());
  await sql`UPDATE payer SET child_closed_at = ${now}, guardian_until = LEAST(guardian_until, ${now}) WHERE id = ${child.id} AND child_closed_at IS NULL`.execute(deps.db);
  await deps.eraseFace(child.id).catch((error: unknown) => {
    if (!(error instanceof ProblemError) || error.code !== 'vault_unavailable') throw error;
  });
  await giveBack(deps, { childId: child.id, guardianId: child.guardian_id, currency: child.currency });
}

// Under a fresh key each time: two at once both name what is there, and the second is refused by the books.
async function giveBack({ books, ids, clock }: MoneyDeps, { childId, guardianId, currency }: { childId: string; guardianId: string; currency: string }): Promise<boolean> {
  if (!isCurrency(currency)) throw new Error(`child ${childId} has a wallet in an unknown currency`);
  const minor = await books.walletMinor({ payerId: childId, currency });
  if (minor <= 0n) return false;
  const posted = await books.post({
    idempotency: { principal: `payer:${childId}`, key: `back:${ids.make('transfer')}` },
    command: { kind: 'allowance', payerId: childId, toPayerId: guardianId, amount: money(minor, currency) },
    atMs: clock.nowMs(),
    reason: 'the wallet of a child was closed',
  });
  if (!posted.ok && posted.code !== 'balance_insufficient') throw new ProblemError(posted.code);
  return posted.ok;
}

/** What came back to wallets that are closed. */
export async function giveBackLeft(deps: MoneyDeps): Promise<number> {
  const { rows } = await sql<{ id: string; guardian_id: string; currency: string }>`
    SELECT p.id, p.guardian_id, p.currency FROM payer p JOIN account a ON a.id = 'payer_wallet:' || p.id || ':' || p.currency
     WHERE p.child_closed_at IS NOT NULL AND a.balance_minor > 0 ORDER BY p.id LIMIT ${sweepBatchMax}`.execute(deps.db);
  let given = 0;
  for (const row of rows) if (await giveBack(deps, { childId: row.id, guardianId: row.guardian_id, currency: row.currency })) given += 1;
  return given;
}
