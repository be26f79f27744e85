import { expect, it } from 'vitest';
import type { Point } from '../image.ts';
import { planarResidual } from './planar-fit.ts';

// A made-up face: points on a plane, a nose that stands out of it.
const flat: readonly Point[] = [[0, 0], [10, 0], [20, 1], [0, 12], [10, 11], [20, 12], [1, 24], [10, 25], [20, 23]];
const turned = (points: readonly Point[], depths: readonly number[], degrees: number): Point[] =>
  points.map(([x, y], i) => {
    const yaw = (degrees * Math.PI) / 180;
    const [across, away] = [(x - 10) * Math.cos(yaw) - (depths[i] ?? 0) * Math.sin(yaw), (x - 10) * Math.sin(yaw) + (depths[i] ?? 0) * Math.cos(yaw)];
    const scale = 100 / (100 + away);
    return [across * scale, (y - 12) * scale];
  });
const none = flat.map(() => 0);
const nose = flat.map((_, i) => (i === 4 ? -8 : 0));

it('a plane, however it is turned, leaves nothing over', () => {
  expect(planarResidual({ from: turned(flat, none, 25), to: flat })).toBeLessThan(1e-6);
});

it('a nose that stands out leaves more over the further it is turned', () => {
  const residual = (degrees: number) => planarResidual({ from: turned(flat, nose, degrees), to: turned(flat, nose, 0) });
  expect(residual(0)).toBeLessThan(1e-6);
  expect(residual(10)).toBeGreaterThan(0.2);
  expect(residual(20)).toBeGreaterThan(residual(10));
});

it('points that span no plane leave nothing over instead of breaking', () => {
  expect(planarResidual({ from: flat.map(() => [1, 1]), to: flat })).toBe(0);
});
