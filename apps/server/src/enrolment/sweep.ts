// Enrolments nobody finished: closed after their time, and their faces forgotten by the vault. Finished ones whose face
// the vault did not activate yet: asked for again.
import type { EnrolmentDeps } from './ports.ts';
import { activateFace } from './activate-face.ts';
import { faceOf } from './face.ts';
import { updateEnrolment } from './view.ts';

const sweepBatchMax = 50;

export async function sweepEnrolments(deps: EnrolmentDeps): Promise<{ expired: number; activated: number; forgotten: number }> {
  const now = new Date(deps.clock.nowMs());
  const expired = await deps.db
    .updateTable('enrolment')
    .set({ state: 'expired', code_hmac: null })
    .where('state', 'not in', ['complete', 'expired'])
    .where('expires_at', '<=', now)
    .returning('id')
    .execute();
  await deps.db.updateTable('enrolment').set({ code_hmac: null }).where('code_hmac', 'is not', null).where('code_expires_at', '<=', now).execute();
  await deps.db
    .updateTable('invite')
    .set({ state: 'expired' })
    .where('state', 'in', ['open', 'started'])
    .where('expires_at', '<=', now)
    .execute();
  return { expired: expired.length, activated: await activateLeftFaces(deps), forgotten: await forgetLeftFaces(deps) };
}

async function activateLeftFaces(deps: EnrolmentDeps): Promise<number> {
  const left = await deps.db
    .selectFrom('enrolment')
    .selectAll()
    .where('payer_ref', 'is not', null)
    .where('state', '=', 'complete')
    .where('existing_payer', '=', false)
    .orderBy('expires_at')
    .limit(sweepBatchMax)
    .execute();
  for (const row of left) await activateFace(deps, row);
  return left.length;
}

// A face without an account: of an expired enrolment, or of one that signed in to an account opened meanwhile.
async function forgetLeftFaces(deps: EnrolmentDeps): Promise<number> {
  const left = await deps.db
    .selectFrom('enrolment')
    .selectAll()
    .where('payer_ref', 'is not', null)
    .where((is) => is.or([is('state', '=', 'expired'), is('existing_payer', '=', true)]))
    .orderBy('expires_at')
    .limit(sweepBatchMax)
    .execute();
  for (const row of left) {
    const { payerRef, faceEpoch } = faceOf(row);
    if (row.looks_used > 0) await deps.vault.forget(payerRef, faceEpoch);
    await updateEnrolment(deps.db, row.id, { payer_ref: null });
  }
  return left.length;
}
