// Which notices are due, taken by one process at a time. A notice that is taken is due again after a pause, and is marked as told only
// when a push service took it: a process that dies in between tells it once more, and the phone shows the later of two in the place of the first (their tag).
import type { AccountEventKind } from '@sonrisa/protocol/recovery-api.ts';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { PushFacts } from './texts.ts';

/** How long a notice rests after its first, second, … try; longer than one try takes. The last one repeats. */
export const pushPausesMs = [15_000, 60_000, 5 * 60_000, 15 * 60_000, 60 * 60_000] as const;
/** Later it is told by the page alone. */
export const pushGiveUpMs = 24 * 60 * 60_000;
const noticesRoundMax = 100;

type Due = { readonly db: Database; readonly nowMs: number };
export type Notice = { payer_id: string; payment_id: string; id: string; kind: PushFacts['kind']; amount_minor: bigint; currency: string; at: Date; name: string; name_zh: string; locale: 'zh' | 'en'; child: string | null; left_s: number | null };
export type EventNotice = { id: string; payer_id: string; kind: AccountEventKind; locale: 'zh' | 'en' };
export type Told = { readonly of: 'limit_use' | 'phone_request' | 'account_event'; readonly id: string };

/** Whether a phone of this payer asked for notices and is still signed in. */
export const hasPush = (payerId: RawBuilder<unknown>, nowMs: number) => sql<boolean>`EXISTS (
  SELECT FROM push_subscription s JOIN session ON session.token_hash = s.session_hash
   WHERE s.payer_id = ${payerId} AND session.revoked_at IS NULL AND session.expires_at > ${new Date(nowMs)})`;

// What concerns a child goes to its guardian's phones, in the guardian's language.
const recipient = (payerId: string) => sql`(SELECT COALESCE(guardian_id, id) FROM payer WHERE id = ${sql.ref(payerId)})`;
const told = sql`JOIN payer ON payer.id = t.payer_id JOIN payer teller ON teller.id = COALESCE(payer.guardian_id, payer.id)`;
const toldColumns = sql`teller.id AS payer_id, teller.locale, CASE WHEN payer.guardian_id IS NULL THEN NULL ELSE payer.name END AS child`;

/** Nobody's phone asked, or it is too old: there is no next try. */
function nextTry({ nowMs, at }: { nowMs: number; at: string }) {
  const pause = sql`(${sql.val(pushPausesMs)}::int[])[least(u.push_attempts + 1, ${pushPausesMs.length})] * interval '1 millisecond'`;
  return sql`push_attempts = u.push_attempts + 1,
    push_next_at = CASE WHEN due.has_push AND ${sql.ref(`u.${at}`)} > ${new Date(nowMs - pushGiveUpMs)} THEN ${new Date(nowMs)}::timestamptz + ${pause} END`;
}

export async function takePaid({ db, nowMs }: Due): Promise<Notice[]> {
  const now = new Date(nowMs);
  const tooOld = new Date(nowMs - pushGiveUpMs);
  const { rows } = await sql<Notice>`
    WITH due AS (
      SELECT u.payment_id, ${hasPush(recipient('u.payer_id'), nowMs)} AS has_push FROM limit_use u JOIN payment p ON p.id = u.payment_id
       WHERE u.push_next_at <= ${now} AND (p.paid_at IS NOT NULL OR u.at <= ${tooOld})
       ORDER BY u.push_next_at LIMIT ${noticesRoundMax} FOR UPDATE OF u SKIP LOCKED),
    taken AS (UPDATE limit_use u SET ${nextTry({ nowMs, at: 'at' })} FROM due WHERE u.payment_id = due.payment_id RETURNING u.*, due.has_push)
    SELECT ${toldColumns}, t.payment_id, t.payment_id AS id, CASE WHEN t.undo_until > ${now} THEN 'first' ELSE 'paid' END AS kind, p.amount_minor, p.currency, t.at, s.name, s.name_zh, NULL::float8 AS left_s
      FROM taken t JOIN payment p ON p.id = t.payment_id JOIN store s ON s.id = p.store_id ${told} WHERE t.has_push AND p.paid_at IS NOT NULL AND t.at > ${tooOld}`.execute(db);
  return rows;
}

export async function takeAsked({ db, nowMs }: Due): Promise<Notice[]> {
  const now = new Date(nowMs);
  const { rows } = await sql<Notice>`
    WITH due AS (
      SELECT r.id, r.state = 'waiting' AND r.expires_at > ${now} AND ${hasPush(recipient('r.payer_id'), nowMs)} AS has_push FROM phone_request r
       WHERE r.push_next_at <= ${now} ORDER BY r.push_next_at LIMIT ${noticesRoundMax} FOR UPDATE OF r SKIP LOCKED),
    taken AS (UPDATE phone_request u SET ${nextTry({ nowMs, at: 'asked_at' })} FROM due WHERE u.id = due.id RETURNING u.*, due.has_push)
    SELECT ${toldColumns}, t.payment_id, t.id, 'asked' AS kind, p.amount_minor, p.currency, t.asked_at AS at, s.name, s.name_zh, extract(epoch FROM t.expires_at - ${now})::float8 AS left_s
      FROM taken t JOIN payment p ON p.id = t.payment_id JOIN store s ON s.id = p.store_id ${told} WHERE t.has_push`.execute(db);
  return rows;
}

export async function takeEvents({ db, nowMs }: Due): Promise<EventNotice[]> {
  const { rows } = await sql<EventNotice>`
    WITH due AS (
      SELECT e.id, ${hasPush(sql.ref('e.payer_id'), nowMs)} AS has_push FROM account_event e
       WHERE e.push_next_at <= ${new Date(nowMs)} ORDER BY e.push_next_at LIMIT ${noticesRoundMax} FOR UPDATE OF e SKIP LOCKED),
    taken AS (UPDATE account_event u SET ${nextTry({ nowMs, at: 'at' })} FROM due WHERE u.id = due.id RETURNING u.*, due.has_push)
    SELECT t.id::text, t.payer_id, t.kind, payer.locale FROM taken t JOIN payer ON payer.id = t.payer_id WHERE t.has_push AND t.at > ${new Date(nowMs - pushGiveUpMs)}`.execute(db);
  return rows;
}

const keys = { limit_use: 'payment_id', phone_request: 'id', account_event: 'id' } as const;

export async function markTold({ db, nowMs }: Due, { of, id }: Told): Promise<void> {
  const table = sql.table(of);
  await sql`UPDATE ${table} SET pushed_at = ${new Date(nowMs)}, push_next_at = NULL WHERE ${sql.ref(keys[of])}::text = ${id}`.execute(db);
}
