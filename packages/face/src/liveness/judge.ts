// Was a living person there, doing what they were asked when they were asked? Named scores and one verdict. It stops the
// attacks it was tried on, at the measured rates (docs/liveness.md); it proves nothing about attacks nobody tried.
import { cosine } from '../embed.ts';
import type { Embedding } from '../embed.ts';
import { flashStandsMinMs, kindOf } from './challenge.ts';
import type { Prompt } from './challenge.ts';
import { continuityOf } from './continuity.ts';
import type { FrameEvidence } from './evidence.ts';
import { blinkMade, sizeOf, smileRise, turnMade } from './movement.ts';
import { reflectionOf } from './reflection.ts';

export interface TimedFrame {
  /** Milliseconds after the first frame. */
  readonly atMs: number;
  /** Null when no face was found in it. */
  readonly evidence: FrameEvidence | null;
}

export interface LivenessInput {
  /** What the vault asked for, in order. */
  readonly challenge: readonly Prompt[];
  /** What the terminal says it showed, and when (after the first frame). */
  readonly shown: readonly { readonly prompt: Prompt; readonly atMs: number }[];
  readonly frames: readonly TimedFrame[];
  /** Of frames spread over the challenge. */
  readonly identities: readonly Embedding[];
}

/** In the order they are looked at; the first that fails is the one named (to the log, never to the shopper). */
export const livenessChecks = [
  'order', 'timing', 'face_throughout', 'still', 'leap', 'backdrop', 'identity', 'smile', 'turn', 'depth', 'blink', 'flash',
] as const;
export type LivenessCheck = (typeof livenessChecks)[number];

export type LivenessScores = Partial<Record<LivenessCheck, number>>;

export type LivenessVerdict = { readonly alive: boolean; readonly failed: readonly LivenessCheck[]; readonly scores: LivenessScores };

/**
 * Set on synthetic motion of six faces of the face-api group photos, 24 captures a kind, with the embedded pack: no live
 * video was at hand. Beside each limit: how far the same photos came when moved as a flat sheet, and the moving heads'
 * range. Of blink the gap is narrow, so no challenge rests on it alone.
 */
export const livenessLimits = {
  /** Of the mouth, see `sizeOf`. Flat: up to 0.15; heads: 0.03 (one), 0.32 to 1.8 (the rest). */
  smileMin: 0.3,
  /** Degrees by the mesh. Flat, tilted by 17° to 27°: up to 3.8; heads: 12.7 and more. */
  turnDegreesMin: 8,
  /** Over the eye distance: what no plane can do. Flat: up to 0.025; heads: 0.095 and more. */
  parallaxMin: 0.055,
  /** The eyes' contrast when shut, and when open again, over that at rest. Flat: 0.95 and more; heads: 0.69 to 0.90. */
  eyesShutMax: 0.91,
  eyesOpenMin: 0.8,
  /** Log chroma. Heads: 0.04 and more; a judgement, since no real camera was measured. */
  flashStrengthMin: 0.015,
  /** The colours lie 90° and 135° apart, so a perfect answer has a margin of at least 1. Heads: 0.80 and more. */
  flashMarginMin: 0.35,
  /** Mean movement of the mesh from frame to frame. Heads: 0.005 and more; one picture shown twice: 0. */
  stillnessMin: 0.0012,
  /** Eye distances from frame to frame, 250 to 700 ms apart; and the head's growth. Heads: up to 0.55 and 0.12. */
  leapMax: 1.1,
  growthMax: 0.22,
  /**
   * Median log light of the cells behind: a fixed camera sees nearly the same wall. Heads: up to 0.003; flat: 0.02 to 0.11. Of the
   * whole picture, where the head hides the wall: heads up to 0.017, one frame of somebody else's 0.31 and more (14 and 11 captures).
   */
  backdropMax: 0.08,
} as const;

/** Frames closer than this, or further apart, were not taken as the plan says. */
const spacingMinMs = 60;
const spacingMaxMs = 2500;
/** How long after its prompt a frame may show an answer: nobody reacts sooner. */
export const reactionMinMs = 150;
export const challengeMaxMs = 20_000;
const restFramesMin = 2;

export function judgeLiveness(input: LivenessInput, options: { readonly sameFaceScoreMin: number }): LivenessVerdict {
  const scores: LivenessScores = {};
  const failed: LivenessCheck[] = [];
  const note = (check: LivenessCheck, score: number, holds: boolean): void => {
    scores[check] = score;
    if (!holds) failed.push(check);
  };
  const ordered = input.challenge.length === input.shown.length && input.challenge.every((prompt, i) => prompt === input.shown[i].prompt);
  note('order', Number(ordered), ordered);
  const timely = timingHolds(input);
  note('timing', Number(timely), timely);
  const seen = input.frames.flatMap(({ atMs, evidence }) => (evidence ? [{ atMs, evidence }] : []));
  note('face_throughout', seen.length / Math.max(1, input.frames.length), seen.length === input.frames.length && seen.length > 0);
  if (failed.length > 0) return { alive: false, failed, scores };
  judgeContinuity(seen.map(({ evidence }) => evidence), note);
  const likeness = leastLikeness(input.identities);
  note('identity', likeness, input.identities.length >= 2 && likeness >= options.sameFaceScoreMin);
  judgeAnswers({ shown: input.shown, seen }, note);
  return { alive: failed.length === 0, failed, scores };
}

type Note = (check: LivenessCheck, score: number, holds: boolean) => void;
type SeenFrame = { readonly atMs: number; readonly evidence: FrameEvidence };

function timingHolds({ shown, frames }: LivenessInput): boolean {
  const [first] = shown;
  const lastMs = frames.at(-1)?.atMs ?? 0;
  if (!first || lastMs > challengeMaxMs) return false;
  if (frames.filter(({ atMs }) => atMs <= first.atMs).length < restFramesMin) return false;
  const spaced = frames.slice(1).every(({ atMs }, i) => {
    const gap = atMs - frames[i].atMs;
    return gap >= spacingMinMs && gap <= spacingMaxMs;
  });
  return spaced && shown.every(({ prompt, atMs }, i) => {
    const untilMs = shown[i + 1]?.atMs ?? lastMs + flashStandsMinMs;
    const stands = untilMs - atMs >= (kindOf(prompt) === 'flash' ? flashStandsMinMs : 2 * reactionMinMs);
    return stands && answersTo({ shown, frames }, i).length > 0;
  });
}

/** Frames between a prompt and the next one, without those in which nobody could have reacted yet. */
function answersTo<Frame extends { readonly atMs: number }>(
  input: { shown: LivenessInput['shown']; frames: readonly Frame[] },
  index: number,
): Frame[] {
  const fromMs = input.shown[index].atMs + reactionMinMs;
  const untilMs = input.shown[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
  return input.frames.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
}

function judgeContinuity(frames: readonly FrameEvidence[], note: Note): void {
  const { leap, growth, backdrop, stillness } = continuityOf(frames);
  const limits = livenessLimits;
  note('still', stillness, stillness >= limits.stillnessMin);
  note('leap', Math.max(leap / limits.leapMax, growth / limits.growthMax), leap <= limits.leapMax && growth <= limits.growthMax);
  note('backdrop', backdrop, backdrop <= limits.backdropMax);
}

function judgeAnswers({ shown, seen }: { shown: LivenessInput['shown']; seen: readonly SeenFrame[] }, note: Note): void {
  const limits = livenessLimits;
  const rest = seen.filter(({ atMs }) => atMs <= shown[0].atMs).map(({ evidence }) => evidence);
  const flashes: { prompt: Prompt; frame: FrameEvidence }[] = [];
  shown.forEach(({ prompt }, i) => {
    const after = answersTo({ shown, frames: seen }, i).map(({ evidence }) => evidence);
    switch (kindOf(prompt)) {
      case 'smile': {
        const size = sizeOf(smileRise(rest, after));
        return note('smile', size, size >= limits.smileMin);
      }
      case 'turn': {
        const { degrees, parallax } = turnMade(rest, after, prompt === 'turn_left' ? 1 : -1);
        note('turn', degrees, degrees >= limits.turnDegreesMin);
        return note('depth', parallax, parallax >= limits.parallaxMin);
      }
      case 'blink': {
        const { shut, openedAgain } = blinkMade(rest, after);
        return note('blink', shut, shut <= limits.eyesShutMax && openedAgain >= limits.eyesOpenMin);
      }
      case 'flash':
        return void flashes.push({ prompt, frame: after[after.length - 1] });
    }
  });
  if (flashes.length === 0) return;
  const reflection = reflectionOf(rest, flashes);
  const holds = reflection !== null && reflection.strength >= limits.flashStrengthMin && reflection.margin >= limits.flashMarginMin;
  note('flash', reflection?.margin ?? 0, holds);
}

function leastLikeness(identities: readonly Embedding[]): number {
  let least = 1;
  for (let i = 0; i < identities.length; i++) {
    for (let j = i + 1; j < identities.length; j++) least = Math.min(least, cosine(identities[i], identities[j]));
  }
  return least;
}
