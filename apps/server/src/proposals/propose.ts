// What one person says. Nothing happens by it yet; asked again under the same key it is the same proposal.
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { Fees, Proposal } from '@sonrisa/protocol/money-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { BankAccount } from '../bank-files/index.ts';
import type { Database } from '../db/database.ts';
import { disputable, type DisputeBearer, type DisputeSource, recoverable } from '../disputes/index.ts';
import { checkedAccount } from '../payouts/index.ts';
import { one, read } from './read.ts';

export type ProposeDeps = { db: Database; nowMs: () => number; idFrom: (kind: IdKind, text: string) => string };
/** Null: the command line on the machine, or a sandbox's token. */
type Maker = { makerId: string | null };

export type BankAccountToPropose = BankAccount & Maker & { owner: 'platform' | 'merchant'; ownerId: string; currency: string; key: string };

/** Throws `bank_account_invalid`, and `not_found` for a merchant that is not there. */
export async function proposeBankAccount({ db, nowMs, idFrom }: ProposeDeps, input: BankAccountToPropose): Promise<Proposal> {
  const { owner, ownerId, currency, holder, bic, makerId, key } = input;
  const number = checkedAccount(input.number);
  if (owner === 'merchant') await currencyOf(db, ownerId);
  const id = idFrom('proposal', `bank account\0${makerId ?? ''}\0${owner}\0${ownerId}\0${key}`);
  await sql`
    INSERT INTO proposal (id, kind, owner, owner_id, currency, holder, number, bic, maker_id, state, proposed_at)
    VALUES (${id}, 'bank_account', ${owner}, ${ownerId}, ${currency}, ${holder}, ${number}, ${bic}, ${makerId}, 'proposed', ${new Date(nowMs())}) ON CONFLICT (id) DO NOTHING`.execute(db);
  return one(db, id);
}

/** `key` null: said by a file of the bank, once for each payout. */
export type ReturnToPropose = Maker & { payoutId: string; reason: string; key: string | null };

/** Throws `not_found`, and `payout_not_open` for one that came back already. */
export async function proposeReturn({ db, nowMs, idFrom }: ProposeDeps, input: ReturnToPropose): Promise<Proposal> {
  const { payoutId, reason, makerId, key } = input;
  const { rows: payouts } = await sql<{ state: string }>`SELECT state FROM payout WHERE id = ${payoutId}`.execute(db);
  if (!payouts[0]) throw new ProblemError('not_found');
  const id = idFrom('proposal', key === null ? `return\0${payoutId}` : `return\0${payoutId}\0${makerId ?? ''}\0${key}`);
  // Made before and carried out: whoever asks again hears so.
  if (payouts[0].state === 'returned' && (await read(db, { proposalId: id, limit: 1 })).length === 0) throw new ProblemError('payout_not_open');
  await sql`
    INSERT INTO proposal (id, kind, owner, owner_id, currency, payout_id, reason, maker_id, state, proposed_at)
    SELECT ${id}, 'payout_return', beneficiary, beneficiary_id, currency, id, ${reason}, ${makerId}, 'proposed', ${new Date(nowMs())} FROM payout WHERE id = ${payoutId}
    ON CONFLICT (id) DO NOTHING`.execute(db);
  return one(db, id);
}

export type FeesToPropose = { merchantId: string; fees: Fees; reason: string; makerId: string; key: string };

/** Throws `not_found`. */
export async function proposeFees({ db, nowMs, idFrom }: ProposeDeps, { merchantId, fees, reason, makerId, key }: FeesToPropose): Promise<Proposal> {
  const currency = await currencyOf(db, merchantId);
  const id = idFrom('proposal', `fees\0${makerId}\0${merchantId}\0${key}`);
  await sql`
    INSERT INTO proposal (id, kind, owner, owner_id, currency, fees, reason, maker_id, state, proposed_at)
    VALUES (${id}, 'merchant_fees', 'merchant', ${merchantId}, ${currency}, ${JSON.stringify(fees)}, ${reason}, ${makerId}, 'proposed', ${new Date(nowMs())}) ON CONFLICT (id) DO NOTHING`.execute(db);
  return one(db, id);
}

export type DisputeToPropose = { paymentId: string; amount?: WireAmount | undefined; bearer: DisputeBearer; reason: string; makerId: string; key: string };

/** Throws `payment_not_found`, `payment_state_conflict`, `refund_exceeds_payment`, `proposal_waiting`. */
export async function proposeDispute(deps: ProposeDeps, { paymentId, amount, bearer, reason, makerId, key }: DisputeToPropose): Promise<Proposal> {
  const id = deps.idFrom('proposal', `dispute\0${makerId}\0${paymentId}\0${key}`);
  return ofDispute(deps, id, async () => {
    const { merchantId, currency, amountMinor } = await disputable(deps.db, { paymentId, amount });
    return { kind: 'dispute_open', owner: 'merchant', ownerId: merchantId, currency, paymentId, disputeId: null, amountMinor, bearer, from: null, loseRest: false, reason, makerId };
  });
}

export type RecoveryToPropose = { disputeId: string; from: DisputeSource; amount?: WireAmount | undefined; loseRest: boolean; reason: string; makerId: string; key: string };

/** Throws `not_found`, `dispute_not_open`, `dispute_amount_invalid`, `proposal_waiting`. */
export async function proposeRecovery(deps: ProposeDeps, { makerId, key, ...input }: RecoveryToPropose): Promise<Proposal> {
  const { disputeId, from, loseRest, reason } = input;
  return ofDispute(deps, deps.idFrom('proposal', `recovery\0${makerId}\0${disputeId}\0${key}`), async () => {
    const { merchantId, payerId, ...found } = await recoverable(deps.db, input);
    const ownerId = { payer: payerId, merchant: merchantId, insurer: 'platform' }[from];
    return { ...found, kind: 'dispute_recover', owner: from === 'insurer' ? 'platform' : from, ownerId, disputeId, from, loseRest, reason, makerId };
  });
}

export type LossToPropose = { disputeId: string; reason: string; makerId: string; key: string };

/** Throws `not_found`, `dispute_not_open`, `proposal_waiting`. */
export async function proposeLoss(deps: ProposeDeps, { disputeId, reason, makerId, key }: LossToPropose): Promise<Proposal> {
  return ofDispute(deps, deps.idFrom('proposal', `loss\0${makerId}\0${disputeId}\0${key}`), async () => {
    const { merchantId, ...found } = await recoverable(deps.db, { disputeId });
    const isMerchants = found.bearer === 'merchant';
    return { ...found, kind: 'dispute_lose', owner: isMerchants ? 'merchant' : 'platform', ownerId: isMerchants ? merchantId : 'platform', disputeId, from: null, loseRest: false, reason, makerId };
  });
}

type OfDispute = {
  kind: 'dispute_open' | 'dispute_recover' | 'dispute_lose'; owner: Proposal['owner']; ownerId: string; currency: string; paymentId: string; disputeId: string | null;
  amountMinor: bigint; bearer: DisputeBearer; from: DisputeSource | null; loseRest: boolean; reason: string; makerId: string;
};

async function ofDispute({ db, nowMs }: ProposeDeps, id: string, find: () => Promise<OfDispute>): Promise<Proposal> {
  // Made before, and perhaps carried out: whoever asks again hears so.
  const [known] = await read(db, { proposalId: id, limit: 1 });
  if (known) return known;
  const { kind, owner, ownerId, currency, paymentId, disputeId, amountMinor, bearer, from, loseRest, reason, makerId } = await find();
  // One that waits about the same payment keeps this one out, by an index.
  await sql`
    INSERT INTO proposal (id, kind, owner, owner_id, currency, payment_id, dispute_id, amount_minor, bearer, recover_from, lose_rest, reason, maker_id, state, proposed_at)
    VALUES (${id}, ${kind}, ${owner}, ${ownerId}, ${currency}, ${paymentId}, ${disputeId}, ${amountMinor}, ${bearer}, ${from}, ${loseRest}, ${reason}, ${makerId}, 'proposed', ${new Date(nowMs())})
    ON CONFLICT DO NOTHING`.execute(db);
  const [made] = await read(db, { proposalId: id, limit: 1 });
  if (!made) throw new ProblemError('proposal_waiting');
  return made;
}

async function currencyOf(db: Database, merchantId: string): Promise<string> {
  const merchant = await db.selectFrom('merchant').select('currency').where('id', '=', merchantId).executeTakeFirst();
  if (!merchant) throw new ProblemError('not_found');
  return merchant.currency;
}
