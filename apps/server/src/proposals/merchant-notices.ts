// What a merchant is told of its bank account, its fees and disputes: how they are, what somebody proposed, and every change. Account numbers by
// their ends: enough to know one's own account, too little for whoever holds a key of the merchant.
import type { Fees, MerchantBankAccount, MerchantDisputes, MerchantFees, Proposal } from '@sonrisa/protocol/money-api.ts';
import { asMerchant } from '../db/merchant-access.ts';
import type { Database } from '../db/database.ts';
import { disputesOfMerchant } from '../disputes/index.ts';
import { bankAccountOf } from '../payouts/index.ts';
import { read } from './read.ts';

const endDigits = 4;
const changesMax = 50;

export const endOf = (number: string): string => number.slice(-endDigits);

export function merchantBankAccount(db: Database, { merchantId, currency }: { merchantId: string; currency: string }): Promise<MerchantBankAccount> {
  return asMerchant(db, merchantId, async (scoped) => {
    const account = await bankAccountOf(scoped, { owner: 'merchant', ownerId: merchantId, currency });
    const changes = await read(scoped, { ofMerchant: { id: merchantId, kinds: ['bank_account'] }, limit: changesMax });
    return {
      account: account && { holder: account.holder, numberEnds: endOf(account.number), bic: account.bic },
      changes: changes.map(({ id, account: proposed, state, proposedAtMs, decidedAtMs }) => ({
        id, holder: proposed?.holder ?? '', numberEnds: endOf(proposed?.number ?? ''), state: noticeOf[state], proposedAtMs, decidedAtMs,
      })),
    };
  });
}

export function merchantFees(db: Database, merchantId: string): Promise<MerchantFees> {
  return asMerchant(db, merchantId, async (scoped) => {
    const merchant = await scoped.selectFrom('merchant').select(['fee_basis_points', 'fee_terms']).where('id', '=', merchantId).executeTakeFirstOrThrow();
    const changes = await read(scoped, { ofMerchant: { id: merchantId, kinds: ['merchant_fees'] }, limit: changesMax });
    return {
      fees: { basisPoints: merchant.fee_basis_points, ...merchant.fee_terms } as Fees,
      changes: changes.flatMap(({ id, fees, reason, state, proposedAtMs, decidedAtMs }) => (fees === null ? [] : [{ id, fees, reason, state: noticeOf[state], proposedAtMs, decidedAtMs }])),
    };
  });
}

export function merchantDisputes(db: Database, { merchantId, limit }: { merchantId: string; limit: number }): Promise<MerchantDisputes> {
  return asMerchant(db, merchantId, async (scoped) => {
    const disputes = await disputesOfMerchant(scoped, { merchantId, limit });
    const changes = await read(scoped, { ofMerchant: { id: merchantId, kinds: disputeKinds }, limit });
    return {
      disputes: disputes.map(({ reason: _, ...dispute }) => dispute),
      changes: changes.flatMap(({ id, kind, dispute, state, proposedAtMs, decidedAtMs }) =>
        dispute === null ? [] : [{ id, kind: kind as (typeof disputeKinds)[number], ...withoutCase(dispute), state: noticeOf[state], proposedAtMs, decidedAtMs }]),
    };
  });
}

const withoutCase = ({ caseId: _, ...dispute }: NonNullable<Proposal['dispute']>) => dispute;
const disputeKinds = ['dispute_open', 'dispute_recover', 'dispute_lose'] as const;
const noticeOf = { proposed: 'waiting', approved: 'waiting', done: 'changed', refused: 'refused', failed: 'refused' } as const;
