// Activating a pending face, under the payer's lock and the gallery's: from here on searches find it. Whom it looks like
// is marked now, when it joins the gallery, and not before.
import { rungThresholds } from '@sonrisa/face/decide.ts';
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { Clock } from './adapters/system.ts';
import type { Queries } from './db/database.ts';
import type { Alike, Faces } from './faces.ts';
import { scoreRows } from './confirm.ts';
import { announceChange, lockGallery } from './gallery.ts';
import type { Gallery } from './gallery.ts';

const lookAlikesMax = 10;
/** How far the memory's scores may be beside the true ones: several times what int8 codes of 128 values were seen to be. */
const scoreErrorMax = 0.005;
/** The first few to enrol are judged as if there were this many: a likeness that is rare among five is not among twenty. */
const lookAlikePeopleMin = 20;

/** Whether the payer has a face of this epoch, active now. */
export type ActivateLocked = (tx: Queries, input: { payerRef: string; faceEpoch: number }) => Promise<boolean>;

export function createActivation(deps: { faces: Faces; gallery: Gallery; curve: ErrorCurve; clock: Clock }): ActivateLocked {
  const { faces, gallery, curve, clock } = deps;

  async function activateLocked(tx: Queries, { payerRef, faceEpoch: epoch }: { payerRef: string; faceEpoch: number }): Promise<boolean> {
    await faces.lockPayer(tx, payerRef);
    await lockGallery(tx);
    await gallery.catchUp();
    const at = new Date(clock.nowMs());
    const pending = await faces.openPending(tx, { payerRef, epoch });
    const active = await faces.activate(tx, { payerRef, epoch, at });
    if (!pending) return active;
    const others: Alike[] = [];
    for (const template of pending.templates) others.push(...(await lookAlikes(tx, template.reveal(), payerRef)));
    pending.templates.forEach((template) => template.wipe());
    await faces.markLookAlikes(tx, { payerRef, others, foundAt: at });
    await announceChange(tx, payerRef);
    return active;
  }

  // A score that a stranger among all these people reaches once in a thousand times is not a stranger's.
  async function lookAlikes(tx: Queries, template: Embedding, payerRef: string): Promise<Alike[]> {
    const { face } = rungThresholds({ curve, candidateCount: Math.max(lookAlikePeopleMin, gallery.peopleCount), budget: 1 });
    const scoreMin = face ?? curve.fmrPoints.at(-1)?.scoreMin ?? 1;
    const hits = await gallery.search(template, lookAlikesMax + 1);
    const near = hits.filter((hit) => hit.ref !== payerRef && hit.score >= scoreMin - scoreErrorMax).map((hit) => hit.ref);
    return scoreRows(await faces.open(tx, near), template).flatMap(({ payerRef: ref, score }) => (score >= scoreMin ? [{ payerRef: ref, score, scoreMin }] : []));
  }

  return activateLocked;
}
