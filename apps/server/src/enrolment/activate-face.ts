// From a captured face to one that pays. A finished enrolment keeps its payer reference until the vault has answered; that
// is how the sweep knows whose face is still to be activated.
import { sql } from 'kysely';
import { noteLookAlikes } from '../face-reviews/index.ts';
import { faceOf } from './face.ts';
import type { EnrolmentDeps } from './ports.ts';
import { updateEnrolment, type EnrolmentRow } from './view.ts';

/** May run twice, and at once. Throws ProblemError `vault_unavailable`. */
export async function activateFace(deps: EnrolmentDeps, row: EnrolmentRow): Promise<void> {
  const { payerRef, faceEpoch } = faceOf(row);
  const { activated } = await deps.vault.activate(payerRef, faceEpoch);
  if (activated) await noteLookAlikes(deps, payerRef);
  await deps.db.transaction().execute(async (transaction) => {
    if (activated) {
      // While somebody looks into a payment the owner says was not theirs a new face rests as the old one did.
      const { rows: cases } = await sql`SELECT FROM face_case WHERE payer_id = ${payerRef} AND state = 'open' LIMIT 1`.execute(transaction);
      const rests = cases.length > 0;
      // An owner who deleted the face meanwhile has raised the epoch: it stays off.
      await transaction
        .updateTable('payer')
        .set((is) => ({ face_state: rests ? ('paused' as const) : ('on' as const), face_paused_at: rests ? new Date(deps.clock.nowMs()) : null, face_enrolled_at: is.fn.coalesce('face_enrolled_at', is.val(new Date(deps.clock.nowMs()))) }))
        .where('id', '=', payerRef)
        .where('face_epoch', '=', faceEpoch)
        // Asked for again after the owner paused it: it stays paused.
        .where('face_state', '!=', 'paused')
        .execute();
    }
    await updateEnrolment(transaction, row.id, { payer_ref: null });
  });
}
