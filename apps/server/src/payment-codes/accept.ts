// Whether a code counts: pure. The phone's clock may be a little off, and it may have been offline for a minute.
import { codeStepOf } from '@sonrisa/protocol/payment-code.ts';

/** Steps of half a minute a code may be old, and ahead. */
export const stepsBack = 2;
export const stepsAhead = 1;
/** Wrong codes for one handle before its key is dead: 5 × 4 steps × 1e-8 is the chance that guessing pays. */
export const failuresMax = 5;

export type HeldKey = { readonly expiresAtMs: number; readonly failures: number; readonly lastStep: number };
export type CodeVerdict =
  | { readonly ok: true; readonly step: number }
  | { readonly ok: false; readonly code: 'payment_code_used'; readonly step: number }
  | { readonly ok: false; readonly code: 'payment_code_invalid'; readonly counts: boolean };

/** `digitsAt`: the one-time digits of this key in that half minute. */
export async function acceptCode(input: { key: HeldKey; otp: string; nowMs: number; digitsAt: (step: number) => Promise<string> }): Promise<CodeVerdict> {
  const { key, otp, nowMs, digitsAt } = input;
  if (key.expiresAtMs <= nowMs || key.failures >= failuresMax) return { ok: false, code: 'payment_code_invalid', counts: false };
  const now = codeStepOf(nowMs);
  for (let step = now + stepsAhead; step >= now - stepsBack; step -= 1) {
    if ((await digitsAt(step)) !== otp) continue;
    // Whoever shows a right code again has seen it: that is no guess.
    return step > key.lastStep ? { ok: true, step } : { ok: false, code: 'payment_code_used', step };
  }
  return { ok: false, code: 'payment_code_invalid', counts: true };
}
