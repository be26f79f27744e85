// The rung that asks for digits: the probe that waited is compared again, with the people whose last four digits fit.
import { decideDigits } from '@sonrisa/face/decide.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { DigitsOutcome } from '@sonrisa/protocol/vault-api.ts';
import { bestConfirmed } from './best-confirmed.ts';
import type { Matcher, MatcherDeps } from './match.ts';
import type { Probes } from './probes.ts';

export function createDigitsMatcher(deps: MatcherDeps): Matcher['digits'] {
  const { db, faces, gallery, probes, receipts, regulars, curve, budget, hideLastFour } = deps;

  async function digits(input: { nonce: string; digits: string }): Promise<DigitsOutcome> {
    const { nonce } = input;
    const attempt = probes.takeTry(nonce);
    if (!attempt) throw new ProblemError('digits_window_closed');
    const { look, sighting } = attempt.waiting;
    const match = await amongThoseWithDigits(attempt, input.digits);
    if (!match) {
      if (attempt.triesLeft === 0) probes.drop(nonce);
      return { outcome: 'digits_wrong', triesLeft: attempt.triesLeft };
    }
    // Only the first of parallel right answers gets a receipt.
    if (!probes.drop(nonce)) throw new ProblemError('digits_window_closed');
    const { person, rung, threshold, bound, candidateCount, scope } = match;
    const grounds = { rung, threshold, bound, candidateCount, scope, budget, ...sighting };
    const receipt = await receipts.issue({ look, person, grounds });
    if (look.terms.purpose === 'payment') await regulars.remember(look.terms, person.payerRef);
    return { outcome: 'identified', receipt, rung };
  }

  async function amongThoseWithDigits(attempt: NonNullable<ReturnType<Probes['takeTry']>>, typed: string) {
    const { probe, scopes } = attempt.waiting;
    await gallery.catchUp();
    const withDigits = await faces.withLastFour(db, hideLastFour(typed));
    for (const { scope, candidateCount, budget: share, among: inScope } of scopes) {
      const among = new Set(withDigits.filter((ref) => inScope?.has(ref) ?? true));
      const [top1, top2] = await bestConfirmed(deps, { probe, among });
      const scores = top1 && { top1Score: top1.score, top2Score: top2?.score ?? null };
      const decision = scores && decideDigits({ curve, candidateCount, budget: share, matchingCount: among.size, ...scores });
      if (decision) return { person: top1, scope, candidateCount, ...decision };
    }
    return undefined;
  }

  return digits;
}
