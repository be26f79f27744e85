// An enrolment as the phone sees it, and the row behind it.
import type { EnrolmentView } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Selectable } from 'kysely';
import type { Database, EnrolmentTable } from '../db/database.ts';
import { codeTriesMax } from './code.ts';
import { maskPhone } from './phone.ts';
import type { OwnerProofs } from './ports.ts';
import { stepEnrolment, type EnrolmentEvent, type EnrolmentState } from './state.ts';

export type EnrolmentRow = Selectable<EnrolmentTable>;
export type Session = { token: string; expiresAtMs: number };

export function viewOf(row: EnrolmentRow, more: { session?: Session; smsState?: EnrolmentView['smsState']; known?: EnrolmentView['known'] } = {}): EnrolmentView {
  return {
    id: row.id,
    state: row.state,
    phoneMasked: maskPhone(row.phone_e164),
    codeExpiresAtMs: row.code_expires_at.getTime(),
    resendAfterMs: row.resend_at.getTime(),
    codeTriesLeft: Math.max(0, codeTriesMax - row.code_tries),
    smsState: row.state === 'code_sent' ? (more.smsState ?? null) : null,
    session: more.session ?? null,
    known: more.known ?? null,
  };
}

/** With what the owner of a number that has an account may prove themselves by. */
export async function knownView({ owners }: { owners: OwnerProofs }, row: EnrolmentRow): Promise<EnrolmentView> {
  if (row.state !== 'number_known' || row.payer_id === null) return viewOf(row);
  const [passkeyIds, claimEndsAtMs] = await Promise.all([owners.passkeyIds(row.payer_id), owners.claimEndsAtMs(row.payer_id)]);
  return viewOf(row, { known: { passkeyIds, claimWaitMs: owners.claimWaitMs, claimEndsAtMs } });
}

/** The row under its lock, so that steps of one enrolment happen one after another. */
export async function lockEnrolment(transaction: Database, id: string): Promise<EnrolmentRow> {
  const row = await transaction.selectFrom('enrolment').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) throw new ProblemError('enrolment_not_found');
  return row;
}

const entering: ReadonlySet<EnrolmentEvent> = new Set<EnrolmentEvent>(['consented', 'owner_proved', 'number_released']);

/** The state after `event`, or the refusal thrown. An enrolment past its time takes no step. */
export function stepOf(row: EnrolmentRow, event: EnrolmentEvent, nowMs: number): EnrolmentState {
  // A code that was sent for something else, and said so, lets nobody in.
  if (entering.has(event) && row.purpose !== 'enter') throw new ProblemError('enrolment_state_conflict');
  const timedOut = row.expires_at.getTime() <= nowMs && stepEnrolment(row.state, 'timed_out').ok;
  const step = stepEnrolment(timedOut ? 'expired' : row.state, event);
  if (!step.ok) throw new ProblemError(step.code);
  return step.state;
}

export type EnrolmentChange = Partial<Omit<EnrolmentRow, 'id' | 'token_hash' | 'phone_e164' | 'created_at'>>;

export async function updateEnrolment(transaction: Database, id: string, change: EnrolmentChange): Promise<EnrolmentRow> {
  return transaction.updateTable('enrolment').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}
