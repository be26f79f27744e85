import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dlibTemplate, similarity } from './align.ts';
import { distance } from './image.ts';
import type { Point } from './image.ts';

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });

describe('the similarity', () => {
  it('recovers any rotation, scale and shift', () => {
    const turn = fc.record({
      angle: fc.double({ min: -3, max: 3, noNaN: true }),
      scale: fc.double({ min: 0.1, max: 10, noNaN: true }),
      x: coordinate,
      y: coordinate,
    });
    fc.assert(
      fc.property(turn, ({ angle, scale, x, y }) => {
        const cos = Math.cos(angle) * scale;
        const sin = Math.sin(angle) * scale;
        const to = dlibTemplate.points.map(([u, v]): Point => [cos * u - sin * v + x, sin * u + cos * v + y]);
        const found = similarity({ from: dlibTemplate.points, to });
        [cos, -sin, x, sin, cos, y].forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
      }),
    );
  });

  it('goes by a point as much as it weighs', () => {
    const from: Point[] = [[0, 0], [10, 0], [0, 10], [10, 10]];
    const to: Point[] = [[0, 0], [10, 0], [0, 10], [14, 14]];
    const missedBy = (weights: number[]): number => {
      const [a, b, c, d, e, f] = similarity({ from, to, weights });
      return Math.hypot(a * 10 + b * 10 + c - 14, d * 10 + e * 10 + f - 14);
    };
    expect(missedBy([1, 1, 1, 0])).toBeCloseTo(Math.hypot(4, 4), 9);
    expect(missedBy([1, 1, 1, 1])).toBeGreaterThan(missedBy([1, 1, 1, 5]));
    expect(missedBy([2, 2, 2, 2])).toBeCloseTo(missedBy([1, 1, 1, 1]), 9);
  });

  it('spreads an error over all points instead of trusting one', () => {
    const from: Point[] = [[0, 0], [10, 0], [0, 10], [10, 10]];
    const to: Point[] = [[0, 0], [10, 0], [0, 10], [14, 14]];
    const [a, b, c, d, e, f] = similarity({ from, to });
    const errorOf = ([x, y]: Point, [u, v]: Point): number => Math.hypot(a * x + b * y + c - u, d * x + e * y + f - v);
    const errors = from.map((point, i) => errorOf(point, to[i]));
    expect(Math.max(...errors)).toBeLessThan(4);
    expect(errors.filter((error) => error > 0.1).length).toBeGreaterThanOrEqual(3);
  });
});

describe("dlib's chip", () => {
  // dlib's get_face_chip_details for five points, in the 100 px inside the margin of 25.
  const dlibFive: readonly (readonly [meshIndex: number, place: Point])[] = [
    [263, [85.96, 21.35]], [362, [64.61, 22.9]], [33, [12.06, 21.37]], [133, [33.41, 22.91]], [2, [49.01, 62.78]],
  ];

  it('has a mean face that lies where dlib wants its five points', () => {
    const [from, to] = [dlibFive.map(([index]) => dlibTemplate.points[index]), dlibFive.map(([, [x, y]]): Point => [x + 25, y + 25])];
    similarity({ from, to }).forEach((value, i) => expect(Math.abs(value - [1, 0, 0, 0, 1, 0][i])).toBeLessThan(0.02));
    for (const [i, point] of from.entries()) expect(distance(point, to[i])).toBeLessThan(1.5);
  });

  it('has the same face in a mirror: every point has a twin on the other side that weighs much the same', () => {
    const { points, weights = [] } = dlibTemplate;
    const middle = points[2][0];
    points.forEach(([x, y], index) => {
      const away = points.map((other) => distance(other, [2 * middle - x, y]));
      const twin = away.indexOf(Math.min(...away));
      expect(away[twin], `point ${index}`).toBeLessThan(1);
      expect(weights[twin] / weights[index]).toBeGreaterThan(0.5);
    });
  });

  it('moves by less than a tenth of what one point is wrong by', () => {
    const { points: from, weights } = dlibTemplate;
    for (const [index] of dlibFive) {
      const to = from.map(([x, y], at): Point => (at === index ? [x + 10, y] : [x, y]));
      const [a, b, c] = similarity({ from, to, weights });
      expect(Math.abs(a * 75 + b * 75 + c - 75)).toBeLessThan(1);
      expect(Math.abs(a - 1)).toBeLessThan(0.01);
    }
  });
});
