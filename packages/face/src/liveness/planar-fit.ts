// How far the face's points moved otherwise than a flat picture could have moved them. Every view of a plane follows
// from every other by a homography (Hartley and Zisserman, "Multiple View Geometry", section 2.3); what is left over
// after the best one is depth.
import type { Point } from '../image.ts';

const unknowns = 8;

/** Root mean square, in the unit of `to`, of what the best homography leaves over. At least 5 pairs. */
export function planarResidual(options: { readonly from: readonly Point[]; readonly to: readonly Point[] }): number {
  const from = normalised(options.from);
  const to = normalised(options.to);
  const h = bestHomography(from.points, to.points);
  if (!h) return 0;
  let sum = 0;
  for (let i = 0; i < from.points.length; i++) {
    const [x, y] = from.points[i];
    const w = h[6] * x + h[7] * y + 1;
    const dx = (h[0] * x + h[1] * y + h[2]) / w - to.points[i][0];
    const dy = (h[3] * x + h[4] * y + h[5]) / w - to.points[i][1];
    sum += dx * dx + dy * dy;
  }
  return Math.sqrt(sum / from.points.length) * to.spread;
}

// Centred and scaled, so that the equations below are well conditioned (Hartley 1997).
function normalised(points: readonly Point[]): { points: Point[]; spread: number } {
  const [x, y] = [mean(points.map((point) => point[0])), mean(points.map((point) => point[1]))];
  const spread = Math.sqrt(mean(points.map((point) => (point[0] - x) ** 2 + (point[1] - y) ** 2))) || 1;
  return { points: points.map((point): Point => [(point[0] - x) / spread, (point[1] - y) / spread]), spread };
}

// Least squares of the linear equations: each pair gives two rows of [h0 … h7], the ninth being 1.
function bestHomography(from: readonly Point[], to: readonly Point[]): Float64Array | null {
  const normal = new Float64Array(unknowns * (unknowns + 1));
  const add = (row: readonly number[], value: number): void => {
    for (let i = 0; i < unknowns; i++) {
      for (let j = 0; j < unknowns; j++) normal[i * (unknowns + 1) + j] += row[i] * row[j];
      normal[i * (unknowns + 1) + unknowns] += row[i] * value;
    }
  };
  for (let i = 0; i < from.length; i++) {
    const [x, y] = from[i];
    const [u, v] = to[i];
    add([x, y, 1, 0, 0, 0, -u * x, -u * y], u);
    add([0, 0, 0, x, y, 1, -v * x, -v * y], v);
  }
  return solve(normal);
}

// Gauss with the largest pivot; null when the points do not span a plane.
function solve(rows: Float64Array): Float64Array | null {
  const width = unknowns + 1;
  for (let column = 0; column < unknowns; column++) {
    let pivot = column;
    for (let row = column + 1; row < unknowns; row++) {
      if (Math.abs(rows[row * width + column]) > Math.abs(rows[pivot * width + column])) pivot = row;
    }
    const head = rows[pivot * width + column];
    if (Math.abs(head) < 1e-12) return null;
    for (let k = 0; k < width; k++) {
      const kept = rows[column * width + k];
      rows[column * width + k] = rows[pivot * width + k] / head;
      if (pivot !== column) rows[pivot * width + k] = kept;
    }
    for (let row = 0; row < unknowns; row++) {
      if (row === column) continue;
      const factor = rows[row * width + column];
      for (let k = column; k < width; k++) rows[row * width + k] -= factor * rows[column * width + k];
    }
  }
  return Float64Array.from({ length: unknowns }, (_, i) => rows[i * width + unknowns]);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
