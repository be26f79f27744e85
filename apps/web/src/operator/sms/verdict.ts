// Whether somebody has to do something about text messages; the first that fits.
import type { SmsState } from '@sonrisa/protocol/back-office-api.ts';

export type Verdict = 'none' | 'down' | 'spent' | 'nearly_spent' | 'strangers_out' | 'low' | 'failing' | 'resting' | 'good';

const nearlyShare = 0.9;
/** So many of those that were settled went wrong. */
const failingShare = 0.2;
const failingMin = 5;

export function verdictOf({ providers, budget, guard, messages }: SmsState): Verdict {
  if (providers.length === 0) return 'none';
  if (providers.every(({ up }) => !up)) return 'down';
  const used = Math.max(budget.hour.sent / budget.hour.max, budget.day.sent / budget.day.max);
  if (used >= 1) return 'spent';
  if (used >= nearlyShare) return 'nearly_spent';
  if (guard.watch === 'spent') return 'strangers_out';
  if (guard.watch === 'low') return 'low';
  const wrong = messages.failed + messages.unclear + messages.undelivered;
  if (wrong >= failingMin && wrong >= failingShare * (messages.sent + messages.failed + messages.unclear)) return 'failing';
  return providers.some(({ up }) => !up) ? 'resting' : 'good';
}
