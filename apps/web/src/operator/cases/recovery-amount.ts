// How much is to be recovered, as an officer types it, and what is left then.
import { minorOf } from '../../ui/minor-of.ts';

/** `none`: no amount, nothing, or finer than the currency. */
export type RecoveryAmount = { readonly ok: true; readonly amountMinor: string; readonly restMinor: string } | { readonly ok: false; readonly why: 'none' | 'too_much' };

export function recoveryAmount({ typed, outstandingMinor, currency }: { typed: string; outstandingMinor: string; currency: string }): RecoveryAmount {
  const amountMinor = minorOf(typed, currency);
  if (amountMinor === null || amountMinor === '0') return { ok: false, why: 'none' };
  const restMinor = BigInt(outstandingMinor) - BigInt(amountMinor);
  return restMinor < 0n ? { ok: false, why: 'too_much' } : { ok: true, amountMinor, restMinor: String(restMinor) };
}
