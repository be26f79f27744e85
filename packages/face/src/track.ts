// Follows a face from one frame of a burst to the next by its mesh alone, as MediaPipe does (Kartynnik et al. 2019): the
// next mesh is traced in the square around the last one, so that most frames need no detector. Frames of a burst lie
// 250 to 700 ms apart, so whether the track holds is judged more strictly than between the frames of a video.
import type { AlignedChip } from './align.ts';
import { boxSize } from './detect.ts';
import type { FaceBox } from './detect.ts';
import { distance, midpoint } from './image.ts';
import type { Point, RgbImage } from './image.ts';
import { meshPoint, meshPointCount, traceMesh } from './mesh.ts';
import type { FaceMesh } from './mesh.ts';
import type { ModelRunner } from './runner.ts';

/**
 * When a track holds. Measured on 287 LFW photos (one a person), the square moved by 0.1 to 1.6 eye distances, turned by
 * up to 10° and scaled by up to 12 %: of 596 meshes that passed the first four limits 569 lay within 0.2 eye distances
 * (root mean square) of those traced from a detection, with a likeness of 0.93 (1 %) to 1; 27 were drawn beside the face,
 * sure of themselves (presence above 0.99), with a likeness of at most 0.66. Different people's chips: 0.71 (99 %), 0.80
 * (the likeliest). So nobody's mesh is taken over from a face that is no longer there.
 */
export const trackLimits = {
  presenceMin: 0.99,
  /** From the square traced in to that around its mesh, over its side: up to `stepOnceMax` the mesh is taken as it is. */
  stepOnceMax: 0.05,
  /** Up to here it is traced once more, from where it was found, and must then stay there. */
  stepTwiceMax: 0.16,
  restMax: 0.02,
  /** Growth of that square, natural logarithm, for a mesh taken as it is; half of it for one traced again. */
  growthMax: 0.08,
  likenessMin: 0.8,
} as const;

export interface TracedFace {
  readonly box: FaceBox;
  readonly mesh: FaceMesh;
  readonly chip: AlignedChip;
}

/** The face of `last` in the next frame; null when it may be somewhere else, or somebody else's: detect again. */
export async function followFace(
  image: RgbImage,
  { runner, last, align }: { runner: ModelRunner; last: TracedFace; align: (mesh: FaceMesh) => AlignedChip },
): Promise<TracedFace | null> {
  const from = boxAroundMesh(last.mesh);
  let mesh = await traceMesh(runner, image, from);
  let box = boxAroundMesh(mesh);
  const limits = trackLimits;
  if (mesh.presence < limits.presenceMin) return null;
  const step = stepBetween(from, box);
  if (step.moved > limits.stepTwiceMax) return null;
  if (step.moved > limits.stepOnceMax || step.grew > limits.growthMax) {
    const first = box;
    mesh = await traceMesh(runner, image, first);
    box = boxAroundMesh(mesh);
    const rest = stepBetween(first, box);
    if (mesh.presence < limits.presenceMin || rest.moved > limits.restMax || rest.grew > limits.growthMax / 2) return null;
  }
  const chip = align(mesh);
  if (chipLikeness(last.chip, chip) >= limits.likenessMin) return { box, mesh, chip };
  chip.data.fill(0);
  return null;
}

/** Whether a detector's box is around the face of the other one. */
export function isSameSquare(one: FaceBox, other: FaceBox): boolean {
  const { moved, grew } = stepBetween(one, other);
  return moved <= sameSquareMax && grew <= sameSquareMax;
}

// Boxes around meshes and detections of one face lie at most 0.1 sides apart in 99 of 100 photos; faces side by side more than 0.5.
const sameSquareMax = 0.25;

function stepBetween(from: FaceBox, to: FaceBox): { moved: number; grew: number } {
  const middle = (box: FaceBox): Point => [box.x + box.width / 2, box.y + box.height / 2];
  return { moved: distance(middle(from), middle(to)) / boxSize(from), grew: Math.abs(Math.log(boxSize(to) / boxSize(from))) };
}

const likenessCells = 15;

/** -1..1: correlation of the two chips' luminance in 15 × 15 cells. Two shades of one evenly lit face differ little. */
export function chipLikeness(a: AlignedChip, b: AlignedChip): number {
  const [one, other] = [lightOf(a), lightOf(b)];
  let [both, ones, others] = [0, 0, 0];
  for (let i = 0; i < one.length; i++) {
    both += one[i] * other[i];
    ones += one[i] ** 2;
    others += other[i] ** 2;
  }
  return ones > 0 && others > 0 ? both / Math.sqrt(ones * others) : 0;
}

// Sums of cells, their mean taken out. Rec. 601 weights.
function lightOf({ data, side }: AlignedChip): Float64Array {
  const cells = new Float64Array(likenessCells ** 2);
  const cellPx = side / likenessCells;
  const plane = side * side;
  for (let y = 0, i = 0; y < side; y++) {
    const row = Math.floor(y / cellPx) * likenessCells;
    for (let x = 0; x < side; x++, i++) {
      cells[row + Math.floor(x / cellPx)] += 0.299 * data[i] + 0.587 * data[plane + i] + 0.114 * data[2 * plane + i];
    }
  }
  const mean = cells.reduce((sum, cell) => sum + cell, 0) / cells.length;
  return cells.map((cell) => cell - mean);
}

// Where BlazeFace puts its square around a mesh whose eyes are level; median of 360 LFW photos, one a person. Its side is
// 0.937 of the mesh's longer side (standard deviation 0.038), its middle 0.039 of its side below the mesh's (0.030).
const sideOverMesh = 0.937;
const dropOverSide = 0.039;

/** The detector's box and key points as they would be around this mesh; its score is the mesh's presence. */
export function boxAroundMesh(mesh: FaceMesh): FaceBox {
  const [rightEye, leftEye] = [midpoint(meshPoint(mesh, 33), meshPoint(mesh, 133)), midpoint(meshPoint(mesh, 362), meshPoint(mesh, 263))];
  const eyes = distance(rightEye, leftEye);
  const [cos, sin] = [(leftEye[0] - rightEye[0]) / eyes, (leftEye[1] - rightEye[1]) / eyes];
  const { left, right, top, bottom } = boundsOf(mesh, { cos, sin });
  const side = Math.max(right - left, bottom - top) * sideOverMesh;
  const [x, y] = [(left + right) / 2, (top + bottom) / 2 + dropOverSide * side];
  const [centreX, centreY] = [cos * x - sin * y, sin * x + cos * y];
  return {
    x: centreX - side / 2,
    y: centreY - side / 2,
    width: side,
    height: side,
    score: mesh.presence,
    keyPoints: [rightEye, leftEye, meshPoint(mesh, 4), midpoint(meshPoint(mesh, 13), meshPoint(mesh, 14)), meshPoint(mesh, 234), meshPoint(mesh, 454)],
  };
}

interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

// In axes turned so that the eyes are level.
function boundsOf(mesh: FaceMesh, { cos, sin }: { cos: number; sin: number }): Bounds {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < meshPointCount; i++) {
    const [px, py]: Point = meshPoint(mesh, i);
    const x = cos * px + sin * py;
    const y = cos * py - sin * px;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return { left, right, top, bottom };
}
