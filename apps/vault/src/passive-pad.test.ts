import { expect, test } from 'vitest';
import { judgePassive, padScoreOf } from './passive-pad.ts';

const rule = { scoreMin: 0.5 };

test.each([
  [0.9, rule, 'passed'],
  [0.5, rule, 'passed'],
  [0.49, rule, 'refused'],
  // Nets that should have spoken and did not: no reason to believe in a person.
  [null, rule, 'refused'],
  [null, null, 'not_measured'],
  [0.1, null, 'not_measured'],
] as const)('a score of %s under %o is %s', (score, given, kind) => {
  expect(judgePassive(score, given).kind).toBe(kind);
});

test('a capture scores as its frames do on average; frames of a pack without nets have no score', () => {
  const frames = [0.99, 0.03, 0.03].map((padScore, frameIndex) => ({ frameIndex, padScore, embedding: new Float32Array(2) }));
  expect(padScoreOf(frames)).toBeCloseTo(0.35, 6);
  expect(padScoreOf(frames.map((frame) => ({ ...frame, padScore: null })))).toBeNull();
  expect(padScoreOf([])).toBeNull();
});
