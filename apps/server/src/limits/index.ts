// Limits of what may be spent, and counters above which a second factor is always asked (docs/limits.md). The decision is pure
// (decide.ts); here it is fed, and a payment on its way to the books is counted under its payer's lock, so that payments at once
// never pass one limit together.
import type { IdentityLevel, LimitKind, LimitSettings, MerchantCategory, MerchantLimits, MyLimits, PlatformLimits, RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import type { Currency } from '@sonrisa/ledger/money.ts';
import { raiseChallenge } from '@sonrisa/protocol/limits-api.ts';
import { sql, type Transaction } from 'kysely';
import type { Database, Tables } from '../db/database.ts';
import { checkProof, type OwnProofs } from '../owner-proof/index.ts';
import { categoryOf } from './category.ts';
import { decideLimits, type LimitVerdict, type Used } from './decide.ts';
import { cancelRaise, isOwnRaise, myLimits, ownOf, setOwn } from './own.ts';
import { identityLevelOf, isRecovering, platformLimits, setIdentityLevel, setMerchantLimits, setPlatformLimits } from './settings.ts';
import { readUsed } from './used.ts';

export type { LimitCode, LimitVerdict } from './decide.ts';
export { identityLevelOf, setIdentityLevel } from './settings.ts';

export type LimitedPayment = {
  readonly paymentId: string;
  readonly payerId: string;
  readonly merchantId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly way: 'face' | 'code';
};
/** `verdict` and what it rests on, for whoever explains it. */
export type Looked = { readonly verdict: LimitVerdict; readonly used: Used };

export type Limits = {
  /** As things stand, without a lock: what the till shows and asks for. */
  look(db: Database, payment: LimitedPayment): Promise<Looked>;
  /** Under the payer's lock, in a transaction that has locked the payment. Counts the payment if it is allowed, and confirmed where that is due. */
  take(trx: Transaction<Tables>, payment: LimitedPayment & { strong: boolean }): Promise<LimitVerdict>;
  settings(currency: string): Promise<LimitSettings>;
  mine(payerId: string): Promise<Omit<MyLimits, 'passkeyIds'>>;
  /** `proverId`: whose phone proves a raise, where that is not the payer's own. Throws `limit_needs_proof` for a raise without a proof, and whatever is wrong with one. */
  set(input: { payerId: string; proverId?: string; kind: LimitKind; maxMinor: string | null; proof?: RaiseProof | undefined }): Promise<void>;
  cancelRaise(input: { payerId: string; kind: LimitKind }): Promise<void>;
  platform(currency?: string): Promise<PlatformLimits>;
  setPlatform(input: { currency: string; settings: LimitSettings; reason: string; setBy: string }): Promise<PlatformLimits>;
  setMerchant(input: { merchantId: string; limits: MerchantLimits }): Promise<MerchantLimits>;
  setIdentity(input: { payerId: string; level: IdentityLevel; note: string; setBy: string }): Promise<void>;
};

export type LimitsDeps = {
  readonly db: Database;
  readonly nowMs: () => number;
  /** Of the installation. */
  readonly currency: Currency;
  readonly proofs: OwnProofs;
};

export function createLimits(deps: LimitsDeps): Limits {
  const { db, nowMs } = deps;
  return {
    look: (at, payment) => look(at, { ...payment, nowMs: nowMs() }),
    take: (trx, payment) => take(trx, { ...payment, nowMs: nowMs() }),
    settings: async (currency) => (await platformLimits(db, currency)).settings,
    mine: (payerId) => myLimits(db, { payerId, nowMs: nowMs() }),
    async set({ payerId, proverId = payerId, kind, maxMinor, proof }) {
      const wanted = { payerId, kind, maxMinor, nowMs: nowMs() };
      const raises = await isOwnRaise(db, wanted);
      const challenge = (nonce: string) => raiseChallenge({ payerId, kind, maxMinor, nonce });
      const proved = raises && proof ? await checkProof(deps.proofs, { payerId: proverId, proof, challenge }) : null;
      await setOwn(db, { ...wanted, proof: proved && (proved.by === 'pin' ? 'pin' : proved.passkeyId) });
    },
    cancelRaise: (input) => cancelRaise(db, { ...input, nowMs: nowMs() }),
    platform: (currency = deps.currency) => platformLimits(db, currency),
    setPlatform: (input) => setPlatformLimits(db, { ...input, nowMs: nowMs() }),
    setMerchant: (input) => setMerchantLimits(db, input),
    setIdentity: (input) => setIdentityLevel(db, { ...input, nowMs: nowMs() }),
  };
}

type Facts = { currency: string; category_code: string | null; payment_max_minor: bigint | null; payer_day_max_minor: bigint | null };

async function look(db: Database, payment: LimitedPayment & { nowMs: number }): Promise<Looked & { category: MerchantCategory; undoMs: number }> {
  const { payerId, merchantId, paymentId, currency, nowMs, amountMinor, way } = payment;
  const [facts, { settings }, level, own] = [await factsOf(db, merchantId), await platformLimits(db, currency), await identityLevelOf(db, payerId), await ownOf(db, { payerId, nowMs })];
  const recovering = await isRecovering(db, { payerId, nowMs });
  const used = await readUsed(db, { payerId, currency, timeZone: settings.timeZone, nowMs, paymentId, merchantId });
  const merchant = { paymentMaxMinor: facts.payment_max_minor, dayMaxMinor: facts.payer_day_max_minor };
  const category = categoryOf(facts.category_code);
  const verdict = decideLimits({ way, amountMinor, category, level, recovering, settings, own: own.limits, merchant, used });
  return { verdict, used, category, undoMs: settings.first.undoMs };
}

async function take(trx: Transaction<Tables>, payment: LimitedPayment & { strong: boolean; nowMs: number }): Promise<LimitVerdict> {
  const { payerId, strong, nowMs } = payment;
  await sql`SELECT FROM payer WHERE id = ${payerId} FOR NO KEY UPDATE`.execute(trx);
  const { verdict, category, undoMs } = await look(trx, payment);
  if (!verdict.allowed || (verdict.confirmationDue && !strong)) return verdict;
  const undoUntil = verdict.isFirst ? new Date(nowMs + undoMs) : null;
  // Due from now on, and told once it is paid (../push, ../payment-texts).
  const toldFrom = payment.way === 'face' ? new Date(nowMs) : null;
  await sql`
    INSERT INTO limit_use (payment_id, payer_id, merchant_id, currency, category, way, amount_minor, strong, at, undo_until, push_next_at, text_next_at)
    VALUES (${payment.paymentId}, ${payerId}, ${payment.merchantId}, ${payment.currency}, ${category}, ${payment.way}, ${payment.amountMinor}, ${strong}, ${new Date(nowMs)}, ${undoUntil}, ${toldFrom}, ${toldFrom})
    ON CONFLICT (payment_id) DO UPDATE SET payer_id = EXCLUDED.payer_id, category = EXCLUDED.category, way = EXCLUDED.way, strong = EXCLUDED.strong, at = EXCLUDED.at, undo_until = EXCLUDED.undo_until,
      push_next_at = EXCLUDED.push_next_at, text_next_at = EXCLUDED.text_next_at`.execute(trx);
  return verdict;
}

async function factsOf(db: Database, merchantId: string): Promise<Facts> {
  const { rows } = await sql<Facts>`SELECT currency, category_code, payment_max_minor, payer_day_max_minor FROM merchant WHERE id = ${merchantId}`.execute(db);
  const [facts] = rows;
  if (!facts) throw new Error(`no merchant ${merchantId}`);
  return facts;
}
