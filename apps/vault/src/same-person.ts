// Whether a probe is one particular payer, by the rule of a verification; for whoever needs a yes or no and no receipt.
import { decideRung } from '@sonrisa/face/decide.ts';
import type { ErrorCurve } from '@sonrisa/face/decide.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { Confirm } from './confirm.ts';
import { verificationBudget } from './verify.ts';

/** `probe` stays the caller's to clear. False where no active face of this payer can be compared. */
export type SamePerson = (probe: Embedding, payerRef: string) => Promise<boolean>;

export function createSamePerson({ confirm, curve }: { confirm: Confirm; curve: ErrorCurve }): SamePerson {
  return async (probe, payerRef) => {
    const [person] = await confirm(probe, [payerRef]);
    if (!person) return false;
    return decideRung({ curve, candidateCount: 1, budget: verificationBudget, top1Score: person.score, top2Score: null, allowed: ['face'] }).kind !== 'none';
  };
}
