import { expect, it } from 'vitest';
import { createSeeded } from './seeded.ts';

const drawn = (seed: number, name: string) => {
  const random = createSeeded(seed).fork(name);
  return Array.from({ length: 1000 }, () => random.int(1000));
};

it('a seed replays, another seed or another stream is another plan', () => {
  expect(drawn(7, 'kills')).toEqual(drawn(7, 'kills'));
  expect(drawn(7, 'kills')).not.toEqual(drawn(8, 'kills'));
  expect(drawn(7, 'kills')).not.toEqual(drawn(7, 'kilns'));
});

it('is spread over its range', () => {
  const tenths = new Set(drawn(1, 'spread').map((value) => Math.floor(value / 10)));
  expect(tenths.size).toBe(100);
});
