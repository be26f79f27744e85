// What the face did, from its meshes alone: smiled, turned, shut its eyes. Each measure compares a person with
// themselves, at rest before the first prompt, because a still says nothing about a person's own neutral face.
import { midpoint } from '../image.ts';
import type { Point } from '../image.ts';
import { meshPoint } from '../mesh.ts';
import { measurePose } from '../pose.ts';
import { measureSmile } from '../smile.ts';
import { eyeDistance } from './evidence.ts';
import type { FrameEvidence } from './evidence.ts';
import { planarResidual } from './planar-fit.ts';

type Meshed = Pick<FrameEvidence, 'points'>;
type Seen = Pick<FrameEvidence, 'eyeContrast'>;

const meshOf = ({ points }: Meshed) => ({ points, presence: 1 });

export interface SmileRise {
  /** Growth of the mouth's width over the eye distance, in shares of the rest. */
  readonly wider: number;
  /** Growth of the corners' lift over the mouth width. */
  readonly higher: number;
}

/** The broadest frame after the prompt against the middle of the frames at rest. */
export function smileRise(rest: readonly Meshed[], after: readonly Meshed[]): SmileRise {
  const neutral = rest.map((frame) => measureSmile(meshOf(frame)));
  const width = median(neutral.map(({ mouthWidthRatio }) => mouthWidthRatio));
  const lift = median(neutral.map(({ cornerLiftRatio }) => cornerLiftRatio));
  const rises = after.map((frame) => {
    const { mouthWidthRatio, cornerLiftRatio } = measureSmile(meshOf(frame));
    return { wider: mouthWidthRatio / width - 1, higher: cornerLiftRatio - lift };
  });
  return rises.reduce((best, rise) => (sizeOf(rise) > sizeOf(best) ? rise : best), { wider: 0, higher: 0 });
}

/** One number for a rise: 1 for a mouth that is 15 % wider and whose corners lie 0.10 of its width higher. */
export const sizeOf = ({ wider, higher }: SmileRise): number => (wider / 0.15 + higher / 0.1) / 2;

export interface TurnMade {
  /** Away from the pose at rest, in the direction asked for. */
  readonly degrees: number;
  /** How far points of the skull moved otherwise than a plane's would, over the eye distance. */
  readonly parallax: number;
}

/** The frame turned furthest to where it was asked. `sign`: 1 to the person's left, -1 to their right. */
export function turnMade(rest: readonly Meshed[], after: readonly Meshed[], sign: 1 | -1): TurnMade {
  const restYaw = median(rest.map((frame) => measurePose(meshOf(frame)).yawDegrees));
  const turns = after.map((frame) => ({
    degrees: sign * (measurePose(meshOf(frame)).yawDegrees - restYaw),
    parallax: median(rest.map((still) => parallaxBetween(still, frame))),
  }));
  return turns.reduce((best, turn) => (turn.degrees > best.degrees ? turn : best), { degrees: -180, parallax: 0 });
}

// Points of forehead, brows' bone, eye corners, nose and the edge of the face: none of them on lips, lids or jaw.
const skullPoints = [10, 9, 8, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 33, 133, 362, 263, 234, 454, 127, 356, 93, 323, 67, 297, 103, 332];

export function parallaxBetween(from: Meshed, to: Meshed): number {
  const pick = (frame: Meshed): Point[] => skullPoints.map((index) => meshPoint(meshOf(frame), index));
  return planarResidual({ from: pick(to), to: pick(from) }) / eyeDistance(from);
}

export interface Blink {
  /** The eyes' contrast at its smallest over that at rest: see evidence.ts. */
  readonly shut: number;
  /** The largest contrast in a later frame, over that at rest. */
  readonly openedAgain: number;
}

export function blinkMade(rest: readonly Seen[], after: readonly Seen[]): Blink {
  const open = median(rest.map(({ eyeContrast }) => eyeContrast));
  const openings = after.map(({ eyeContrast }) => eyeContrast / open);
  const shut = Math.min(...openings, 1);
  const later = openings.slice(openings.indexOf(shut) + 1);
  return { shut, openedAgain: Math.max(0, ...later) };
}

/** Where the head is: the middle between the eyes. */
export const headPlace = (frame: Meshed): Point => {
  const point = (index: number): Point => meshPoint(meshOf(frame), index);
  return midpoint(midpoint(point(33), point(133)), midpoint(point(362), point(263)));
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
