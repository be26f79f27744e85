// Which one hint the shopper needs now. Pure: observations in, at most one hint out. A hint already shown has to be
// outgrown by a margin before it goes, and a new one has to hold for a moment before it comes, so that words never flicker.

export const hints = ['one_person', 'look_here', 'closer', 'further', 'left', 'right', 'more_light', 'hold_still'] as const;
export type Hint = (typeof hints)[number];

/** One face, in fractions of the frame; the camera's own picture, not mirrored. */
export type SeenFace = {
  centreX: number;
  centreY: number;
  /** Box height over frame height. */
  size: number;
  /** How far the nose lies from the middle of the eyes, over the eye distance: about 0 when facing the camera. */
  turn: number;
  /** Mean luma inside the box, 0..255. */
  luma: number;
};
/** The biggest face first. */
export type Observation = { atMs: number; faces: readonly SeenFace[] };

export type Guidance = {
  /** What is on the screen; null means "lovely, stay like that" or nothing yet. */
  shown: Hint | null;
  shownSinceMs: number;
  wanted: Hint | null;
  wantedSinceMs: number;
  /** Since when all has been well, or null. */
  goodSinceMs: number | null;
  last: { atMs: number; centreX: number; centreY: number } | null;
};

/** A new hint shows after it was wanted this long. */
export const hintDelayMs = 350;
/** A hint stays at least this long, so that it can be read. */
export const hintStayMs = 900;
/** All has to be well for this long before the picture is taken. */
export const goodEnoughMs = 600;

/** Limits as [a hint comes, the shown hint goes]. They are a little stricter than the vault's quality gate. */
const limits = {
  sizeMin: [0.2, 0.23],
  sizeMax: [0.85, 0.8],
  asideMax: [0.24, 0.19],
  turnMax: [0.42, 0.34],
  lumaMin: [55, 64],
  otherSizeMin: [0.5, 0.42],
  speedMax: [0.55, 0.35],
} as const;

export function startGuidance(atMs: number): Guidance {
  return { shown: null, shownSinceMs: atMs, wanted: null, wantedSinceMs: atMs, goodSinceMs: null, last: null };
}

export function stepGuidance(guidance: Guidance, observation: Observation): Guidance {
  const { atMs, faces } = observation;
  const wanted = chooseHint(observation, guidance);
  const wantedSinceMs = wanted === guidance.wanted ? guidance.wantedSinceMs : atMs;
  const change =
    wanted !== guidance.shown && atMs - wantedSinceMs >= hintDelayMs && (guidance.shown === null || atMs - guidance.shownSinceMs >= hintStayMs);
  const [face] = faces;
  return {
    wanted,
    wantedSinceMs,
    shown: change ? wanted : guidance.shown,
    shownSinceMs: change ? atMs : guidance.shownSinceMs,
    goodSinceMs: wanted === null ? (guidance.goodSinceMs ?? atMs) : null,
    last: face ? { atMs, centreX: face.centreX, centreY: face.centreY } : null,
  };
}

export function isReady(guidance: Guidance, atMs: number): boolean {
  return guidance.goodSinceMs !== null && atMs - guidance.goodSinceMs >= goodEnoughMs;
}

/** The hint this observation asks for, given what is shown already; null when the face is well placed. */
export function chooseHint(observation: Observation, guidance: Pick<Guidance, 'shown' | 'last'>): Hint | null {
  const [face, other] = observation.faces;
  if (!face) return 'look_here';
  const limit = (pair: readonly [number, number], hint: Hint): number => (guidance.shown === hint ? pair[1] : pair[0]);
  if (other && other.size / face.size >= limit(limits.otherSizeMin, 'one_person')) return 'one_person';
  if (face.size < limit(limits.sizeMin, 'closer')) return 'closer';
  if (face.size > limit(limits.sizeMax, 'further')) return 'further';
  // On the left of the camera's picture stands a person who is too far to their own right.
  if (0.5 - face.centreX > limit(limits.asideMax, 'left')) return 'left';
  if (face.centreX - 0.5 > limit(limits.asideMax, 'right')) return 'right';
  if (Math.abs(face.turn) > limit(limits.turnMax, 'look_here')) return 'look_here';
  if (face.luma < limit(limits.lumaMin, 'more_light')) return 'more_light';
  if (speed(face, observation.atMs, guidance.last) > limit(limits.speedMax, 'hold_still')) return 'hold_still';
  return null;
}

// Frames per second differ from device to device, so movement is measured in frame widths a second.
function speed(face: SeenFace, atMs: number, last: Guidance['last']): number {
  if (!last || atMs <= last.atMs) return 0;
  return (Math.hypot(face.centreX - last.centreX, face.centreY - last.centreY) * 1000) / (atMs - last.atMs);
}
