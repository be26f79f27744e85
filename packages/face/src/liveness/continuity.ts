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
  /**
   * The largest change of what is behind: median over cells of the log light, their common gain taken out. Where the head leaves
   * too little of it, of the whole picture: most of that is the same from frame to frame too.
   */
  readonly backdrop: number;
  /** The smallest mean movement of the mesh between them, in eye distances: zero for one picture shown twice. */
  readonly stillness: number;
}

type Followed = Pick<FrameEvidence, 'points' | 'cells' | 'beside'>;

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
    backdrop: backdropChange(from, to),
    movement: meshMovement(from.points, to.points) / eyes,
  };
}

// Forehead to under the nose: neither a turn nor a smile changes it much.
const faceHeight = ({ points }: Pick<FrameEvidence, 'points'>): number => {
  const mesh = { points, presence: 1 };
  return distance(meshPoint(mesh, 10), meshPoint(mesh, 2));
};

/** Fewer cells that both frames show beside the head than this, of 192, say nothing about what is behind. */
const besideMin = 24;

function backdropChange(from: Followed, to: Followed): number {
  const all = Array.from(from.cells, (_, i) => i);
  const shared = all.filter((i) => from.beside[i] === 1 && to.beside[i] === 1);
  const changes = (shared.length >= besideMin ? shared : all).map((i) => Math.log((to.cells[i] + 4) / (from.cells[i] + 4)));
  const gain = median(changes);
  return median(changes.map((change) => Math.abs(change - gain)));
}

function meshMovement(from: Float32Array, to: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < from.length; i += 3) sum += Math.hypot(to[i] - from[i], to[i + 1] - from[i + 1]);
  return sum / (from.length / 3);
}
