// Whether the frames follow from one another as one recording of one person does: a splice shows as a jump of the head,
// of its shape or of what is behind it, and a still as no movement at all.
import { distance } from '../image.ts';
import { meshPoint } from '../mesh.ts';
import { eyeDistance } from './evidence.ts';
import type { FrameEvidence } from './evidence.ts';
import { headPlace, median } from './movement.ts';

export interface Continuity {
  /** The largest leap of the head between frames that follow each other, in eye distances. */
  readonly leap: number;
  /** The largest change of the head's size between them, as a share. */
  readonly growth: number;
  /** The largest change of what is behind: median over cells of the log light, the whole picture's gain taken out. */
  readonly backdrop: number;
  /** The smallest mean movement of the mesh between them, in eye distances: zero for one picture shown twice. */
  readonly stillness: number;
}

type Followed = Pick<FrameEvidence, 'points' | 'cells'>;

export function continuityOf(frames: readonly Followed[]): Continuity {
  const steps = frames.slice(1).map((to, i) => stepBetween(frames[i], to));
  return {
    leap: Math.max(0, ...steps.map(({ leap }) => leap)),
    growth: Math.max(0, ...steps.map(({ growth }) => growth)),
    backdrop: Math.max(0, ...steps.map(({ backdrop }) => backdrop)),
    stillness: Math.min(1, ...steps.map(({ movement }) => movement)),
  };
}

function stepBetween(from: Followed, to: Followed) {
  const eyes = eyeDistance(from);
  return {
    leap: distance(headPlace(from), headPlace(to)) / eyes,
    growth: Math.abs(Math.log(faceHeight(to) / faceHeight(from))),
    backdrop: backdropChange(from.cells, to.cells),
    movement: meshMovement(from.points, to.points) / eyes,
  };
}

// Forehead to under the nose: neither a turn nor a smile changes it much.
const faceHeight = ({ points }: Pick<FrameEvidence, 'points'>): number => {
  const mesh = { points, presence: 1 };
  return distance(meshPoint(mesh, 10), meshPoint(mesh, 2));
};

function backdropChange(from: Float32Array, to: Float32Array): number {
  const changes: number[] = [];
  for (let i = 0; i < from.length; i++) {
    if (!Number.isNaN(from[i]) && !Number.isNaN(to[i])) changes.push(Math.log((to[i] + 4) / (from[i] + 4)));
  }
  if (changes.length === 0) return 0;
  const gain = median(changes);
  return median(changes.map((change) => Math.abs(change - gain)));
}

function meshMovement(from: Float32Array, to: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < from.length; i += 3) sum += Math.hypot(to[i] - from[i], to[i + 1] - from[i + 1]);
  return sum / (from.length / 3);
}
