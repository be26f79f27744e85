// Where money is paid to, and from: one bank account for each owner and currency. Payouts that were ordered keep the one they had.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import { type BankAccount, isIban } from '../bank-files/index.ts';
import type { Database } from '../db/database.ts';

export type BankAccountOwner = { readonly owner: 'platform' | 'merchant' | 'payer'; readonly ownerId: string; readonly currency: string };

/** Max34Text of ISO 20022, in which payouts are ordered. */
const numberMax = 34;
// What begins like an IBAN must be one: a wrong digit sends money to a stranger.
const ibanLike = /^[A-Z]{2}[0-9]{2}/;

/** As files write it. Throws `bank_account_invalid`. */
export function checkedAccount(typed: string): string {
  const number = typed.replace(/\s/g, '').toUpperCase();
  if (number.length > numberMax || (ibanLike.test(number) && !isIban(number))) throw new ProblemError('bank_account_invalid');
  return number;
}

/** At once: a shopper's own, or what two people said (../proposals). Throws `bank_account_invalid`. */
export async function setBankAccount(db: Database, input: BankAccountOwner & BankAccount & { atMs: number }): Promise<BankAccount> {
  const number = checkedAccount(input.number);
  const { owner, ownerId, currency, holder, bic } = input;
  await sql`
    INSERT INTO bank_account (owner, owner_id, currency, holder, number, bic, set_at)
    VALUES (${owner}, ${ownerId}, ${currency}, ${holder}, ${number}, ${bic}, ${new Date(input.atMs)})
    ON CONFLICT (owner, owner_id, currency) DO UPDATE SET holder = EXCLUDED.holder, number = EXCLUDED.number, bic = EXCLUDED.bic, set_at = EXCLUDED.set_at`.execute(db);
  return { holder, number, bic };
}

export async function bankAccountOf(db: Database, { owner, ownerId, currency }: BankAccountOwner): Promise<BankAccount | null> {
  const { rows } = await sql<BankAccount>`
    SELECT holder, number, bic FROM bank_account WHERE owner = ${owner} AND owner_id = ${ownerId} AND currency = ${currency}`.execute(db);
  return rows[0] ?? null;
}
