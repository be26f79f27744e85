// The challenge: what a living person is asked to do for one capture, in an order nobody can know before. Chosen by the
// vault from its random source; a terminal shows the prompts and takes its frames along them.

export const challengeKinds = ['smile', 'turn', 'blink', 'flash'] as const;
export type ChallengeKind = (typeof challengeKinds)[number];

/** One thing shown. Turns are the person's own left and right; a flash is the whole screen in one colour. */
export const prompts = ['smile', 'turn_left', 'turn_right', 'blink', 'flash_red', 'flash_green', 'flash_blue'] as const;
export type Prompt = (typeof prompts)[number];

/** Besides the smile: 444 challenges in all, 12 of them for those who may not see flashes. */
const extraKinds = 2;
export const flashesPerChallenge = 4;
/** Somebody who can do fewer than this many of the four pays another way. */
export const kindsMin = 2;

/** WCAG 2.3.1: at most three flashes a second, so a colour stands at least this long. */
export const flashStandsMinMs = 334;

interface PromptTiming {
  /** How long the prompt stands before the next one comes. */
  readonly standsMs: number;
  /** When frames are taken, counted from the moment it is shown. */
  readonly framesAtMs: readonly number[];
}

// A person needs a quarter of a second to react and half of one to smile or turn; a screen's colour is on a face at
// once, but a camera needs a few frames to show it.
const timings: Readonly<Record<ChallengeKind, PromptTiming>> = {
  smile: { standsMs: 1500, framesAtMs: [500, 800, 1100, 1400] },
  turn: { standsMs: 1900, framesAtMs: [500, 800, 1100, 1400] },
  blink: { standsMs: 1900, framesAtMs: [400, 700, 1000, 1300, 1800] },
  flash: { standsMs: 420, framesAtMs: [360] },
};

/** Frames before the first prompt: the face at rest, which everything after is compared with. */
export const restFramesAtMs: readonly number[] = [0, 250];
export const restStandsMs = 400;

export const kindOf = (prompt: Prompt): ChallengeKind =>
  prompt === 'smile' || prompt === 'blink' ? prompt : prompt.startsWith('turn') ? 'turn' : 'flash';

export interface ChallengePlan {
  /** Milliseconds after the first frame. */
  readonly shown: readonly { readonly prompt: Prompt; readonly atMs: number }[];
  readonly framesAtMs: readonly number[];
  readonly endsAtMs: number;
}

/** When a terminal shows each prompt and takes each frame; at most 16 frames. */
export function planChallenge(challenge: readonly Prompt[]): ChallengePlan {
  const shown: { prompt: Prompt; atMs: number }[] = [];
  const framesAtMs = [...restFramesAtMs];
  let atMs = restStandsMs;
  for (const prompt of challenge) {
    const timing = timings[kindOf(prompt)];
    shown.push({ prompt, atMs });
    framesAtMs.push(...timing.framesAtMs.map((after) => atMs + after));
    atMs += timing.standsMs;
  }
  return { shown, framesAtMs, endsAtMs: atMs };
}

/**
 * Smile, and two of turn, blink and flash, in random order; without what the person cannot do or may not see (`avoid`).
 * Null when fewer than two kinds are left. `randomBelow(n)`: uniform in 0..n-1.
 */
export function chooseChallenge(options: {
  readonly randomBelow: (n: number) => number;
  readonly avoid?: readonly ChallengeKind[];
}): Prompt[] | null {
  const { randomBelow, avoid = [] } = options;
  const possible = challengeKinds.filter((kind) => !avoid.includes(kind));
  if (possible.length < kindsMin) return null;
  const extras = shuffle(possible.filter((kind) => kind !== 'smile'), randomBelow).slice(0, extraKinds);
  const kinds = shuffle(possible.includes('smile') ? ['smile' as const, ...extras] : extras, randomBelow);
  return kinds.flatMap((kind) => promptsOf(kind, randomBelow));
}

function promptsOf(kind: ChallengeKind, randomBelow: (n: number) => number): Prompt[] {
  switch (kind) {
    case 'smile':
    case 'blink':
      return [kind];
    case 'turn':
      return [randomBelow(2) === 0 ? 'turn_left' : 'turn_right'];
    case 'flash':
      return flashSequence(randomBelow);
  }
}

// No colour twice in a row: a change is what is looked for.
function flashSequence(randomBelow: (n: number) => number): Prompt[] {
  const colours: Prompt[] = ['flash_red', 'flash_green', 'flash_blue'];
  const sequence: Prompt[] = [];
  while (sequence.length < flashesPerChallenge) {
    const others = colours.filter((colour) => colour !== sequence.at(-1));
    sequence.push(others[randomBelow(others.length)]);
  }
  return sequence;
}

function shuffle<Item>(items: readonly Item[], randomBelow: (n: number) => number): Item[] {
  const shuffled = [...items];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = randomBelow(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled;
}
