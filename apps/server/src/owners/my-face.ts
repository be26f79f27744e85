// What is kept about an owner and their face, for them: looks that named them, consents with the exact text, erasures, and all
// of it as one file.
import type { Export, FaceLook, MyFace } from '@sonrisa/protocol/my-face-api.ts';
import type { Me } from '@sonrisa/protocol/phone-api.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import { agreedText } from '../enrolment/index.ts';
import { erasuresOf } from './erase-face.ts';

type MyFaceDeps = { db: Database; clock: Clock; faceUnusedDaysMax: number };

const looksShownMax = 100;

export async function myFaceOf({ db, faceUnusedDaysMax }: MyFaceDeps, payerId: string): Promise<MyFace> {
  const payer = await db.selectFrom('payer').select(['face_state', 'face_enrolled_at', 'face_paused_at']).where('id', '=', payerId).executeTakeFirstOrThrow();
  const [looks, consents, erasures] = await Promise.all([looksOf(db, payerId), consentsOf(db, payerId), erasuresOf(db, payerId)]);
  return {
    state: payer.face_state,
    enrolledAtMs: payer.face_state === 'off' ? null : (payer.face_enrolled_at?.getTime() ?? null),
    pausedAtMs: payer.face_paused_at?.getTime() ?? null,
    unusedDaysMax: faceUnusedDaysMax,
    looks,
    consents,
    erasures,
  };
}

async function looksOf(db: Database, payerId: string): Promise<FaceLook[]> {
  const rows = await db
    .selectFrom('face_look')
    .innerJoin('payment', 'payment.id', 'face_look.payment_id')
    .innerJoin('store', 'store.id', 'payment.store_id')
    .select(['face_look.at', 'face_look.counted', 'face_look.receipt_jti', 'payment.id', 'payment.state', 'payment.amount_minor', 'payment.currency'])
    .select(['payment.payer_id', 'payment.receipt_claims', 'payment.paid_at', 'store.name', 'store.name_zh'])
    .where('face_look.payer_id', '=', payerId)
    .orderBy('face_look.at', 'desc')
    .orderBy('face_look.id', 'desc')
    .limit(looksShownMax)
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
  return rows.map(({ version, locale, text_sha256: sha256, agreed_at, face_withdrawn_at, agreed_to_face, agreed_to_service }) => ({
    version,
    agreedAtMs: agreed_at.getTime(),
    faceWithdrawnAtMs: face_withdrawn_at?.getTime() ?? null,
    agreedToFace: agreed_to_face,
    agreedToService: agreed_to_service,
    textSha256: sha256,
    text: agreedText({ version, locale, sha256 }) ?? null,
  }));
}

type TopUpRow = { id: string; amount_minor: bigint; currency: string; source: string; state: string; created_at: Date };
type CardRow = { brand: string; last4: string; created_at: Date };
type BankRow = { holder: string; number: string; currency: string };

const notIncluded = [
  'The face template: numbers that only the vault can open, bound to this installation; no answer of the vault holds one.',
  'The PIN: a fingerprint of it is kept, from which it cannot be read.',
];

export async function exportOf({ db, clock }: MyFaceDeps, { face, me }: { face: MyFace; me: Me }): Promise<Export> {
  const { payerId } = me;
  const payer = await db.selectFrom('payer').select(['name', 'phone_e164', 'created_at']).where('id', '=', payerId).executeTakeFirstOrThrow();
  const topUps = (await sql<TopUpRow>`SELECT id, amount_minor, currency, source, state, created_at FROM funding_attempt WHERE payer_id = ${payerId} ORDER BY created_at`.execute(db)).rows;
  const cards = (await sql<CardRow>`SELECT brand, last4, created_at FROM payer_card WHERE payer_id = ${payerId}`.execute(db)).rows;
  const banks = (await sql<BankRow>`SELECT holder, number, currency FROM bank_account WHERE owner = 'payer' AND owner_id = ${payerId}`.execute(db)).rows;
  return {
    format: 'sonrisa-export-v1',
    madeAtMs: clock.nowMs(),
    account: { payerId, name: payer.name, phone: payer.phone_e164, openedAtMs: payer.created_at.getTime(), balance: me.balance },
    face,
    payments: me.payments,
    topUps: topUps.map((row) => ({ id: row.id, amount: { amountMinor: String(row.amount_minor), currency: row.currency }, source: row.source, state: row.state, atMs: row.created_at.getTime() })),
    cards: cards.map(({ brand, last4, created_at }) => ({ brand, last4, addedAtMs: created_at.getTime() })),
    bankAccounts: banks.map(({ holder, number, currency }) => ({ holder, number, currency })),
    notIncluded,
  };
}
