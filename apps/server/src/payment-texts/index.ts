// Payments by face told by text message: the first of an account always, others from the platform's amount on where no push reaches anybody and the owner has not
// said no. The message is queued in the transaction that notes it; the guard of messages has the last word (../sms-guard). One that
// failed on its way, or was refused for now, is tried again for a day.
import { formatDecimal, isCurrency, money } from '@sonrisa/ledger/money.ts';
import { type RawBuilder, sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import { countryOf } from '../sms-codes/index.ts';
import type { Limits } from '../limits/index.ts';
import type { Messages } from '../messages/index.ts';
import { hasPush, momentText } from '../push/index.ts';
import type { SmsLimits } from '../sms-guard/index.ts';
import { decideText, textGiveUpMs, textRecheckMs } from './decide.ts';
import { paymentText } from './texts.ts';

export type PaymentTexts = {
  /** Queues what is due. Returns how many messages. */
  round(): Promise<number>;
};
export type PaymentTextsDeps = { db: Database; clock: Clock; limits: Pick<Limits, 'settings'>; messages: Pick<Messages, 'available' | 'queue' | 'nudge'>; smsLimits: Pick<SmsLimits, 'ask'> };

const roundMax = 100;
const dayMs = 24 * 60 * 60_000;

export function createPaymentTexts(deps: PaymentTextsDeps): PaymentTexts {
  return {
    async round() {
      let queued = 0;
      for (let looked = 0; looked < roundMax; looked += 1) {
        const outcome = await deps.db.transaction().execute((trx) => lookAtOne(deps, trx));
        if (outcome === 'none') break;
        if (outcome === 'queued') queued += 1;
      }
      if (queued > 0) deps.messages.nudge();
      return queued;
    },
  };
}

type Row = {
  payment_id: string; at: Date; amount_minor: bigint; currency: string; pushed_at: Date | null; is_first: boolean; message_state: string | null; has_push: boolean; texted_today: number;
  name: string; name_zh: string; locale: 'zh' | 'en'; phone_e164: string | null; sms_notices: boolean; child: string | null;
};

/** Locked until the transaction ends: of two processes one looks at it. */
async function nextDue(trx: Database, nowMs: number): Promise<Row | undefined> {
  const reader: RawBuilder<unknown> = sql.ref('reader.id');
  const { rows } = await sql<Row>`
    SELECT u.payment_id, u.at, u.amount_minor, u.currency, u.pushed_at, m.state AS message_state, ${hasPush(reader, nowMs)} AS has_push,
           u.undo_until IS NOT NULL OR NOT EXISTS (
             SELECT FROM limit_use o JOIN payment op ON op.id = o.payment_id WHERE o.payer_id = u.payer_id AND o.way = 'face' AND o.at < u.at AND op.paid_at IS NOT NULL) AS is_first,
           (SELECT count(*)::int FROM limit_use o JOIN payer op ON op.id = o.payer_id JOIN sms_outbox om ON om.id = o.text_id
             WHERE COALESCE(op.guardian_id, op.id) = reader.id AND (op.id = reader.id OR op.guardian_id = reader.id) AND o.payment_id <> u.payment_id AND om.created_at > ${new Date(nowMs - dayMs)}) AS texted_today,
           s.name, s.name_zh, reader.locale, CASE WHEN reader.closed_at IS NULL THEN reader.phone_e164 END AS phone_e164, reader.sms_notices, CASE WHEN payer.guardian_id IS NULL THEN NULL ELSE payer.name END AS child
      FROM limit_use u JOIN payment p ON p.id = u.payment_id JOIN store s ON s.id = p.store_id
      JOIN payer ON payer.id = u.payer_id JOIN payer reader ON reader.id = COALESCE(payer.guardian_id, payer.id) LEFT JOIN sms_outbox m ON m.id = u.text_id
     WHERE u.text_next_at <= ${new Date(nowMs)} AND (p.paid_at IS NOT NULL OR u.at <= ${new Date(nowMs - textGiveUpMs)})
     ORDER BY u.text_next_at LIMIT 1 FOR UPDATE OF u SKIP LOCKED`.execute(trx);
  return rows[0];
}

async function lookAtOne(deps: PaymentTextsDeps, trx: Database): Promise<'none' | 'queued' | 'not'> {
  const nowMs = deps.clock.nowMs();
  const row = await nextDue(trx, nowMs);
  if (!row) return 'none';
  const { settings, fromMinor } = await settingsOf(deps, row.currency);
  const decision = decideText({
    ageMs: nowMs - row.at.getTime(), isFirst: row.is_first, amountMinor: row.amount_minor, fromMinor, ownerWants: row.sms_notices, hasNumber: deps.messages.available && row.phone_e164 !== null,
    isPushed: row.pushed_at !== null, hasPush: row.has_push, textedToday: row.texted_today, message: messageOf(row.message_state),
  });
  if (decision.is !== 'text') {
    await lookAgain(trx, { paymentId: row.payment_id, atMs: decision.is === 'no' ? null : nowMs + decision.afterMs });
    return 'not';
  }
  const messageId = await queue(deps, trx, { row, timeZone: settings.timeZone, giveUpAfterMs: textGiveUpMs - (nowMs - row.at.getTime()) });
  await lookAgain(trx, { paymentId: row.payment_id, atMs: nowMs + textRecheckMs, messageId });
  return messageId === undefined ? 'not' : 'queued';
}

async function settingsOf({ limits }: PaymentTextsDeps, currency: string) {
  const settings = await limits.settings(currency);
  const from = settings.smsFromMinor;
  return { settings, fromMinor: from == null ? null : BigInt(from) };
}

/** The message's id; undefined: the guard has none to spare for this number, its country or the platform now. */
async function queue({ messages, smsLimits }: PaymentTextsDeps, trx: Database, { row, timeZone, giveUpAfterMs }: { row: Row; timeZone: string; giveUpAfterMs: number }): Promise<string | undefined> {
  const { phone_e164: to, locale, currency } = row;
  if (to === null) return undefined;
  const asked = await smsLimits.ask(trx, { phone: { e164: to, country: countryOf(to) }, from: {}, isNotice: true }, { expectsCode: false });
  if (asked.is === 'refused') return undefined;
  const decimal = isCurrency(currency) ? formatDecimal(money(row.amount_minor, currency)) : String(row.amount_minor);
  const at = momentText({ atMs: row.at.getTime(), timeZone, locale });
  const { text, template } = paymentText({ locale, isFirst: row.is_first, amount: `${decimal} ${currency}`, at, store: locale === 'zh' ? row.name_zh : row.name, child: row.child });
  return messages.queue(trx, { to, purpose: 'notice', text, template, giveUpAfterMs });
}

// What may have been sent is not sent again: two messages would look like two payments.
function messageOf(state: string | null): 'none' | 'waiting' | 'sent' | 'failed' {
  if (state === null) return 'none';
  return state === 'failed' ? 'failed' : state === 'queued' || state === 'sending' ? 'waiting' : 'sent';
}

async function lookAgain(trx: Database, { paymentId, atMs, messageId }: { paymentId: string; atMs: number | null; messageId?: string | undefined }): Promise<void> {
  await sql`UPDATE limit_use SET text_next_at = ${atMs === null ? null : new Date(atMs)}, text_id = COALESCE(${messageId ?? null}, text_id) WHERE payment_id = ${paymentId}`.execute(trx);
}
