// Consent to face payment once more, by somebody who erased their face and kept the account. On the owner's own phone and with its
// passkey or the PIN: whoever finds a phone unlocked must not put a face of their own to somebody else's wallet. What follows is the new
// look of new-look.ts, for which this consent is good for as long as an enrolment lives, and its proof for the first minutes of that.
import type { ConsentAgain } from '@sonrisa/protocol/my-face-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import { consentText, currentConsentVersion, enrolmentLifetimeMs } from '../enrolment/index.ts';
import { type OwnProofs, proveOwner } from '../owner-proof/index.ts';
import { keepLookProof } from './look-proof.ts';

export type ConsentAgainDeps = { db: Database; clock: Clock; proofs: OwnProofs };

/** Throws ProblemError `enrolment_state_conflict` unless the face is off, `consent_version_old`, and of the proof. */
export async function consentAgain({ db, clock, proofs }: ConsentAgainDeps, input: ConsentAgain & { payerId: string; sessionHash: string }): Promise<void> {
  const { payerId, sessionHash, version, locale, proof } = input;
  await refuseUnlessOff(db, payerId);
  if (version !== currentConsentVersion) throw new ProblemError('consent_version_old');
  const { sha256 } = consentText(locale);
  await proveOwner(proofs, { act: 'face_consent', payerId, subject: sha256, proof });
  await db.transaction().execute(async (trx) => {
    await refuseUnlessOff(trx, payerId);
    await trx
      .insertInto('consent_record')
      // The wallet was agreed to when the account opened, and stands.
      .values({ enrolment_id: null, payer_id: payerId, version, locale, text_sha256: sha256, agreed_to_service: false, agreed_to_face: true, agreed_at: new Date(clock.nowMs()) })
      .execute();
    await keepLookProof(trx, { sessionHash, faceOf: payerId, nowMs: clock.nowMs() });
  });
}

async function refuseUnlessOff(db: Database, payerId: string): Promise<void> {
  const { face_state: state } = await db.selectFrom('payer').select('face_state').where('id', '=', payerId).forUpdate().executeTakeFirstOrThrow();
  if (state !== 'off') throw new ProblemError('enrolment_state_conflict');
}

/** Whether they have agreed again just now. */
export async function hasConsentedAgain({ db, clock }: Pick<ConsentAgainDeps, 'db' | 'clock'>, payerId: string): Promise<boolean> {
  const since = new Date(clock.nowMs() - enrolmentLifetimeMs);
  const standing = await db
    .selectFrom('consent_record')
    .select('id')
    .where('payer_id', '=', payerId)
    .where('enrolment_id', 'is', null)
    .where('agreed_to_face', '=', true)
    .where('face_withdrawn_at', 'is', null)
    .where('agreed_at', '>', since)
    .limit(1)
    .executeTakeFirst();
  return standing !== undefined;
}
