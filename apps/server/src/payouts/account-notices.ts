// What a merchant is told of its bank account: which it is, which one somebody proposed, and every change. Numbers by their ends:
// enough to know one's own account, too little for whoever holds a key of the merchant.
import type { MerchantBankAccount } from '@sonrisa/protocol/money-api.ts';
import { asMerchant } from '../db/merchant-access.ts';
import type { Database } from '../db/database.ts';
import { bankAccountOf } from './bank-accounts.ts';
import { read } from './proposals.ts';

const endDigits = 4;
const changesMax = 50;

export const endOf = (number: string): string => number.slice(-endDigits);

export function merchantBankAccount(db: Database, { merchantId, currency }: { merchantId: string; currency: string }): Promise<MerchantBankAccount> {
  return asMerchant(db, merchantId, async (scoped) => {
    const account = await bankAccountOf(scoped, { owner: 'merchant', ownerId: merchantId, currency });
    const changes = await read(scoped, { accountOf: merchantId, limit: changesMax });
    return {
      account: account && { holder: account.holder, numberEnds: endOf(account.number), bic: account.bic },
      changes: changes.map(({ id, account: proposed, state, proposedAtMs, decidedAtMs }) => ({
        id, holder: proposed?.holder ?? '', numberEnds: endOf(proposed?.number ?? ''), state: noticeOf[state], proposedAtMs, decidedAtMs,
      })),
    };
  });
}

const noticeOf = { proposed: 'waiting', approved: 'waiting', done: 'changed', refused: 'refused', failed: 'refused' } as const;
