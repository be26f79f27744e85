import { expect, it } from 'vitest';
import { createIds } from './ids.ts';
import { systemRandom } from './random.ts';

it('ids made in order sort by the time they were made, and differ within a millisecond', () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const ids = createIds({ random: systemRandom, nowMs: () => nowMs });
  const made: string[] = [];
  for (const laterMs of [0, 0, 1, 255, 65_536, 4_294_967_296]) {
    nowMs += laterMs;
    made.push(ids.makeInOrder('transfer'));
  }
  expect(made.every((id) => /^trf_[0-9a-f]{32}$/.test(id))).toBe(true);
  expect(new Set(made).size).toBe(made.length);
  const later = made.slice(1);
  expect([...later].sort()).toEqual(later);
});
