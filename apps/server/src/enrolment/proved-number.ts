// An enrolment as nothing but the proof of a number, for a recovery: used up by it.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import type { CodePurpose } from './texts.ts';
import { lockEnrolment, stepOf, updateEnrolment, type EnrolmentRow } from './view.ts';

/** `ownerId`: whose account has this number now; null: nobody's. */
export type ProvedNumber = { readonly phone: string; readonly ownerId: string | null };
/** `purpose`: what its code was sent for, and said. Of another one it proves nothing. */
type Proving = { readonly id: string; readonly purpose: CodePurpose };
type NumberDeps = { clock: Clock };

/** Of an enrolment that is the caller's: whoever calls has compared its token. Throws `enrolment_state_conflict`, `enrolment_not_found`. */
export async function provedNumber({ clock }: NumberDeps, db: Database, { id, purpose }: Proving): Promise<ProvedNumber> {
  const row = await db.selectFrom('enrolment').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new ProblemError('enrolment_not_found');
  refuseOther(row, purpose);
  stepOf(row, 'number_used', clock.nowMs());
  return numberOf(db, row);
}

/** The same, once. */
export async function takeProvedNumber({ clock }: NumberDeps, trx: Database, { id, purpose }: Proving): Promise<ProvedNumber> {
  const row = await lockEnrolment(trx, id);
  refuseOther(row, purpose);
  await updateEnrolment(trx, id, { state: stepOf(row, 'number_used', clock.nowMs()) });
  return numberOf(trx, row);
}

function refuseOther(row: EnrolmentRow, purpose: CodePurpose): void {
  if (row.purpose !== purpose) throw new ProblemError('enrolment_state_conflict');
}

async function numberOf(db: Database, { phone_e164: phone }: EnrolmentRow): Promise<ProvedNumber> {
  const owner = await db.selectFrom('payer').select('id').where('phone_e164', '=', phone).executeTakeFirst();
  return { phone, ownerId: owner?.id ?? null };
}
