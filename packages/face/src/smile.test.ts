import { describe, expect, it } from 'vitest';
import { measureSmile } from './smile.ts';

// Eyes 100 apart; a mouth of the given width whose corners lie `lift` above its middle, all turned by `roll`.
function meshOf({ width, lift, roll = 0 }: { width: number; lift: number; roll?: number }) {
  const points = new Float32Array(468 * 3);
  const put = (index: number, x: number, y: number): void => {
    points[index * 3] = 200 + x * Math.cos(roll) - y * Math.sin(roll);
    points[index * 3 + 1] = 200 + x * Math.sin(roll) + y * Math.cos(roll);
  };
  for (const [index, x] of [[33, -50], [133, -50], [362, 50], [263, 50]]) put(index, x, 0);
  put(61, -width / 2, 100 - lift);
  put(291, width / 2, 100 - lift);
  put(13, 0, 95);
  put(14, 0, 105);
  return { points, presence: 1 };
}

describe('measureSmile', () => {
  it('is none for a neutral mouth, full for a broad one, and half for width alone', () => {
    expect(measureSmile(meshOf({ width: 75, lift: 0 })).score).toBeCloseTo(0, 5);
    expect(measureSmile(meshOf({ width: 110, lift: 20 })).score).toBe(1);
    expect(measureSmile(meshOf({ width: 110, lift: 0 })).score).toBeCloseTo(0.5, 5);
    expect(measureSmile(meshOf({ width: 75, lift: -20 })).score).toBe(0);
  });

  it('does not depend on how the head leans', () => {
    const upright = measureSmile(meshOf({ width: 92, lift: 8 }));
    for (const roll of [-0.8, 0.5, 3]) {
      const leaning = measureSmile(meshOf({ width: 92, lift: 8, roll }));
      expect(leaning.score).toBeCloseTo(upright.score, 4);
      expect(leaning.cornerLiftRatio).toBeCloseTo(8 / 92, 4);
    }
  });
});
