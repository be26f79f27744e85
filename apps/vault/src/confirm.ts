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
  readonly lookAlike: boolean;
}

/** Those of `payerRefs` that stand, best first. */
export type Confirm = (probe: Embedding, payerRefs: readonly string[]) => Promise<Confirmed[]>;

export function createConfirm(deps: { db: Queries; faces: Faces }): Confirm {
  return async (probe, payerRefs) => scoreRows(await deps.faces.open(deps.db, payerRefs), probe);
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
