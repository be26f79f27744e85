// What one match claims, in a sentence for people: how rarely another person would have passed, among how many, and what it took.
import type { ReceiptClaims, Rung } from './receipt.ts';

/** "at most 1 in 2.3 million at 1,204 people: threshold 0.943, face + PIN" */
export function decisionSentence(claims: Pick<ReceiptClaims, 'bound' | 'candidateCount' | 'scope' | 'threshold' | 'rung'>): string {
  const { bound, candidateCount, scope = 'all', threshold, rung } = claims;
  return `at most ${oneIn(bound)} at ${candidateCount.toLocaleString('en')} ${scopeWords[scope]}: threshold ${threshold.toFixed(3)}, ${rungWords[rung]}`;
}

const scopeWords = { store: 'regulars of the store', district: "regulars of the merchant's stores", all: 'people' } as const;

const rungWords: Record<Rung, string> = { face: 'face alone', face_digits: 'face + digits', face_pin: 'face + PIN', face_digits_pin: 'face + digits + PIN' };

function oneIn(chance: number): string {
  const every = 1 / chance;
  // Rounded down: the sentence must not claim more than the bound.
  const tenths = (unit: number): string => (Math.floor((every / unit) * 10) / 10).toFixed(1);
  if (every >= 1e9) return `1 in ${tenths(1e9)} billion`;
  if (every >= 1e6) return `1 in ${tenths(1e6)} million`;
  return `1 in ${Math.floor(every).toLocaleString('en')}`;
}
