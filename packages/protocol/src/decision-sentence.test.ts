import { describe, expect, it } from 'vitest';
import { decisionSentence } from './decision-sentence.ts';

describe('the sentence about a decision', () => {
  it.each([
    [{ bound: 1 / 2.3999e6, candidateCount: 1204, threshold: 0.9431, rung: 'face_pin' as const }, 'at most 1 in 2.3 million at 1,204 people: threshold 0.943, face + PIN'],
    [{ bound: 1.001e-9, candidateCount: 1, threshold: 0.5, rung: 'face_digits_pin' as const }, 'at most 1 in 999.0 million at 1 people: threshold 0.500, face + digits + PIN'],
    [{ bound: 1e-12, candidateCount: 9, threshold: 0.5, rung: 'face_digits' as const }, 'at most 1 in 1000.0 billion at 9 people: threshold 0.500, face + digits'],
    [{ bound: 1e-6, candidateCount: 40, scope: 'store' as const, threshold: 0.95, rung: 'face' as const }, 'at most 1 in 1.0 million at 40 regulars of the store: threshold 0.950, face alone'],
    [{ bound: 2.01e-4, candidateCount: 22, threshold: 0.96, rung: 'face' as const }, 'at most 1 in 4,975 at 22 people: threshold 0.960, face alone'],
  ])('names rarity (never more than the bound), people, threshold and rung: %j', (claims, sentence) => {
    expect(decisionSentence(claims)).toBe(sentence);
  });
});
