// How much a face smiles, from its mesh alone: light enough to run live beside the camera picture.
import { distance, midpoint } from './image.ts';
import { meshPoint } from './mesh.ts';
import type { FaceMesh } from './mesh.ts';

export interface SmileMeasures {
  /** Mouth width over the distance of the eye centres. */
  readonly mouthWidthRatio: number;
  /** How far the mouth corners lie above the middle of the lips, over the mouth width; may be negative. */
  readonly cornerLiftRatio: number;
  /** 0..1: see `measureSmile`. */
  readonly score: number;
}

// From 480 photos of LFW: the width ratio runs from 0.73 (5 %) over 0.86 (median) to 1.09 (95 %), the lift from
// -0.08 over 0.04 to 0.13. Of the photos scoring above 0.8 all eight looked at smile, below 0.05 none.
const widthNeutral = 0.8;
const widthBroad = 1.05;
const liftNeutral = 0;
const liftBroad = 0.15;

/**
 * A smile makes the mouth wider and lifts its corners. Each of the two is put on a line from neutral (0)
 * to broad (1) and cut off there; the score is their mean. A still says nothing about this person's own
 * neutral mouth, so a single score is a hint: a challenge compares a person with themselves over a burst.
 */
export function measureSmile(mesh: FaceMesh): SmileMeasures {
  const eyeDistance = distance(eyeCentre(mesh, 33, 133), eyeCentre(mesh, 362, 263));
  const right = meshPoint(mesh, 61);
  const left = meshPoint(mesh, 291);
  const mouthWidth = distance(right, left);
  const corners = midpoint(right, left);
  const lips = midpoint(meshPoint(mesh, 13), meshPoint(mesh, 14));
  // Positive when the corners lie on the forehead's side of the middle of the lips, whatever the roll.
  const alongX = (left[0] - right[0]) / mouthWidth;
  const alongY = (left[1] - right[1]) / mouthWidth;
  const lift = alongX * (lips[1] - corners[1]) - alongY * (lips[0] - corners[0]);
  const mouthWidthRatio = mouthWidth / eyeDistance;
  const cornerLiftRatio = lift / mouthWidth;
  const score =
    (onLine(mouthWidthRatio, widthNeutral, widthBroad) + onLine(cornerLiftRatio, liftNeutral, liftBroad)) / 2;
  return { mouthWidthRatio, cornerLiftRatio, score };
}

const eyeCentre = (mesh: FaceMesh, corner: number, other: number) =>
  midpoint(meshPoint(mesh, corner), meshPoint(mesh, other));

const onLine = (value: number, zero: number, one: number): number =>
  Math.min(1, Math.max(0, (value - zero) / (one - zero)));
