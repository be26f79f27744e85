// Brings points of a face to fixed places, so that the recogniser always sees the same
// geometry: the single thing that decides accuracy.
import { midpoint, plainPictures } from './image.ts';
import type { Affine, Pictures, Point, RgbImage } from './image.ts';
import { meshPoint } from './mesh.ts';
import type { FaceMesh } from './mesh.ts';
import meanFace from './mean-face.json' with { type: 'json' };

/** A cut-out ready for a recogniser: RGB 0..255, three planes (CHW) of side × side. */
export interface AlignedChip {
  readonly data: Float32Array;
  readonly side: number;
}

export interface AlignmentTemplate {
  readonly side: number;
  /** Where the points belong, in pixels of the chip. */
  readonly points: readonly Point[];
  /** Those points of a mesh, in the template's order. */
  readonly pick: (mesh: FaceMesh) => readonly Point[];
  /** What each point counts; default: all alike. */
  readonly weights?: readonly number[];
}

/** dlib's chip of the traced face, by the embedded pack's template. */
export function alignChip(image: RgbImage, mesh: FaceMesh, { warp }: Pick<Pictures, 'warp'> = plainPictures): AlignedChip {
  const { side, points, pick, weights } = dlibTemplate;
  const toSource = similarity({ from: points, to: pick(mesh), weights });
  return { side, data: warp(image, { toSource, width: side, height: side, layout: 'chw', scale: 1, bias: 0 }) };
}

/** The chip as a mirror shows it. */
export function mirrorChip({ data, side }: AlignedChip): AlignedChip {
  const mirrored = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += side) {
    for (let x = 0; x < side; x++) mirrored[row + x] = data[row + side - 1 - x];
  }
  return { data: mirrored, side };
}

export interface SimilarityOptions {
  readonly from: readonly Point[];
  readonly to: readonly Point[];
  /** What each pair of points counts; default: all alike. */
  readonly weights?: readonly number[] | undefined;
}

/** Least-squares rotation, scale and shift that brings `from` onto `to` (Umeyama 1991, without reflection). */
export function similarity({ from, to, weights = from.map(() => 1) }: SimilarityOptions): Affine {
  const [fromX, fromY] = centroid(from, weights);
  const [toX, toY] = centroid(to, weights);
  let along = 0;
  let across = 0;
  let spread = 0;
  for (let i = 0; i < from.length; i++) {
    const x = (from[i][0] - fromX) * weights[i];
    const y = (from[i][1] - fromY) * weights[i];
    const u = to[i][0] - toX;
    const v = to[i][1] - toY;
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * (from[i][0] - fromX) + y * (from[i][1] - fromY);
  }
  const cos = along / spread;
  const sin = across / spread;
  return [cos, -sin, toX - cos * fromX + sin * fromY, sin, cos, toY - sin * fromX - cos * fromY];
}

function centroid(points: readonly Point[], weights: readonly number[]): Point {
  let x = 0;
  let y = 0;
  let all = 0;
  for (let i = 0; i < points.length; i++) {
    x += points[i][0] * weights[i];
    y += points[i][1] * weights[i];
    all += weights[i];
  }
  return [x / all, y / all];
}

const dlibSide = 150;

// Measured on LFW with dlib's five points: FNMR at FMR 1e-3 is 5.7 % at 0.25, 6.2 % at 0.20, 6.8 % at 0.30, 9.1 % at 0.35.
const dlibPadding = 0.25;

/**
 * dlib's chip: 150 px, padding 0.25. dlib itself goes by five points, the corners of the eyes and the base of the nose; here
 * all 468 of the mesh are laid on those of a mean face that lies on dlib's five, each weighing the less the more it differs from face to
 * face. What that gains, and whose mean it is: docs/calibrate.md.
 */
export const dlibTemplate: AlignmentTemplate = {
  side: dlibSide,
  points: meanFace.points.map(([x, y]): Point => [paddedPx(x), paddedPx(y)]),
  weights: meanFace.points.map(([, , weight]) => weight),
  pick: (mesh) => meanFace.points.map((_, index) => meshPoint(mesh, index)),
};

function paddedPx(unit: number): number {
  return ((dlibPadding + unit) / (2 * dlibPadding + 1)) * dlibSide;
}

/** The 112 px five-point template of ArcFace-style recognisers: eye centres, nose tip, mouth corners. */
export const arcFaceTemplate: AlignmentTemplate = {
  side: 112,
  points: [
    [38.2946, 51.6963],
    [73.5318, 51.5014],
    [56.0252, 71.7366],
    [41.5493, 92.3655],
    [70.7299, 92.2041],
  ],
  pick: (mesh) => [
    midpoint(meshPoint(mesh, 33), meshPoint(mesh, 133)),
    midpoint(meshPoint(mesh, 362), meshPoint(mesh, 263)),
    meshPoint(mesh, 4),
    meshPoint(mesh, 61),
    meshPoint(mesh, 291),
  ],
};
