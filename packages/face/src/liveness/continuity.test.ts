// A frame of another recording among those of one, seen by what is behind the head, also where the head hides most of it.
import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../calibrate/seeded-random.ts';
import { continuityOf } from './continuity.ts';
import { cellColumns, cellRows } from './evidence.ts';
import { livenessLimits } from './judge.ts';

const cellCount = cellColumns * cellRows;

// One picture a seed, in a little noise; `visible` of its cells lie beside the head.
function frameOf({ picture, visible, noise }: { picture: number; visible: number; noise: number }) {
  const [light, unrest] = [createSeededRandom(picture), createSeededRandom(noise)];
  const points = Float32Array.from({ length: 468 * 3 }, (_, i) => (i % 3 === 2 ? 0 : 100 + ((i * 37) % 120)) + unrest());
  const cells = Float32Array.from({ length: cellCount }, () => 30 + 180 * light() + 2 * unrest());
  return { points, cells, beside: Uint8Array.from({ length: cellCount }, (_, i) => (i < visible ? 1 : 0)) };
}

describe.each([
  ['much of it is seen', 100],
  ['a column of it is seen', 12],
  ['the head hides all of it', 0],
])('what is behind, when %s', (_, visible) => {
  it('stays within one recording', () => {
    const frames = [1, 2, 3, 4].map((noise) => frameOf({ picture: 5, visible, noise }));
    expect(continuityOf(frames).backdrop).toBeLessThan(livenessLimits.backdropMax / 4);
  });

  it('gives one frame of another recording away', () => {
    const frames = [1, 2, 3, 4].map((noise) => frameOf({ picture: noise === 3 ? 6 : 5, visible, noise }));
    expect(continuityOf(frames).backdrop).toBeGreaterThan(livenessLimits.backdropMax * 2);
  });
});
