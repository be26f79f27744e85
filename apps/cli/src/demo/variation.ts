// Small differences between two looks of one person: how the crop falls, light, tilt, compression. Deterministic by a
// seed, so that a demo or a test that failed fails again.

export type Variation = {
  /** Of the crop, as a share of the face's side. */
  readonly shiftX: number;
  readonly shiftY: number;
  /** 1 is the usual size of the face in the frame. */
  readonly scale: number;
  readonly rotationDegrees: number;
  /** Above 1 lifts the middle tones. */
  readonly gamma: number;
  readonly brightness: number;
  readonly jpegQuality: number;
  /** Grain of a poor camera in the dark: each channel is off by up to this many steps of 255. */
  readonly grain: number;
};

export const plain: Variation = { shiftX: 0, shiftY: 0, scale: 1, rotationDegrees: 0, gamma: 1, brightness: 1, jpegQuality: 90, grain: 0 };

/** `strength` 1: what two looks at one till differ by. */
export function variationOf(seed: number, strength = 1): Variation {
  const random = createRandom(seed);
  const around = (reach: number) => (random() * 2 - 1) * reach * strength;
  return {
    shiftX: around(0.15),
    shiftY: around(0.12),
    scale: 1 + around(0.12),
    rotationDegrees: around(5),
    gamma: 1 + Math.max(0, around(0.25)),
    brightness: 1 + around(0.08),
    jpegQuality: Math.min(95, Math.round(88 + around(6))),
    grain: 0,
  };
}

/** The frames of one burst: one look's variation, with the tremble of a head between frames. */
export function burstVariations(seed: number, count: number, strength = 1): Variation[] {
  const look = variationOf(seed, strength);
  return Array.from({ length: count }, (_, index) => {
    const tremble = variationOf(seed * 101 + index + 1, 0.12);
    return {
      ...look,
      shiftX: look.shiftX + tremble.shiftX,
      shiftY: look.shiftY + tremble.shiftY,
      rotationDegrees: look.rotationDegrees + tremble.rotationDegrees,
    };
  });
}

/** 0 ≤ x < 1, the same row for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
