// Notices to a shopper's phone while its page is closed (Web Push, RFC 8030): after every payment by face, when a till waits
// for their yes, and when something happens to the account itself. They are read off what happened (due.ts), told at least once to one phone of
// the account at least, and tried again for a day; what no phone took is still on the page itself (../payments/notices.ts) and, of payments, may go out as
// a text message (../payment-texts).
import type { PushSubscription } from '@sonrisa/protocol/push-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { type EventNotice, markTold, type Notice, takeAsked, takeEvents, takePaid, type Told } from './due.ts';
import { isPushEndpoint } from './endpoint.ts';
import { eventText, isLate, type PushText, pushText } from './texts.ts';

export { hasPush } from './due.ts';
export { momentText } from './texts.ts';

export type PushTarget = { readonly endpoint: string; readonly p256dh: string; readonly auth: string };
/** `gone`: the phone has taken the subscription back, or its time is over; `failed`: for now. Throws when nobody answered. */
export type PushSender = {
  readonly publicKey: string;
  send(input: { target: PushTarget; payload: string; ttlS: number; urgent: boolean }): Promise<'sent' | 'gone' | 'refused' | 'failed'>;
};
export type Pushes = {
  /** What a browser needs to subscribe: the server's public key (RFC 8292), base64url. */
  publicKey: string;
  /** Throws `push_endpoint_unknown`, `push_subscriptions_many`. */
  subscribe(input: { payerId: string; sessionHash: string; subscription: PushSubscription }): Promise<void>;
  unsubscribe(input: { payerId: string; endpoint: string }): Promise<void>;
  /** Sends what is due. Returns how many notices a push service took. */
  round(): Promise<number>;
};
export type PushesDeps = {
  db: Database;
  sender: PushSender;
  moreHosts: readonly string[];
  nowMs: () => number;
  /** Where the days of this currency begin: what a late notice says the time in. */
  timeZoneOf: (currency: string) => Promise<string>;
};

export const subscriptionsMax = 10;
/** A subscription whose push service has refused so often in a row is forgotten. */
export const pushFailuresMax = 10;
/** So is one that has taken nothing for so long, whatever was wrong. */
export const pushFailingMaxMs = 7 * 24 * 60 * 60_000;
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
      const at = { db, nowMs: deps.nowMs() };
      const notices = [...(await takeAsked(at)), ...(await takePaid(at))];
      const events = (await takeEvents(at)).map(eventMessageOf);
      const messages = await Promise.all(notices.map((notice) => messageOf(deps, notice)));
      const told = await Promise.all([...events, ...messages].map((message) => tell(deps, message)));
      return told.filter(Boolean).length;
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
      ON CONFLICT (endpoint) DO UPDATE SET payer_id = EXCLUDED.payer_id, session_hash = EXCLUDED.session_hash, p256dh = EXCLUDED.p256dh, auth = EXCLUDED.auth, failures = 0, failing_since = NULL`.execute(trx);
  });
}

type Message = { readonly told: Told; readonly payerId: string; readonly text: PushText; readonly tag: string; readonly locale: 'zh' | 'en'; readonly ttlS: number; readonly urgent: boolean };

async function messageOf({ nowMs, timeZoneOf }: PushesDeps, notice: Notice): Promise<Message> {
  const { kind, locale, currency, child } = notice;
  const atMs = notice.at.getTime();
  const late = isLate({ atMs, nowMs: nowMs() }) ? { atMs, timeZone: await timeZoneOf(currency) } : null;
  const text = pushText({ kind, locale, store: notice.name, storeZh: notice.name_zh, amountMinor: notice.amount_minor, currency, child, late });
  const ttlS = notice.left_s === null ? paidTtlS : Math.max(1, Math.floor(notice.left_s));
  return { told: { of: kind === 'asked' ? 'phone_request' : 'limit_use', id: notice.id }, payerId: notice.payer_id, text, tag: notice.payment_id, locale, ttlS, urgent: kind === 'asked' };
}

// Urgent: what is under way can still be stopped.
const eventMessageOf = ({ id, payer_id: payerId, kind, locale }: EventNotice): Message => ({
  told: { of: 'account_event', id }, payerId, text: eventText({ kind, locale }), tag: `account-${id}`, locale, ttlS: paidTtlS, urgent: true,
});

/** Marked once one phone's push service has it, and not before: whoever dies in between tells it again. */
async function tell(deps: PushesDeps, { told, payerId, text, tag, locale, ttlS, urgent }: Message): Promise<boolean> {
  const { rows: targets } = await sql<PushTarget>`
    SELECT s.endpoint, s.p256dh, s.auth FROM push_subscription s JOIN session ON session.token_hash = s.session_hash
     WHERE s.payer_id = ${payerId} AND session.revoked_at IS NULL AND session.expires_at > ${new Date(deps.nowMs())}`.execute(deps.db);
  const payload = JSON.stringify({ ...text, tag, lang: locale });
  const sent = await Promise.all(targets.map((target) => sendOne(deps, { target, payload, ttlS, urgent })));
  if (!sent.includes(true)) return false;
  await markTold({ db: deps.db, nowMs: deps.nowMs() }, told);
  return true;
}

async function sendOne({ db, sender, nowMs }: PushesDeps, message: Parameters<PushSender['send']>[0]): Promise<boolean> {
  const { endpoint } = message.target;
  const outcome = await sender.send(message).catch(() => 'failed' as const);
  if (outcome === 'sent') await sql`UPDATE push_subscription SET failures = 0, failing_since = NULL WHERE endpoint = ${endpoint} AND failing_since IS NOT NULL`.execute(db);
  else if (outcome === 'gone') await sql`DELETE FROM push_subscription WHERE endpoint = ${endpoint}`.execute(db);
  else {
    const now = new Date(nowMs());
    // An hour's outage of a push service is none of the subscription's doing.
    await sql`UPDATE push_subscription SET failures = failures + ${outcome === 'refused' ? 1 : 0}, failing_since = COALESCE(failing_since, ${now}) WHERE endpoint = ${endpoint}`.execute(db);
    await sql`DELETE FROM push_subscription WHERE endpoint = ${endpoint} AND (failures >= ${pushFailuresMax} OR failing_since <= ${new Date(now.getTime() - pushFailingMaxMs)})`.execute(db);
  }
  return outcome === 'sent';
}
