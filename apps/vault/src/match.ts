// Who is this, among everybody enrolled? The error budget decides how much the answer may rest on the face alone.
import { decideRung, digitsThreshold, falsePositiveBound, marginMin, rungMultipliers, rungs } from '@sonrisa/face/decide.ts';
import type { ErrorCurve, Rung } from '@sonrisa/face/decide.ts';
import { fuse } from '@sonrisa/face/embed.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { CaptureOutcome, DigitsOutcome } from '@sonrisa/protocol/vault-api.ts';
import type { Confirm, Confirmed } from './confirm.ts';
import type { Database } from './db/database.ts';
import type { Faces } from './faces.ts';
import type { Gallery } from './gallery.ts';
import type { Scene } from './gate.ts';
import type { Look, Looks } from './looks.ts';
import type { Probes } from './probes.ts';
import type { Receipts } from './receipts.ts';

export interface Matcher {
  /** One search of one payment. `embeddings` stay the caller's to clear. */
  identify(input: { look: Look; embeddings: readonly Embedding[]; scene: Scene }): Promise<CaptureOutcome>;
  /** Throws ProblemError `digits_window_closed`. */
  digits(input: { nonce: string; digits: string }): Promise<DigitsOutcome>;
}

export interface MatcherDeps {
  readonly db: Database;
  readonly faces: Faces;
  readonly gallery: Gallery;
  readonly looks: Looks;
  readonly probes: Probes;
  readonly receipts: Receipts;
  readonly confirm: Confirm;
  readonly curve: ErrorCurve;
  readonly budget: number;
  readonly hideLastFour: (digits: string) => Buffer;
}

// Two would do; more stand ready for hits whose row has gone.
const hitsConfirmedMax = 5;

export function createMatcher(deps: MatcherDeps): Matcher {
  const { gallery, looks, probes, receipts, confirm, curve, budget } = deps;

  async function identify(input: { look: Look; embeddings: readonly Embedding[]; scene: Scene }): Promise<CaptureOutcome> {
    const { look, scene } = input;
    await looks.countSearch(look);
    await gallery.catchUp();
    const probe = fuse(input.embeddings);
    let waits = false;
    try {
      const { candidateCount, top1, decision } = await decide(probe);
      if (decision?.kind !== 'face_digits') return await answer({ look, scene, candidateCount, top1, decision });
      const { untilMs } = probes.keep({ look, probe, candidateCount, scene });
      waits = true;
      return { outcome: 'needs_digits', untilMs };
    } finally {
      if (!waits) probe.fill(0);
    }
  }

  async function decide(probe: Embedding) {
    const candidateCount = gallery.peopleCount;
    const [top1, top2] = await bestConfirmed(probe);
    const scores = top1 && { top1Score: top1.score, top2Score: top2?.score ?? null, allowed: allowedFor(top1) };
    return { candidateCount, top1, decision: scores && decideRung({ curve, candidateCount, budget, ...scores }) };
  }

  async function answer(input: { look: Look; scene: Scene } & Awaited<ReturnType<typeof decide>>): Promise<CaptureOutcome> {
    const { look, scene, candidateCount, top1, decision } = input;
    if (!top1 || !decision || decision.kind === 'none' || decision.threshold === null || decision.bound === null) {
      return { outcome: 'not_recognised' };
    }
    const { kind: rung, threshold, bound } = decision;
    const receipt = await receipts.issue({ look, person: top1, grounds: { rung, threshold, bound, candidateCount, budget, scene } });
    return { outcome: 'identified', receipt, rung };
  }

  async function digits(input: { nonce: string; digits: string }): Promise<DigitsOutcome> {
    const { nonce } = input;
    const attempt = probes.takeTry(nonce);
    if (!attempt) throw new ProblemError('digits_window_closed');
    const { look, candidateCount, scene } = attempt.waiting;
    const match = await amongThoseWithDigits(attempt, input.digits);
    if (!match) {
      if (attempt.triesLeft === 0) probes.drop(nonce);
      return { outcome: 'digits_wrong', triesLeft: attempt.triesLeft };
    }
    // Only the first of parallel right answers gets a receipt.
    if (!probes.drop(nonce)) throw new ProblemError('digits_window_closed');
    const { person, threshold, bound } = match;
    const grounds = { rung: 'face_digits', threshold, bound, candidateCount, budget, scene } as const;
    return { outcome: 'identified', receipt: await receipts.issue({ look, person, grounds }), rung: 'face_digits' };
  }

  async function amongThoseWithDigits(attempt: NonNullable<ReturnType<Probes['takeTry']>>, typed: string) {
    const { probe, candidateCount } = attempt.waiting;
    await gallery.catchUp();
    const among = new Set(await deps.faces.withLastFour(deps.db, deps.hideLastFour(typed)));
    const matchingCount = Math.max(1, among.size);
    const threshold = digitsThreshold({ curve, candidateCount, budget, matchingCount });
    const [top1, top2] = await bestConfirmed(probe, among);
    if (!top1 || threshold === null || top1.score < threshold) return undefined;
    if (top2 && top1.score - top2.score < marginMin) return undefined;
    const selectivity = Math.min(1, rungMultipliers.face_digits * matchingCount);
    return { person: top1, threshold, bound: falsePositiveBound({ curve, candidateCount, score: threshold }) * selectivity };
  }

  async function bestConfirmed(probe: Embedding, among?: ReadonlySet<string>): Promise<Confirmed[]> {
    const hits = gallery.search(probe, hitsConfirmedMax, among);
    return hits.length === 0 ? [] : confirm(probe, hits.map((hit) => hit.ref));
  }

  return { identify, digits };
}

// Relatives and people enrolled twice: no curve over strangers says how often their faces are mistaken.
function allowedFor(person: Confirmed): readonly Rung[] {
  return person.lookAlike ? rungs.filter((rung) => rung !== 'face') : rungs;
}
