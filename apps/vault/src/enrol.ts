// Enrolling and forgetting a face: the only two ways the gallery changes. Both hold the payer's lock and the
// gallery's, so neither can overtake the other and no twin enrols unseen at the same moment.
import { rungThresholds } from '@sonrisa/face/decide.ts';
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import { fuse } from '@sonrisa/face/embed.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { CaptureOutcome, Forgotten } from '@sonrisa/protocol/vault-api.ts';
import type { Clock } from './adapters/system.ts';
import type { Database, Queries } from './db/database.ts';
import type { Faces } from './faces.ts';
import { announceChange, lockGallery } from './gallery.ts';
import type { Gallery } from './gallery.ts';
import type { Look, LookTerms } from './looks.ts';
import { SecretTemplate } from './secret-template.ts';

export interface Enroller {
  /** Replaces what was kept of this payer. Throws ProblemError `face_paused` if it was forgotten meanwhile. */
  enrol(input: { look: Look; terms: EnrolmentTerms; embeddings: readonly Embedding[] }): Promise<CaptureOutcome>;
  /**
   * Erases the payer's templates from database and memory before it answers, and lets nothing below `faceEpoch`, nor
   * any look taken before, enrol them again. `faceEpoch` is the payer's epoch after the change that erases.
   */
  forget(input: { payerRef: string; faceEpoch: number }): Promise<Forgotten>;
}

export type EnrolmentTerms = Extract<LookTerms, { purpose: 'enrolment' }>;

const lookAlikesMax = 10;
/** The first few to enrol are judged as if there were this many: a likeness that is rare among five is not among twenty. */
const lookAlikePeopleMin = 20;

export function createEnroller(deps: { db: Database; faces: Faces; gallery: Gallery; curve: ErrorCurve; clock: Clock }): Enroller {
  const { db, faces, gallery, curve, clock } = deps;
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
    if (epoch < epochMin || !(await lookStands(tx, input.look))) throw new ProblemError('face_paused');
    await lockGallery(tx);
    await gallery.catchUp();
    const others = lookAlikes(input.template.reveal(), payerRef);
    const at = new Date(clock.nowMs());
    const lastFourHmac = Buffer.from(lastFourHmacHex, 'hex');
    await faces.replace(tx, { payerRef, epoch, lastFourHmac, enrolledAt: at, templates: [input.template] });
    await faces.raiseEpoch(tx, { payerRef, epochMin: epoch });
    await faces.markLookAlikes(tx, { payerRef, others, foundAt: at });
    await announceChange(tx, payerRef);
  }

  // A score that a stranger among all these people reaches once in a thousand times is not a stranger's.
  function lookAlikes(template: Embedding, payerRef: string): string[] {
    const { face } = rungThresholds({ curve, candidateCount: Math.max(lookAlikePeopleMin, gallery.peopleCount), budget: 1 });
    const scoreMin = face ?? curve.fmrPoints.at(-1)?.scoreMin ?? 1;
    const hits = gallery.search(template, lookAlikesMax + 1);
    return hits.filter((hit) => hit.ref !== payerRef && hit.score >= scoreMin).map((hit) => hit.ref);
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

  return { enrol, forget };
}

// Forgetting a payer takes their open looks away.
async function lookStands(tx: Queries, look: Look): Promise<boolean> {
  return (await tx.rows('SELECT 1 FROM look WHERE nonce = $1', [look.nonce])).length > 0;
}
