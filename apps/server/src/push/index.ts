// Notices to a shopper's phone while its page is closed (Web Push, RFC 8030): after every payment by face, when a till waits
// for their yes, and when something happens to the account itself. They are read off what happened and sent a moment later; one that is lost is still on the page itself, where nothing
// can be lost (../payments/notices.ts).
import type { PushSubscription } from '@sonrisa/protocol/push-api.ts';
import type { AccountEventKind } from '@sonrisa/protocol/recovery-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { isPushEndpoint } from './endpoint.ts';
import { eventText, type PushFacts, type PushText, pushText } from './texts.ts';

export type PushTarget = { readonly endpoint: string; readonly p256dh: string; readonly auth: string };
/** `gone`: the phone has taken the subscription back, or its time is over. Throws when nobody answered. */
export type PushSender = {
  readonly publicKey: string;
  send(input: { target: PushTarget; payload: string; ttlS: number; urgent: boolean }): Promise<'sent' | 'gone' | 'failed'>;
};
export type Pushes = {
  /** What a browser needs to subscribe: the server's public key (RFC 8292), base64url. */
  publicKey: string;
  /** Throws `push_endpoint_unknown`, `push_subscriptions_many`. */
  subscribe(input: { payerId: string; sessionHash: string; subscription: PushSubscription }): Promise<void>;
  unsubscribe(input: { payerId: string; endpoint: string }): Promise<void>;
  /** Sends what is due. Returns how many notices went out. */
  round(): Promise<number>;
};
export type PushesDeps = { db: Database; sender: PushSender; moreHosts: readonly string[]; nowMs: () => number };

export const subscriptionsMax = 10;
/** A subscription whose push service has refused so often in a row is forgotten. */
export const pushFailuresMax = 10;
const noticesRoundMax = 100;
/** What is older was seen on the page, or is no news. */
const noticeAgeMaxMs = 10 * 60_000;
const paidTtlS = 24 * 3_600;

export function createPushes(deps: PushesDeps): Pushes {
  const { db, sender } = deps;
  return {
    publicKey: sender.publicKey,
    subscribe: (input) => subscribe(deps, input),
    async unsubscribe({ payerId, endpoint }) {
      await sql`DELETE FROM push_subscription WHERE endpoint = ${endpoint} AND payer_id = ${payerId}`.execute(db);
    },
    async round() {
      const due = [...(await takeAsked(deps)), ...(await takePaid(deps))].map(messageOf);
      const events = (await takeEvents(deps)).map(eventMessageOf);
      await Promise.all([...events, ...due].map((message) => tell(deps, message)));
      return events.length + due.length;
    },
  };
}

async function subscribe({ db, moreHosts, nowMs }: PushesDeps, input: Parameters<Pushes['subscribe']>[0]): Promise<void> {
  const { payerId, sessionHash, subscription } = input;
  const { endpoint, keys } = subscription;
  if (!isPushEndpoint(endpoint, moreHosts)) throw new ProblemError('push_endpoint_unknown');
  await db.transaction().execute(async (trx) => {
    await sql`SELECT FROM payer WHERE id = ${payerId} FOR NO KEY UPDATE`.execute(trx);
    const { rows } = await sql<{ others: number }>`SELECT count(*)::int AS others FROM push_subscription WHERE payer_id = ${payerId} AND endpoint <> ${endpoint}`.execute(trx);
    if ((rows[0]?.others ?? 0) >= subscriptionsMax) throw new ProblemError('push_subscriptions_many');
    // A phone that changed hands belongs to who signed in on it last.
    await sql`
      INSERT INTO push_subscription (endpoint, payer_id, session_hash, p256dh, auth, created_at)
      VALUES (${endpoint}, ${payerId}, ${sessionHash}, ${keys.p256dh}, ${keys.auth}, ${new Date(nowMs())})
      ON CONFLICT (endpoint) DO UPDATE SET payer_id = EXCLUDED.payer_id, session_hash = EXCLUDED.session_hash, p256dh = EXCLUDED.p256dh, auth = EXCLUDED.auth, failures = 0`.execute(trx);
  });
}

type Notice = { payer_id: string; payment_id: string; kind: PushFacts['kind']; amount_minor: bigint; currency: string; name: string; name_zh: string; locale: 'zh' | 'en'; child: string | null; left_s: number | null };

// What concerns a child goes to its guardian's phones, in the guardian's language.
const recipient = (payerId: string) => sql`(SELECT COALESCE(guardian_id, id) FROM payer WHERE id = ${sql.ref(payerId)})`;
const told = sql`JOIN payer ON payer.id = t.payer_id JOIN payer teller ON teller.id = COALESCE(payer.guardian_id, payer.id)`;
const toldColumns = sql`teller.id AS payer_id, teller.locale, CASE WHEN payer.guardian_id IS NULL THEN NULL ELSE payer.name END AS child`;

// Taken by one process and marked before it is sent: a notice is never told twice.
async function takePaid({ db, nowMs }: PushesDeps): Promise<Notice[]> {
  const now = new Date(nowMs());
  const { rows } = await sql<Notice>`
    WITH due AS (
      SELECT u.payment_id FROM limit_use u JOIN payment p ON p.id = u.payment_id
       WHERE u.pushed_at IS NULL AND u.at > ${new Date(nowMs() - noticeAgeMaxMs)} AND u.way = 'face' AND p.paid_at IS NOT NULL
         AND EXISTS (SELECT FROM push_subscription s WHERE s.payer_id = ${recipient('u.payer_id')})
       ORDER BY u.at LIMIT ${noticesRoundMax} FOR UPDATE OF u SKIP LOCKED),
    taken AS (UPDATE limit_use SET pushed_at = ${now} FROM due WHERE limit_use.payment_id = due.payment_id RETURNING limit_use.*)
    SELECT ${toldColumns}, t.payment_id, CASE WHEN t.undo_until > ${now} THEN 'first' ELSE 'paid' END AS kind, p.amount_minor, p.currency, s.name, s.name_zh, NULL::float8 AS left_s
      FROM taken t JOIN payment p ON p.id = t.payment_id JOIN store s ON s.id = p.store_id ${told}`.execute(db);
  return rows;
}

async function takeAsked({ db, nowMs }: PushesDeps): Promise<Notice[]> {
  const now = new Date(nowMs());
  const { rows } = await sql<Notice>`
    WITH due AS (
      SELECT r.id FROM phone_request r
       WHERE r.state = 'waiting' AND r.pushed_at IS NULL AND r.expires_at > ${now} AND EXISTS (SELECT FROM push_subscription s WHERE s.payer_id = ${recipient('r.payer_id')})
       ORDER BY r.asked_at LIMIT ${noticesRoundMax} FOR UPDATE OF r SKIP LOCKED),
    taken AS (UPDATE phone_request SET pushed_at = ${now} FROM due WHERE phone_request.id = due.id RETURNING phone_request.*)
    SELECT ${toldColumns}, t.payment_id, 'asked' AS kind, p.amount_minor, p.currency, s.name, s.name_zh, extract(epoch FROM t.expires_at - ${now})::float8 AS left_s
      FROM taken t JOIN payment p ON p.id = t.payment_id JOIN store s ON s.id = p.store_id ${told}`.execute(db);
  return rows;
}

type EventNotice = { id: string; payer_id: string; kind: AccountEventKind; locale: 'zh' | 'en' };

async function takeEvents({ db, nowMs }: PushesDeps): Promise<EventNotice[]> {
  const { rows } = await sql<EventNotice>`
    WITH due AS (
      SELECT e.id FROM account_event e
       WHERE e.pushed_at IS NULL AND e.at > ${new Date(nowMs() - noticeAgeMaxMs)} AND EXISTS (SELECT FROM push_subscription s WHERE s.payer_id = e.payer_id)
       ORDER BY e.at LIMIT ${noticesRoundMax} FOR UPDATE OF e SKIP LOCKED),
    taken AS (UPDATE account_event SET pushed_at = ${new Date(nowMs())} FROM due WHERE account_event.id = due.id RETURNING account_event.*)
    SELECT t.id::text, t.payer_id, t.kind, payer.locale FROM taken t JOIN payer ON payer.id = t.payer_id`.execute(db);
  return rows;
}

type Message = { readonly payerId: string; readonly text: PushText; readonly tag: string; readonly locale: 'zh' | 'en'; readonly ttlS: number; readonly urgent: boolean };

function messageOf(notice: Notice): Message {
  const facts = { kind: notice.kind, locale: notice.locale, store: notice.name, storeZh: notice.name_zh, amountMinor: notice.amount_minor, currency: notice.currency, child: notice.child };
  const ttlS = notice.left_s === null ? paidTtlS : Math.max(1, Math.floor(notice.left_s));
  return { payerId: notice.payer_id, text: pushText(facts), tag: notice.payment_id, locale: notice.locale, ttlS, urgent: notice.kind === 'asked' };
}

// Urgent: what is under way can still be stopped.
const eventMessageOf = ({ id, payer_id: payerId, kind, locale }: EventNotice): Message => ({ payerId, text: eventText({ kind, locale }), tag: `account-${id}`, locale, ttlS: paidTtlS, urgent: true });

async function tell(deps: PushesDeps, { payerId, text, tag, locale, ttlS, urgent }: Message): Promise<void> {
  const { rows: targets } = await sql<PushTarget>`
    SELECT s.endpoint, s.p256dh, s.auth FROM push_subscription s JOIN session ON session.token_hash = s.session_hash
     WHERE s.payer_id = ${payerId} AND session.revoked_at IS NULL AND session.expires_at > ${new Date(deps.nowMs())}`.execute(deps.db);
  const payload = JSON.stringify({ ...text, tag, lang: locale });
  await Promise.all(targets.map((target) => sendOne(deps, { target, payload, ttlS, urgent })));
}

async function sendOne({ db, sender }: PushesDeps, message: Parameters<PushSender['send']>[0]): Promise<void> {
  const { endpoint } = message.target;
  const outcome = await sender.send(message).catch(() => 'failed' as const);
  if (outcome === 'sent') await sql`UPDATE push_subscription SET failures = 0 WHERE endpoint = ${endpoint} AND failures > 0`.execute(db);
  else if (outcome === 'gone') await sql`DELETE FROM push_subscription WHERE endpoint = ${endpoint}`.execute(db);
  else {
    await sql`UPDATE push_subscription SET failures = failures + 1 WHERE endpoint = ${endpoint}`.execute(db);
    await sql`DELETE FROM push_subscription WHERE endpoint = ${endpoint} AND failures >= ${pushFailuresMax}`.execute(db);
  }
}
