// Enrolling, activating and forgetting a face: the only ways the gallery changes. All hold the payer's lock and the
// gallery's, so none can overtake another and no twin becomes active unseen at the same moment. An enrolled face is
// pending, known to no search, until its account opens: what nobody finishes can stand in nobody's way.
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import { fuse } from '@sonrisa/face/embed.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Activated, CaptureOutcome, Forgotten } from '@sonrisa/protocol/vault-api.ts';
import { createActivation } from './activate.ts';
import type { Clock } from './adapters/system.ts';
import type { Database, Queries } from './db/database.ts';
import type { Faces } from './faces.ts';
import { announceChange, lockGallery } from './gallery.ts';
import type { Gallery } from './gallery.ts';
import type { Look, LookTerms } from './looks.ts';
import type { SamePerson } from './same-person.ts';
import { SecretTemplate } from './secret-template.ts';

export interface Enroller {
  /**
   * Keeps a pending face in place of what was kept of this payer. Throws ProblemError `face_paused` if it was forgotten meanwhile, and
   * `face_of_guardian` where a guardian shows their own face for a child's; of that nothing is kept.
   */
  enrol(input: { look: Look; terms: EnrolmentTerms; embeddings: readonly Embedding[] }): Promise<CaptureOutcome>;
  /** Lets searches find the pending face of this epoch, and marks whom it looks like. Active already: the same answer. */
  activate(input: { payerRef: string; faceEpoch: number }): Promise<Activated>;
  /**
   * Erases the payer's templates from database and memory before it answers, and lets nothing below `faceEpoch`, nor
   * any look taken before, enrol them again. `faceEpoch` is the payer's epoch after the change that erases.
   */
  forget(input: { payerRef: string; faceEpoch: number }): Promise<Forgotten>;
  /** Erases what stayed pending beyond any enrolment's life. */
  sweep(): Promise<void>;
}

export type EnrolmentTerms = Extract<LookTerms, { purpose: 'enrolment' }>;

/** An enrolment lives half an hour; the rest is for an activation that has to be asked for again. */
export const pendingKeptMs = 2 * 60 * 60_000;

export function createEnroller(deps: { db: Database; faces: Faces; gallery: Gallery; samePerson: SamePerson; curve: ErrorCurve; clock: Clock }): Enroller {
  const { db, faces, gallery, samePerson, clock } = deps;
  const activateLocked = createActivation(deps);
  let last: Promise<unknown> = Promise.resolve();

  // One change at a time in this process: waiters for the gallery's lock must not take up every connection.
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = last.then(work);
    last = run.catch(() => undefined);
    return run;
  }

  async function enrol(input: Parameters<Enroller['enrol']>[0]): Promise<CaptureOutcome> {
    const { terms, look, embeddings } = input;
    // One template, the mean of all good frames: each further one would be another chance of a false match.
    const template = new SecretTemplate(fuse(embeddings));
    try {
      if (terms.unlike !== undefined && (await samePerson(template.reveal(), terms.unlike))) throw new ProblemError('face_of_guardian');
      await inTurn(() => db.transaction((tx) => enrolLocked(tx, { look, terms, template })));
      await gallery.catchUp();
    } finally {
      template.wipe();
    }
    return { outcome: 'enrolled', faceEpoch: terms.faceEpoch, framesUsed: embeddings.length };
  }

  async function enrolLocked(tx: Queries, input: { look: Look; terms: EnrolmentTerms; template: SecretTemplate }): Promise<void> {
    const { payerRef, faceEpoch: epoch, lastFourHmacHex } = input.terms;
    const { epochMin } = await faces.lockPayer(tx, payerRef);
    if (epoch < epochMin) throw new ProblemError('face_paused');
    await refuseFallen(tx, input.look, payerRef);
    await lockGallery(tx);
    const at = new Date(clock.nowMs());
    const lastFourHmac = Buffer.from(lastFourHmacHex, 'hex');
    await faces.replace(tx, { payerRef, epoch, lastFourHmac, enrolledAt: at, templates: [input.template] });
    await faces.raiseEpoch(tx, { payerRef, epochMin: epoch });
    // An older, active face of this payer leaves every memory.
    await announceChange(tx, payerRef);
  }

  async function activate(input: { payerRef: string; faceEpoch: number }): Promise<Activated> {
    const activated = await inTurn(() => db.transaction((tx) => activateLocked(tx, input)));
    await gallery.catchUp();
    return { activated };
  }

  async function forget(input: { payerRef: string; faceEpoch: number }): Promise<Forgotten> {
    const { payerRef, faceEpoch } = input;
    const templatesErased = await inTurn(() =>
      db.transaction(async (tx) => {
        await faces.lockPayer(tx, payerRef);
        await lockGallery(tx);
        await tx.rows('DELETE FROM look WHERE payer_ref = $1', [payerRef]);
        await faces.raiseEpoch(tx, { payerRef, epochMin: faceEpoch });
        const erased = await faces.erase(tx, payerRef);
        await announceChange(tx, payerRef);
        return erased;
      }),
    );
    await gallery.catchUp();
    return { forgotten: true, templatesErased };
  }

  const sweep = (): Promise<void> => faces.erasePending(db, new Date(clock.nowMs() - pendingKeptMs));

  return { enrol, activate, forget, sweep };
}

// Forgetting a payer takes their open looks away; a newer look of the same enrolment takes this one away, so a capture
// that was still under way does not replace what the server holds to be the face.
async function refuseFallen(tx: Queries, { nonce, terms }: Look, payerRef: string): Promise<void> {
  const open = await tx.rows<{ nonce: string }>('SELECT nonce FROM look WHERE payer_ref = $1 AND subject_id = $2', [payerRef, terms.subjectId]);
  if (open.some((look) => look.nonce === nonce)) return;
  throw new ProblemError(open.length > 0 ? 'nonce_expired' : 'face_paused');
}
