// Who does what in front of the camera in tests: a person who follows the prompts, with their own reaction time, range
// and unrest, and what is lit on them meanwhile. Everything follows from the random source.
import { kindOf, planChallenge } from '../challenge.ts';
import type { Prompt } from '../challenge.ts';
import type { Colour } from '../evidence.ts';
import type { HeadPose, Light, MovingHead } from './moving-head.ts';
import type { RgbImage } from '../../image.ts';

export interface ActedFrame {
  readonly atMs: number;
  readonly image: RgbImage;
}

/** What the actor is made of: a living head does as prompted, a sheet of paper or a screen is only moved along. */
export type ActorKind = 'alive' | 'flat';

const between = (random: () => number, low: number, high: number): number => low + (high - low) * random();

/** Frames as a terminal would take them for this challenge. One picture at a time is drawn. */
export function* act(options: {
  readonly head: MovingHead;
  readonly kind: ActorKind;
  readonly challenge: readonly Prompt[];
  readonly random: () => number;
  /** How strongly the screen lights the face; 0 when it does not at all. */
  readonly screenLight?: number;
  /** When frames are taken; as the plan says by default. For a clip: evenly. */
  readonly framesAtMs?: readonly number[];
  /** Frames that are not wanted are not drawn; all are by default. */
  readonly wants?: (index: number) => boolean;
}): Generator<ActedFrame | null> {
  const { head, kind, challenge, random, wants = () => true } = options;
  const plan = planChallenge(challenge);
  const manner = mannerOf(random);
  const reflects = options.screenLight ?? between(random, 0.08, 0.2);
  for (const [index, atMs] of (options.framesAtMs ?? plan.framesAtMs).entries()) {
    const pose = poseAt({ atMs, plan, manner, random });
    const light = lightAt({ atMs, plan, reflects, random });
    if (!wants(index)) yield null;
    else yield { atMs, image: kind === 'alive' ? head.alive(pose, light, random) : head.flat(pose, light, random) };
  }
}

interface Manner {
  readonly delayMs: number;
  readonly smile: number;
  readonly turnDegrees: number;
  readonly shut: number;
  readonly base: HeadPose;
  readonly swayPx: number;
  readonly swayMs: number;
}

function mannerOf(random: () => number): Manner {
  return {
    delayMs: between(random, 200, 420),
    smile: between(random, 1.1, 1.6),
    turnDegrees: between(random, 17, 27),
    shut: between(random, 0.9, 1),
    base: {
      yawDegrees: between(random, -4, 4),
      pitchDegrees: between(random, -4, 4),
      rollDegrees: between(random, -4, 4),
      shiftXPx: between(random, -22, 22),
      shiftYPx: between(random, -14, 14),
      zoom: between(random, 0.93, 1.08),
      // The people of the group photos smile already: at rest their mouths are drawn together.
      smile: between(random, -0.9, -0.5),
      eyesShut: 0,
    },
    swayPx: between(random, 1, 4),
    swayMs: between(random, 900, 2200),
  };
}

type Plan = ReturnType<typeof planChallenge>;

function poseAt(input: { atMs: number; plan: Plan; manner: Manner; random: () => number }): HeadPose {
  const { atMs, plan, manner, random } = input;
  const { base } = manner;
  const sway = Math.sin((atMs / manner.swayMs) * 2 * Math.PI);
  let [smile, turned, shut] = [0, 0, 0];
  plan.shown.forEach(({ prompt, atMs: shownAtMs }) => {
    const since = atMs - shownAtMs - manner.delayMs;
    const kind = kindOf(prompt);
    if (kind === 'smile') smile = manner.smile * pulse(since, 350, 1250);
    if (kind === 'turn') turned = (prompt === 'turn_left' ? 1 : -1) * manner.turnDegrees * pulse(since, 450, 1050);
    if (kind === 'blink') shut = manner.shut * pulse(since, 90, 850);
  });
  const unrest = (size: number): number => between(random, -size, size);
  return {
    yawDegrees: base.yawDegrees + turned + unrest(0.7),
    pitchDegrees: base.pitchDegrees + unrest(0.7),
    rollDegrees: base.rollDegrees + sway * 0.8 + unrest(0.3),
    shiftXPx: base.shiftXPx + sway * manner.swayPx + unrest(0.8),
    shiftYPx: base.shiftYPx + unrest(1),
    zoom: base.zoom + sway * 0.004,
    smile: base.smile + smile,
    eyesShut: shut,
  };
}

// Up within `rise`, held, and down again after `held`.
function pulse(sinceMs: number, riseMs: number, heldMs: number): number {
  if (sinceMs <= 0) return 0;
  if (sinceMs < riseMs) return sinceMs / riseMs;
  return Math.max(0, Math.min(1, 1 - (sinceMs - heldMs) / riseMs));
}

const screenColours: Partial<Record<Prompt, Colour>> = { flash_red: [1, 0.06, 0.06], flash_green: [0.06, 1, 0.06], flash_blue: [0.06, 0.06, 1] };

function lightAt(input: { atMs: number; plan: Plan; reflects: number; random: () => number }): Light {
  const { atMs, plan, reflects, random } = input;
  const shown = plan.shown.filter((prompt) => prompt.atMs <= atMs).at(-1);
  const colour = (shown && screenColours[shown.prompt]) ?? [0.35, 0.35, 0.35];
  const times = (share: number): Colour => [colour[0] * share, colour[1] * share, colour[2] * share];
  return { onFace: times(reflects), behind: times(reflects * 0.2), gain: between(random, 0.985, 1.015), noise: between(random, 1.2, 2.4) };
}
