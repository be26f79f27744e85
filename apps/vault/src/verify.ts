// Is this the person they say they are? One face against one payer's templates.
import { decideRung } from '@sonrisa/face/decide.ts';
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import { fuse } from '@sonrisa/face/embed.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { CaptureOutcome, FaceState } from '@sonrisa/protocol/vault-api.ts';
import type { Confirm } from './confirm.ts';
import type { Receipts, Sighting } from './receipts.ts';
import type { Look, Looks } from './looks.ts';

/**
 * Of three looks. Somebody who claims to be a payer has shown something else already (their phone, staff), so this is
 * a check of FMR at most 1 in 10,000 a look (NIST SP 800-63B-4), not the budget of a search among everybody.
 */
export const verificationBudget = 3e-4;

export type Verify = (input: { look: Look; payerRef: string; embeddings: readonly Embedding[]; sighting: Sighting }) => Promise<CaptureOutcome>;

export function createVerify(deps: { looks: Looks; receipts: Receipts; confirm: Confirm; curve: ErrorCurve; faceState: (payerRef: string) => Promise<FaceState> }): Verify {
  const { looks, receipts, confirm, curve, faceState } = deps;

  return async ({ look, payerRef, embeddings, sighting }) => {
    await looks.countSearch(look);
    const probe = fuse(embeddings);
    const [person] = await confirm(probe, [payerRef]).finally(() => probe.fill(0));
    if (!person && (await faceState(payerRef)).state === 'other_pack') throw new ProblemError('face_needs_new_look');
    const one = { curve, candidateCount: 1, budget: verificationBudget, top2Score: null, allowed: ['face'] } as const;
    const decision = person && decideRung({ ...one, top1Score: person.score });
    if (!person || !decision || decision.kind === 'none' || decision.threshold === null || decision.bound === null) {
      return { outcome: 'not_verified' };
    }
    const { kind: rung, threshold, bound, candidateCount } = decision;
    const grounds = { rung, threshold, bound, candidateCount, budget: verificationBudget, ...sighting };
    return { outcome: 'verified', receipt: await receipts.issue({ look, person, grounds }) };
  };
}
