// Which way a face is turned, from the depth of its mesh.
import type { FaceMesh } from './mesh.ts';

export interface Pose {
  /** Degrees; positive: the person turns to their left (the picture's right). */
  readonly yawDegrees: number;
  /** Degrees; positive: the chin comes forward (looking up); 0 is the median of 480 news photos. */
  readonly pitchDegrees: number;
  /** Degrees; positive: the head leans clockwise in the picture. */
  readonly rollDegrees: number;
}

// Mesh points at the right and left edge of the face, the top of the forehead and the chin.
const rightEdge = 234;
const leftEdge = 454;
const forehead = 10;
const chin = 152;

// A forehead lies in front of its chin a little, in this mesh, on a face held level.
const pitchOfLevelFaceDegrees = -6;

export function measurePose(mesh: FaceMesh): Pose {
  const across = between(mesh, rightEdge, leftEdge);
  const down = between(mesh, forehead, chin);
  return {
    yawDegrees: degrees(Math.atan2(across.z, Math.hypot(across.x, across.y))),
    pitchDegrees: degrees(Math.atan2(-down.z, Math.hypot(down.x, down.y))) - pitchOfLevelFaceDegrees,
    rollDegrees: degrees(Math.atan2(across.y, across.x)),
  };
}

function between(mesh: FaceMesh, from: number, to: number): { x: number; y: number; z: number } {
  const { points } = mesh;
  return {
    x: points[to * 3] - points[from * 3],
    y: points[to * 3 + 1] - points[from * 3 + 1],
    z: points[to * 3 + 2] - points[from * 3 + 2],
  };
}

const degrees = (radians: number): number => (radians * 180) / Math.PI;
