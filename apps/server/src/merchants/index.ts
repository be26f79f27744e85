// A merchant's back office: who a key belongs to, and what is payable to them.
import type { merchantBalanceSchema } from '@sonrisa/protocol/back-office-api.ts';
import type { Fees } from '@sonrisa/protocol/money-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sandboxKeyLabel } from '@sonrisa/protocol/set-up-api.ts';
import type { z } from 'zod';
import type { Tokens } from '../adapters/tokens.ts';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import { asMerchant } from '../db/merchant-access.ts';

export { createShops, type Shops } from './shops.ts';

export type Merchants = {
  /** Throws `unauthorised` for a key that is unknown, revoked, or a sandbox's in production. */
  authenticate(key: string): Promise<{ merchantId: string }>;
  balance(merchantId: string): Promise<z.infer<typeof merchantBalanceSchema>>;
};

export type MerchantDeps = { db: Database; tokens: Tokens; books: Books; mode: 'sandbox' | 'production' };

export function createMerchants({ db, tokens, books, mode }: MerchantDeps): Merchants {
  return {
    authenticate: async (key) => {
      const row = await db
        .selectFrom('merchant_key')
        .select(['merchant_id', 'label'])
        .where('key_hash', '=', tokens.hash(key))
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      if (!row || (mode === 'production' && row.label === sandboxKeyLabel)) throw new ProblemError('unauthorised');
      return { merchantId: row.merchant_id };
    },
    balance: async (merchantId) => {
      const { currency } = await asMerchant(db, merchantId, (scoped) =>
        scoped.selectFrom('merchant').select('currency').where('id', '=', merchantId).executeTakeFirstOrThrow());
      return { payableMinor: String(await books.merchantPayableMinor({ merchantId, currency })), currency };
    },
  };
}

/** For payments that are created from now on, as two people have said (../proposals). Throws `not_found`. */
export async function setFees(db: Database, { merchantId, fees }: { merchantId: string; fees: Fees }): Promise<void> {
  const { basisPoints, ...terms } = fees;
  const changed = await db
    .updateTable('merchant')
    .set({ fee_basis_points: basisPoints, fee_terms: JSON.stringify(terms) })
    .where('id', '=', merchantId)
    .returning('id')
    .executeTakeFirst();
  if (!changed) throw new ProblemError('not_found');
}
