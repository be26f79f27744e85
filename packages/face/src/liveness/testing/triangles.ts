// Delaunay triangles over points (Bowyer 1981, Watson 1981), for warping a photo by its mesh in tests.
import type { Point } from '../../image.ts';

export type Triangle = readonly [a: number, b: number, c: number];

interface Circled {
  readonly corners: Triangle;
  readonly x: number;
  readonly y: number;
  readonly squared: number;
}

export function delaunay(points: readonly Point[]): Triangle[] {
  const far = 1e5;
  const count = points.length;
  const all: Point[] = [...points, [-far, -far], [far, -far], [0, far]];
  let triangles: Circled[] = [circled(all, [count, count + 1, count + 2])];
  for (let i = 0; i < count; i++) {
    const [x, y] = all[i];
    const hit = triangles.filter((triangle) => (x - triangle.x) ** 2 + (y - triangle.y) ** 2 < triangle.squared);
    const edges = new Map<string, readonly [number, number]>();
    for (const { corners: [a, b, c] } of hit) {
      for (const edge of [[a, b], [b, c], [c, a]] as const) {
        const key = edge[0] < edge[1] ? `${edge[0]} ${edge[1]}` : `${edge[1]} ${edge[0]}`;
        // An edge of two hit triangles lies inside the hole.
        if (edges.has(key)) edges.delete(key);
        else edges.set(key, edge);
      }
    }
    const gone = new Set(hit);
    triangles = triangles.filter((triangle) => !gone.has(triangle));
    for (const [a, b] of edges.values()) triangles.push(circled(all, [a, b, i]));
  }
  return triangles.map(({ corners }) => corners).filter((corners) => corners.every((corner) => corner < count));
}

function circled(points: readonly Point[], corners: Triangle): Circled {
  const [[ax, ay], [bx, by], [cx, cy]] = [points[corners[0]], points[corners[1]], points[corners[2]]];
  const twice = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by));
  if (Math.abs(twice) < 1e-9) return { corners, x: 0, y: 0, squared: Number.POSITIVE_INFINITY };
  const [a, b, c] = [ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy];
  const x = (a * (by - cy) + b * (cy - ay) + c * (ay - by)) / twice;
  const y = (a * (cx - bx) + b * (ax - cx) + c * (bx - ax)) / twice;
  return { corners, x, y, squared: (x - ax) ** 2 + (y - ay) ** 2 };
}
