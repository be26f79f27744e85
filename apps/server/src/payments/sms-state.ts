// How a waiting payment stands to a code by text message: what the till may offer, and the facts the decision rests on.
import { sql } from 'kysely';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import type { Database } from '../db/database.ts';
import { limitsOf } from './admit.ts';
import { smsCodeTriesMax, unusedWindowMs } from './limits.ts';
import type { PaymentsDependencies } from './pay.ts';
import type { PhoneRequestRow } from './phone.ts';
import { needsPin } from './phone-need.ts';
import { claimsOf, type PaymentRow } from './record.ts';
import { smsRefusal, type SmsFacts } from './sms-need.ts';

export type Waiting = { row: PaymentRow; request: PhoneRequestRow };
type Deps = Pick<PaymentsDependencies, 'limits' | 'nowMs'>;

/** What the till may offer. `failed`: the message will not arrive; `over`: tried too often. */
export async function smsCodeState(deps: Deps & Pick<PaymentsDependencies, 'db' | 'sms'>, waiting: Waiting): Promise<NonNullable<PaymentView['phone']>['smsCode']> {
  const stepUp = await stepUpOf(deps.db, waiting.request);
  if (!stepUp) return deps.sms.messages.available && smsRefusal(await smsFactsOf(deps, deps.db, waiting)) === null ? 'offered' : 'none';
  if (stepUp.tries >= smsCodeTriesMax) return 'over';
  const message = await deps.sms.messages.stateOf(stepUp.message_id);
  return message === 'waiting' ? 'sending' : message;
}

export const stepUpOf = (db: Database, { id }: PhoneRequestRow) => db.selectFrom('sms_step_up').selectAll().where('request_id', '=', id).executeTakeFirst();

type OfAccount = { number_since: Date | null; is_child: boolean; recovering: boolean; claimed: boolean; codes_unused: number; pin_from_minor: bigint };

export async function smsFactsOf(deps: Deps, db: Database, { row, request }: Waiting): Promise<SmsFacts> {
  const nowMs = deps.nowMs();
  const now = new Date(nowMs);
  const { rows } = await sql<OfAccount>`
    SELECT CASE WHEN p.phone_e164 IS NOT NULL THEN
             greatest(p.created_at, (SELECT max(r.ended_at) FROM recovery r WHERE r.payer_id = p.id AND r.state = 'done' AND r.new_phone_e164 IS NOT NULL)) END AS number_since,
           p.guardian_id IS NOT NULL AS is_child,
           EXISTS (SELECT FROM recovery r WHERE r.payer_id = p.id AND r.guarded_until > ${now}) AS recovering,
           EXISTS (SELECT FROM recovery r WHERE r.payer_id = p.id AND r.kind = 'claim' AND r.state = 'cooling') AS claimed,
           (SELECT count(*)::int FROM sms_step_up c WHERE c.payer_id = p.id AND c.used_at IS NULL AND c.sent_at > ${new Date(nowMs - unusedWindowMs)}) AS codes_unused,
           s.pin_from_minor
      FROM payer p, store s WHERE p.id = ${request.payer_id} AND s.id = ${row.store_id}`.execute(db);
  const [account] = rows;
  const verdict = (await limitsOf(deps, { db, row }))?.verdict;
  const settings = (await deps.limits.settings(row.currency)).smsCode;
  if (!account || !verdict || !settings) throw new Error(`payment ${row.id} waits for the phone of nobody`);
  return {
    reason: request.reason,
    way: row.way,
    isChild: account.is_child,
    amountMinor: row.amount_minor,
    pinFromMinor: account.pin_from_minor,
    settings,
    needsPin: needsPin(row, { claims: claimsOf(row), pinFromMinor: account.pin_from_minor }),
    allowed: verdict.allowed,
    confirmationDue: verdict.allowed && verdict.confirmationDue,
    isFirst: verdict.allowed && verdict.isFirst,
    numberSinceMs: account.number_since?.getTime() ?? null,
    numberClaimed: account.claimed,
    recovering: account.recovering,
    codesUnused: account.codes_unused,
    seenByPhone: request.seen_at !== null,
    askedAtMs: request.asked_at.getTime(),
    nowMs,
  };
}
