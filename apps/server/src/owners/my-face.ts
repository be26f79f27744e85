// What is kept about an owner's face, for them: looks that named them, consents with the exact text, erasures.
import type { FaceLook, MyFace } from '@sonrisa/protocol/my-face-api.ts';
import type { Database } from '../db/database.ts';
import { agreedText } from '../enrolment/index.ts';
import { erasuresOf } from './erase-face.ts';
import { dayMs, lastUse } from './retention.ts';

type MyFaceDeps = { db: Database; faceUnusedDaysMax: number };

export const looksShownMax = 100;

export async function myFaceOf({ db, faceUnusedDaysMax }: MyFaceDeps, { payerId, looksMax = looksShownMax }: { payerId: string; looksMax?: number }): Promise<MyFace> {
  const payer = await db.selectFrom('payer').select(['face_state', 'face_enrolled_at', 'face_paused_at', lastUse.as('last_use')]).where('id', '=', payerId).executeTakeFirstOrThrow();
  const [looks, consents, erasures] = await Promise.all([looksOf(db, { payerId, looksMax }), consentsOf(db, payerId), erasuresOf(db, payerId)]);
  return {
    state: payer.face_state,
    enrolledAtMs: payer.face_state === 'off' ? null : (payer.face_enrolled_at?.getTime() ?? null),
    pausedAtMs: payer.face_paused_at?.getTime() ?? null,
    unusedDaysMax: faceUnusedDaysMax,
    unusedUntilMs: payer.face_state === 'off' || payer.last_use === null ? null : payer.last_use.getTime() + faceUnusedDaysMax * dayMs,
    looks,
    consents,
    erasures,
  };
}

async function looksOf(db: Database, { payerId, looksMax }: { payerId: string; looksMax: number }): Promise<FaceLook[]> {
  const rows = await db
    .selectFrom('face_look')
    .innerJoin('payment', 'payment.id', 'face_look.payment_id')
    .innerJoin('store', 'store.id', 'payment.store_id')
    .select(['face_look.at', 'face_look.counted', 'face_look.receipt_jti', 'payment.id', 'payment.state', 'payment.amount_minor', 'payment.currency'])
    .select(['payment.payer_id', 'payment.receipt_claims', 'payment.paid_at', 'store.name', 'store.name_zh'])
    .where('face_look.payer_id', '=', payerId)
    .orderBy('face_look.at', 'desc')
    .orderBy('face_look.id', 'desc')
    .limit(looksMax)
    .execute();
  return rows.map((row) => ({
    atMs: row.at.getTime(),
    purpose: 'payment',
    storeName: row.name,
    storeNameZh: row.name_zh,
    amount: { amountMinor: String(row.amount_minor), currency: row.currency },
    paymentId: row.id,
    result: resultOf({ ...row, isLast: row.payer_id === payerId && (row.receipt_claims as { jti?: string } | null)?.jti === row.receipt_jti }),
  }));
}

const overStates: readonly string[] = ['declined', 'cancelled', 'expired'];

function resultOf(look: { counted: boolean; isLast: boolean; paid_at: Date | null; state: string }): FaceLook['result'] {
  if (!look.counted) return 'paused';
  if (!look.isLast) return 'not_confirmed';
  if (look.paid_at !== null) return 'paid';
  return overStates.includes(look.state) ? 'not_confirmed' : 'waiting';
}

async function consentsOf(db: Database, payerId: string): Promise<MyFace['consents']> {
  const rows = await db.selectFrom('consent_record').selectAll().where('payer_id', '=', payerId).orderBy('agreed_at', 'desc').execute();
  return rows.map(({ version, locale, text_sha256: sha256, agreed_at, face_withdrawn_at, agreed_to_face, agreed_to_service, stated_age_min: statedAgeMin }) => ({
    version,
    agreedAtMs: agreed_at.getTime(),
    faceWithdrawnAtMs: face_withdrawn_at?.getTime() ?? null,
    agreedToFace: agreed_to_face,
    agreedToService: agreed_to_service,
    textSha256: sha256,
    statedAgeMin,
    text: agreedText({ version, locale, sha256 }) ?? null,
  }));
}
