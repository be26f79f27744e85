// A shopper's own limits. Rows are added and never changed but for being cancelled: what holds is the newest that has taken effect,
// so a raise takes effect by itself and everybody who reads agrees on when.
import type { LimitKind, MyLimits, SetLimit } from '@sonrisa/protocol/limits-api.ts';
import { limitKinds } from '@sonrisa/protocol/limits-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { isRaise, maximumOf, type OwnLimits, platformMaximumOf, type Used } from './decide.ts';
import { identityLevelOf, isRecovering, platformLimits } from './settings.ts';
import { readUsed } from './used.ts';

type OwnRow = { kind: LimitKind; max_minor: bigint | null; effective_at: Date };
export type Raise = { readonly maxMinor: bigint | null; readonly takesEffectAtMs: number };
export type Own = { readonly limits: OwnLimits; readonly raises: ReadonlyMap<LimitKind, Raise> };

export async function ownOf(db: Database, { payerId, nowMs }: { payerId: string; nowMs: number }): Promise<Own> {
  const { rows } = await sql<OwnRow>`
    SELECT DISTINCT ON (kind, waits) kind, max_minor, effective_at
      FROM (SELECT *, effective_at > ${new Date(nowMs)} AS waits FROM own_limit WHERE payer_id = ${payerId} AND cancelled_at IS NULL) AS own
     ORDER BY kind, waits, effective_at DESC, id DESC`.execute(db);
  const limits = new Map<LimitKind, bigint>();
  const raises = new Map<LimitKind, Raise>();
  for (const { kind, max_minor: maxMinor, effective_at: effectiveAt } of rows) {
    if (effectiveAt.getTime() > nowMs) raises.set(kind, { maxMinor, takesEffectAtMs: effectiveAt.getTime() });
    else if (maxMinor !== null) limits.set(kind, maxMinor);
  }
  return { limits, raises };
}

/** What the shopper's page shows, without how a raise is proved. */
export async function myLimits(db: Database, { payerId, nowMs }: { payerId: string; nowMs: number }): Promise<Omit<MyLimits, 'passkeyIds'>> {
  const { currency } = await db.selectFrom('payer').select('currency').where('id', '=', payerId).executeTakeFirstOrThrow();
  const [{ settings }, level, own] = [await platformLimits(db, currency), await identityLevelOf(db, payerId), await ownOf(db, { payerId, nowMs })];
  const recovering = await isRecovering(db, { payerId, nowMs });
  const used = await readUsed(db, { payerId, currency, timeZone: settings.timeZone, nowMs, paymentId: null, merchantId: null });
  const firstLeft = settings.first.payments - used.facePayments;
  return {
    payerId,
    currency,
    serverNowMs: nowMs,
    limits: limitKinds.map((kind) => {
      const raise = own.raises.get(kind);
      return {
        kind,
        maxMinor: text(maximumOf(kind, { level, recovering, settings, own: own.limits })),
        ownMinor: text(own.limits.get(kind) ?? null),
        platformMinor: text(platformMaximumOf(kind, { level, recovering, settings })),
        usedMinor: text(usedOf(kind, used)),
        raise: raise ? { maxMinor: text(raise.maxMinor), takesEffectAtMs: raise.takesEffectAtMs } : null,
      };
    }),
    recovering,
    unconfirmed: { payments: used.unconfirmedPayments, paymentsMax: settings.unconfirmed.paymentsMax, sumMinor: String(used.unconfirmedMinor), sumMaxMinor: settings.unconfirmed.sumMaxMinor },
    first: firstLeft > 0 ? { left: firstLeft, maxMinor: settings.first.maxMinor } : null,
    raiseDelayMs: settings.raiseDelayMs,
  };
}

export type SetOwn = { readonly payerId: string; readonly kind: LimitKind; readonly maxMinor: SetLimit['maxMinor']; readonly nowMs: number };

export async function isOwnRaise(db: Database, { payerId, kind, maxMinor, nowMs }: SetOwn): Promise<boolean> {
  const { currency } = await db.selectFrom('payer').select('currency').where('id', '=', payerId).executeTakeFirstOrThrow();
  const [{ settings }, level, own] = [await platformLimits(db, currency), await identityLevelOf(db, payerId), await ownOf(db, { payerId, nowMs })];
  // Compared with what holds otherwise: a recovery lowers everything, and nothing would look like a raise.
  return isRaise(kind, { level, recovering: false, settings, own: own.limits, wantedMinor: maxMinor === null ? null : BigInt(maxMinor) });
}

/**
 * `proof` null: the caller has not proved anything, and a raise is refused (`limit_needs_proof`), judged under the payer's lock; while the
 * account is being recovered every raise is (`recovery_guards`). A change takes the place of
 * a raise that waits: who lowers does not want it any more.
 */
export async function setOwn(db: Database, input: SetOwn & { proof: string | null }): Promise<void> {
  const { payerId, kind, maxMinor, nowMs, proof } = input;
  await db.transaction().execute(async (trx) => {
    const { currency } = await trx.selectFrom('payer').select('currency').where('id', '=', payerId).forNoKeyUpdate().executeTakeFirstOrThrow();
    const raises = await isOwnRaise(trx, input);
    if (raises && (await isRecovering(trx, { payerId, nowMs }))) throw new ProblemError('recovery_guards');
    if (raises && proof === null) throw new ProblemError('limit_needs_proof');
    const { settings } = await platformLimits(trx, currency);
    await cancelIn(trx, input);
    await sql`
      INSERT INTO own_limit (payer_id, kind, max_minor, asked_at, effective_at, proof)
      VALUES (${payerId}, ${kind}, ${maxMinor}, ${new Date(nowMs)}, ${new Date(nowMs + (raises ? settings.raiseDelayMs : 0))}, ${raises ? proof : null})`.execute(trx);
  });
}

/** Nothing that waits: nothing happens. */
export async function cancelRaise(db: Database, input: Pick<SetOwn, 'payerId' | 'kind' | 'nowMs'>): Promise<void> {
  await cancelIn(db, input);
}

async function cancelIn(db: Database, { payerId, kind, nowMs }: Pick<SetOwn, 'payerId' | 'kind' | 'nowMs'>): Promise<void> {
  await sql`
    UPDATE own_limit SET cancelled_at = ${new Date(nowMs)}
     WHERE payer_id = ${payerId} AND kind = ${kind} AND cancelled_at IS NULL AND effective_at > ${new Date(nowMs)}`.execute(db);
}

const text = (minor: bigint | null): string | null => (minor === null ? null : String(minor));

function usedOf(kind: LimitKind, used: Used): bigint | null {
  switch (kind) {
    case 'payment':
      return null;
    case 'day':
      return used.dayMinor;
    case 'month':
      return used.monthMinor;
    default:
      return used.categoryMinor.get(kind) ?? 0n;
  }
}
