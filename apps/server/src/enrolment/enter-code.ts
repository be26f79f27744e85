// The second step: the code shows that the number is theirs. Of a number that has an account more is asked (sign-in.ts).
import type { EnrolmentView } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError, type ProblemCode, type ProblemFacts } from '@sonrisa/protocol/problem.ts';
import type { Database } from '../db/database.ts';
import { smsCodeMatches } from '../sms-codes/index.ts';
import { codeTriesMax } from './code.ts';
import type { EnrolmentDeps } from './ports.ts';
import { knownView, lockEnrolment, stepOf, updateEnrolment, type EnrolmentRow } from './view.ts';

type Outcome = { ok: true; row: EnrolmentRow } | { ok: false; code: ProblemCode; facts?: ProblemFacts };

export async function enterCode(deps: EnrolmentDeps, input: { id: string; code: string }): Promise<EnrolmentView> {
  // A wrong code is counted even though it is refused: thrown only after the count is committed.
  const outcome = await deps.db.transaction().execute((transaction) => tryCode(deps, transaction, input));
  if (!outcome.ok) throw new ProblemError(outcome.code, outcome.facts ? { facts: outcome.facts } : {});
  return knownView(deps, outcome.row);
}

async function tryCode(deps: EnrolmentDeps, transaction: Database, { id, code }: { id: string; code: string }): Promise<Outcome> {
  const row = await lockEnrolment(transaction, id);
  const nowMs = deps.clock.nowMs();
  stepOf(row, 'code_entered', nowMs);
  if (row.code_tries >= codeTriesMax) return { ok: false, code: 'code_tries_used_up' };
  if (row.code_hmac === null || row.code_expires_at.getTime() <= nowMs) return { ok: false, code: 'code_expired' };
  if (!smsCodeMatches({ codeKey: deps.codeKey, boundTo: id, code, codeHmac: row.code_hmac })) {
    const triesLeft = codeTriesMax - row.code_tries - 1;
    await updateEnrolment(transaction, id, { code_tries: row.code_tries + 1 });
    return triesLeft > 0 ? { ok: false, code: 'code_wrong', facts: { triesLeft } } : { ok: false, code: 'code_tries_used_up' };
  }
  return { ok: true, row: await numberProved(deps, transaction, row) };
}

async function numberProved(deps: EnrolmentDeps, transaction: Database, row: EnrolmentRow): Promise<EnrolmentRow> {
  const nowMs = deps.clock.nowMs();
  if (row.message_id !== null) await deps.smsLimits.entered(transaction, row.message_id);
  const owner = await transaction.selectFrom('payer').select('id').where('phone_e164', '=', row.phone_e164).executeTakeFirst();
  if (!owner) return updateEnrolment(transaction, row.id, { state: stepOf(row, 'number_proved', nowMs), code_hmac: null });
  return updateEnrolment(transaction, row.id, { state: stepOf(row, 'owner_found', nowMs), code_hmac: null, payer_id: owner.id, existing_payer: true });
}
