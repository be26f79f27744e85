import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dlibTemplate, similarity } from './align.ts';
import type { Point } from './image.ts';

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });

describe('the similarity', () => {
  it('recovers any rotation, scale and shift from five points', () => {
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
  it('puts the eyes level and a third of the way down, with a margin of a quarter of the face', () => {
    const [leftOuter, , rightOuter, , nose] = dlibTemplate.points;
    expect(rightOuter[0]).toBeCloseTo(37.06, 2);
    expect(leftOuter[0]).toBeCloseTo(110.96, 2);
    expect(rightOuter[1]).toBeCloseTo(46.37, 2);
    expect(nose[0]).toBeCloseTo(74.01, 2);
  });
});
