// Who is this, among everybody enrolled? The error budget decides how much the answer may rest on the face alone.
import { asksDigits, decideRung, rungs } from '@sonrisa/face/decide.ts';
import type { ErrorCurve, Rung, RungDecision } from '@sonrisa/face/decide.ts';
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
import type { Regulars } from './regulars.ts';
import { createScoping } from './scoping.ts';
import type { SearchedScope } from './scoping.ts';

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
  readonly regulars: Regulars;
  readonly confirm: Confirm;
  readonly curve: ErrorCurve;
  readonly budget: number;
  readonly hideLastFour: (digits: string) => Buffer;
}

interface Found {
  readonly person: Confirmed;
  readonly decision: RungDecision;
  /** The scope they were found in, and the wider ones. */
  readonly scopes: readonly SearchedScope[];
}

export function createMatcher(deps: MatcherDeps): Matcher {
  const { gallery, looks, probes, receipts, regulars, curve, budget } = deps;
  const scopesOf = createScoping(deps);

  async function identify(input: { look: Look; embeddings: readonly Embedding[]; sighting: Sighting }): Promise<CaptureOutcome> {
    const { look, sighting } = input;
    await looks.countSearch(look);
    await gallery.catchUp();
    const probe = fuse(input.embeddings);
    let waits = false;
    try {
      const found = await searchScopes(probe, await scopesOf(look.terms));
      if (!found || !asksDigits(found.decision.kind)) return await answer({ look, sighting, found });
      // Digits look for the person in this scope first, then in the wider ones.
      const { untilMs } = probes.keep({ look, probe, scopes: found.scopes, sighting });
      waits = true;
      return { outcome: 'needs_digits', untilMs };
    } finally {
      if (!waits) probe.fill(0);
    }
  }

  // The narrowest scope in which somebody reaches a rung decides.
  async function searchScopes(probe: Embedding, scopes: readonly SearchedScope[]): Promise<Found | null> {
    for (const [i, { candidateCount, budget: share, among }] of scopes.entries()) {
      const [top1, top2] = await bestConfirmed(deps, { probe, ...(among ? { among } : {}) });
      if (!top1) continue;
      const scores = { top1Score: top1.score, top2Score: top2?.score ?? null, allowed: allowedFor(top1) };
      const decision = decideRung({ curve, candidateCount, budget: share, ...scores });
      if (decision.kind !== 'none') return { person: top1, decision, scopes: scopes.slice(i) };
    }
    return null;
  }

  async function answer({ look, sighting, found }: { look: Look; sighting: Sighting; found: Found | null }): Promise<CaptureOutcome> {
    const { kind: rung, threshold, bound, candidateCount } = found?.decision ?? { kind: 'none' };
    const scope = found?.scopes[0]?.scope;
    if (!found || !scope || rung === 'none' || !threshold || !bound || !candidateCount) return { outcome: 'not_recognised' };
    const { person } = found;
    const receipt = await receipts.issue({ look, person, grounds: { rung, threshold, bound, candidateCount, scope, budget, ...sighting } });
    if (look.terms.purpose === 'payment') await regulars.remember(look.terms, person.payerRef);
    return { outcome: 'identified', receipt, rung };
  }

  return { identify, digits: createDigitsMatcher(deps) };
}

// Relatives and people enrolled twice: no curve over strangers says how often their faces are mistaken.
function allowedFor(person: Confirmed): readonly Rung[] {
  return person.lookAlike ? rungs.filter((rung) => rung !== 'face') : rungs;
}
