// Who is this, among everybody enrolled? The error budget decides how much the answer may rest on the face alone.
import { asksDigits, decideRung, rungs } from '@sonrisa/face/decide.ts';
import type { ErrorCurve, Rung } from '@sonrisa/face/decide.ts';
import { fuse } from '@sonrisa/face/embed.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { CaptureOutcome, DigitsOutcome } from '@sonrisa/protocol/vault-api.ts';
import { bestConfirmed } from './best-confirmed.ts';
import type { Confirm, Confirmed } from './confirm.ts';
import type { Database } from './db/database.ts';
import type { Faces } from './faces.ts';
import type { Gallery } from './gallery.ts';
import type { Receipts, Sighting } from './receipts.ts';
import type { Look, Looks } from './looks.ts';
import { createDigitsMatcher } from './match-digits.ts';
import type { Probes } from './probes.ts';

export interface Matcher {
  /** One search of one payment. `embeddings` stay the caller's to clear. */
  identify(input: { look: Look; embeddings: readonly Embedding[]; sighting: Sighting }): Promise<CaptureOutcome>;
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

export function createMatcher(deps: MatcherDeps): Matcher {
  const { gallery, looks, probes, receipts, curve, budget } = deps;

  async function identify(input: { look: Look; embeddings: readonly Embedding[]; sighting: Sighting }): Promise<CaptureOutcome> {
    const { look, sighting } = input;
    await looks.countSearch(look);
    await gallery.catchUp();
    const probe = fuse(input.embeddings);
    let waits = false;
    try {
      const { candidateCount, top1, decision } = await decide(probe);
      if (!decision || !asksDigits(decision.kind)) return await answer({ look, sighting, candidateCount, top1, decision });
      const { untilMs } = probes.keep({ look, probe, candidateCount, sighting });
      waits = true;
      return { outcome: 'needs_digits', untilMs };
    } finally {
      if (!waits) probe.fill(0);
    }
  }

  async function decide(probe: Embedding) {
    const candidateCount = gallery.peopleCount;
    const [top1, top2] = await bestConfirmed(deps, { probe });
    const scores = top1 && { top1Score: top1.score, top2Score: top2?.score ?? null, allowed: allowedFor(top1) };
    return { candidateCount, top1, decision: scores && decideRung({ curve, candidateCount, budget, ...scores }) };
  }

  async function answer(input: { look: Look; sighting: Sighting } & Awaited<ReturnType<typeof decide>>): Promise<CaptureOutcome> {
    const { look, sighting, candidateCount, top1, decision } = input;
    if (!top1 || !decision || decision.kind === 'none' || decision.threshold === null || decision.bound === null) {
      return { outcome: 'not_recognised' };
    }
    const { kind: rung, threshold, bound } = decision;
    const receipt = await receipts.issue({ look, person: top1, grounds: { rung, threshold, bound, candidateCount, budget, ...sighting } });
    return { outcome: 'identified', receipt, rung };
  }

  return { identify, digits: createDigitsMatcher(deps) };
}

// Relatives and people enrolled twice: no curve over strangers says how often their faces are mistaken.
function allowedFor(person: Confirmed): readonly Rung[] {
  return person.lookAlike ? rungs.filter((rung) => rung !== 'face') : rungs;
}
