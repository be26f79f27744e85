// What the liveness checks need of one frame, measured while its pixels are there: the mesh, the colour of the skin and
// of what lies beside the face, and the picture in coarse cells. No pixel outlives this.
import type { FaceBox } from '../detect.ts';
import { distance, midpoint } from '../image.ts';
import type { Point, RgbImage } from '../image.ts';
import { meshPoint } from '../mesh.ts';
import type { FaceMesh } from '../mesh.ts';
import { fingerprintOf } from './fingerprint.ts';

export type Colour = readonly [red: number, green: number, blue: number];

export interface FrameEvidence {
  /** 468 × (x, y, z) in picture pixels: see mesh.ts. */
  readonly points: Float32Array;
  /** Mean of cheeks and forehead, 0..255. */
  readonly skin: Colour;
  /** Mean of the picture left and right of the head; null when the head fills the picture. */
  readonly background: Colour | null;
  /** Spread of the luminance where the eyes are, over its mean: an open eye is dark and white, a shut one is skin. */
  readonly eyeContrast: number;
  /** Mean luminance of 16 × 12 cells, row by row. */
  readonly cells: Float32Array;
  /** 1 for the cells where neither the head is nor what is below it. */
  readonly beside: Uint8Array;
  /** See fingerprint.ts. */
  readonly fingerprint: Uint8Array;
}

export const cellColumns = 16;
export const cellRows = 12;

// Mesh points in the middle of both cheeks and on the forehead.
const skinPoints = [50, 280, 151];
/** Half the side of a skin patch, over the eye distance. */
const patchHalf = 0.16;
/** The head with hair and neck, as a multiple of the detector's box. */
const headScale = 1.9;
/** Below this many pixels of the picture beside the head there is no background to speak of. */
const backgroundPixelsMin = 400;
const sampleStepPx = 3;

export function takeEvidence(image: RgbImage, face: { readonly box: FaceBox; readonly mesh: FaceMesh }): FrameEvidence {
  const { box, mesh } = face;
  const head = headOf(box);
  return {
    points: mesh.points,
    skin: skinColour(image, mesh),
    background: backgroundColour(image, head),
    eyeContrast: eyeContrast(image, mesh),
    ...cellsOf(image, head),
    fingerprint: fingerprintOf(image, mesh),
  };
}

/** Overwrites what could be used to draw the face. */
export function wipeEvidence(evidence: FrameEvidence): void {
  evidence.points.fill(0);
  evidence.cells.fill(0);
  evidence.fingerprint.fill(0);
}

export const eyeDistance = (mesh: Pick<FaceMesh, 'points'>): number => {
  const point = (index: number): Point => meshPoint({ points: mesh.points, presence: 1 }, index);
  return distance(midpoint(point(33), point(133)), midpoint(point(362), point(263)));
};

type Area = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };

function headOf(box: FaceBox): Area {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const [across, down] = [(box.width / 2) * headScale, (box.height / 2) * headScale];
  return { left: x - across, right: x + across, top: y - down, bottom: y + down };
}

function skinColour(image: RgbImage, mesh: FaceMesh): Colour {
  const half = Math.max(2, eyeDistance(mesh) * patchHalf);
  const patches = skinPoints.map((index) => {
    const [x, y] = meshPoint(mesh, index);
    return meanColour(image, { left: x - half, right: x + half, top: y - half, bottom: y + half });
  });
  return meanOf(patches.filter((patch) => patch.count > 0)) ?? [0, 0, 0];
}

// The corners of both eyes. The mesh net keeps drawing an open eye when the lids are shut, so the pixels have to say it.
const eyeCorners = [
  [33, 133],
  [362, 263],
] as const;

function eyeContrast(image: RgbImage, mesh: FaceMesh): number {
  const contrasts = eyeCorners.map(([outer, inner]) => {
    const [a, b] = [meshPoint(mesh, outer), meshPoint(mesh, inner)];
    const width = distance(a, b);
    return contrastWithin(image, { centre: midpoint(a, b), across: width * 0.34, down: width * 0.17 });
  });
  return (contrasts[0] + contrasts[1]) / 2;
}

function contrastWithin({ data, width, height }: RgbImage, ellipse: { centre: Point; across: number; down: number }): number {
  const { centre: [x0, y0], across, down } = ellipse;
  let [sum, squares, count] = [0, 0, 0];
  for (let y = Math.max(0, Math.ceil(y0 - down)); y <= Math.min(height - 1, y0 + down); y++) {
    for (let x = Math.max(0, Math.ceil(x0 - across)); x <= Math.min(width - 1, x0 + across); x++) {
      if (((x - x0) / across) ** 2 + ((y - y0) / down) ** 2 > 1) continue;
      const at = (y * width + x) * 3;
      const light = 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
      sum += light;
      squares += light * light;
      count++;
    }
  }
  if (count === 0) return 0;
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean)) / (mean + 1);
}

// Beside the head, not below it: clothes are as near to the screen as the face.
function backgroundColour(image: RgbImage, head: Area): Colour | null {
  const band = { top: 0, bottom: Math.min(image.height, head.bottom) };
  const sides = [
    meanColour(image, { ...band, left: 0, right: head.left }, sampleStepPx),
    meanColour(image, { ...band, left: head.right, right: image.width }, sampleStepPx),
  ].filter((side) => side.count >= backgroundPixelsMin / sampleStepPx ** 2);
  return meanOf(sides);
}

interface Patch {
  readonly sum: Colour;
  readonly count: number;
}

function meanColour({ data, width, height }: RgbImage, area: Area, step = 1): Patch {
  const sum: [number, number, number] = [0, 0, 0];
  let count = 0;
  const right = Math.min(width, Math.floor(area.right));
  const bottom = Math.min(height, Math.floor(area.bottom));
  for (let y = Math.max(0, Math.floor(area.top)); y < bottom; y += step) {
    for (let x = Math.max(0, Math.floor(area.left)); x < right; x += step) {
      const at = (y * width + x) * 3;
      sum[0] += data[at];
      sum[1] += data[at + 1];
      sum[2] += data[at + 2];
      count++;
    }
  }
  return { sum, count };
}

function meanOf(patches: readonly Patch[]): Colour | null {
  const count = patches.reduce((total, patch) => total + patch.count, 0);
  if (count === 0) return null;
  const mean = (channel: 0 | 1 | 2): number => patches.reduce((total, { sum }) => total + sum[channel], 0) / count;
  return [mean(0), mean(1), mean(2)];
}

function cellsOf(image: RgbImage, head: Area): Pick<FrameEvidence, 'cells' | 'beside'> {
  const cells = new Float32Array(cellColumns * cellRows);
  const beside = new Uint8Array(cells.length);
  const [cellWidth, cellHeight] = [image.width / cellColumns, image.height / cellRows];
  for (let row = 0; row < cellRows; row++) {
    for (let column = 0; column < cellColumns; column++) {
      const area = { left: column * cellWidth, right: (column + 1) * cellWidth, top: row * cellHeight, bottom: (row + 1) * cellHeight };
      const { sum, count } = meanColour(image, area, sampleStepPx);
      const at = row * cellColumns + column;
      cells[at] = (0.299 * sum[0] + 0.587 * sum[1] + 0.114 * sum[2]) / Math.max(1, count);
      beside[at] = count > 0 && !overlaps(area, head) ? 1 : 0;
    }
  }
  return { cells, beside };
}

// A head hides what is above its neck; shoulders below it move as well.
function overlaps(area: Area, head: Area): boolean {
  return area.right > head.left && area.left < head.right && area.bottom > head.top;
}
