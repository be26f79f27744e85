// Confirms candidates against the database: an index hit counts only if the row exists, opens under its owner and
// epoch, and scores by itself. So an erased face cannot pay, whatever a memory still holds.
import { cosine } from '@sonrisa/face/embed.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { Queries } from './db/database.ts';
import type { FaceRow, Faces } from './faces.ts';

export interface Confirmed {
  readonly payerRef: string;
  readonly epoch: number;
  readonly score: number;
  /** Somebody looks alike: marked, or told apart by an officer and not by this probe. */
  readonly lookAlike: boolean;
}

/** Those of `payerRefs` that stand, best first. */
export type Confirm = (probe: Embedding, payerRefs: readonly string[]) => Promise<Confirmed[]>;

/** `apartMin`: how far a probe has to be from whoever was told apart (packages/face/src/decide.ts). */
export function createConfirm({ db, faces, apartMin }: { db: Queries; faces: Faces; apartMin: number }): Confirm {
  return async (probe, payerRefs) => {
    const rows = await faces.open(db, payerRefs);
    const toldApart = new Map(rows.map((row) => [row.payerRef, row.toldApartFrom]));
    const people = scoreRows(rows, probe);
    // Also whoever is not among those that are searched, as in a shop where only one of the two is a regular.
    const known = new Set(payerRefs);
    const others = [...new Set([...toldApart.values()].flat())].filter((ref) => !known.has(ref));
    const beside = others.length === 0 ? [] : scoreRows(await faces.open(db, others), probe);
    const scores = new Map([...people, ...beside].map(({ payerRef, score }) => [payerRef, score]));
    const isBeside = ({ payerRef, score }: Confirmed) => (toldApart.get(payerRef) ?? []).some((ref) => score - (scores.get(ref) ?? -1) < apartMin);
    return people.map((person) => ({ ...person, lookAlike: person.lookAlike || isBeside(person) }));
  };
}

/** Scores opened rows and wipes them; best first. */
export function scoreRows(rows: readonly FaceRow[], probe: Embedding): Confirmed[] {
  const scored = rows.map(({ payerRef, epoch, lookAlike, templates }): Confirmed => {
    const score = Math.max(...templates.map((template) => cosine(probe, template.reveal())));
    templates.forEach((template) => template.wipe());
    return { payerRef, epoch, lookAlike, score };
  });
  return scored.sort((a, b) => b.score - a.score || (a.payerRef < b.payerRef ? -1 : 1));
}
