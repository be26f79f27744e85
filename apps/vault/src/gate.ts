// Whether a burst is good enough to recognise or to enrol somebody by, and if not, the one thing to tell them.
import { sameFaceThroughout } from '@sonrisa/face/embed.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import { checkQuality, defaultQualityLimits, qualityProblems } from '@sonrisa/face/quality.ts';
import type { QualityLimits, QualityMeasures, QualityProblem } from '@sonrisa/face/quality.ts';
import type { ProblemCode } from '@sonrisa/protocol/problem.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import type { BurstReport, FrameReport } from './pack/burst.ts';
import { padScoreOf } from './passive-pad.ts';

export interface GateRule {
  readonly limits: QualityLimits;
  /** A burst of fewer frames than this needs all of them good, but never fewer than `goodFramesFloor`. */
  readonly goodFramesMin: number;
  readonly goodFramesFloor: number;
  /** The best frames that are embedded. */
  readonly embedMax: number;
}

/**
 * Two frames are searched with: of 151 people of LFW in synthetic motion (eight frames each), enrolled from another photo, FNMR at
 * FMR 1e-3 was 12.6 % with the best frame alone, 10.6 % with two or three, 9.9 % (one person less) with four.
 *
 * Sharper than the pipeline's own limit: a camera sends JPEG, whose blocks alone give a face that is blurred beyond
 * recognition (sigma 12 at 111 px between the eyes) 2.9 at quality 85, against 0.7 before compression.
 */
export const recogniseRule: GateRule = {
  limits: { ...defaultQualityLimits, sharpnessMin: 3.5 },
  goodFramesMin: 2,
  goodFramesFloor: 1,
  embedMax: 2,
};

/** A template is looked at for years: nearer, sharper, straighter than a glance at a till. */
export const enrolRule: GateRule = {
  limits: {
    ...defaultQualityLimits,
    eyeDistanceMinPx: 32,
    sharpnessMin: 5,
    brightnessMin: 40,
    brightnessMax: 210,
    yawMaxDegrees: 30,
    pitchMaxDegrees: 28,
  },
  goodFramesMin: 3,
  goodFramesFloor: 3,
  embedMax: 8,
};

export type Scene = ReceiptClaims['scene'];

export type GateVerdict =
  | { readonly ok: true; readonly embeddings: readonly Embedding[]; readonly scene: Scene }
  | { readonly ok: false; readonly code: ProblemCode };

/** `embeddings` come best first. A frame that cannot be decoded refuses the whole burst. */
export function gateBurst(report: BurstReport, input: { rule: GateRule; sameBurstScoreMin: number }): GateVerdict {
  const { rule, sameBurstScoreMin } = input;
  const unreadable = report.frames.find((frame) => !frame.ok);
  if (unreadable && !unreadable.ok) return { ok: false, code: unreadable.refusal };
  const verdicts = report.frames.map((frame) => frameProblem(frame, rule.limits));
  const good = report.embedded.filter(({ frameIndex }) => verdicts[frameIndex] === null);
  const needed = Math.max(rule.goodFramesFloor, Math.min(rule.goodFramesMin, report.frames.length));
  const best = good[0] && report.frames[good[0].frameIndex];
  if (good.length < needed || !best?.ok) return { ok: false, code: mostUsefulProblem(verdicts) };
  const embeddings = good.map(({ embedding }) => embedding);
  if (!sameFaceThroughout(embeddings, sameBurstScoreMin)) return { ok: false, code: 'face_not_one_person' };
  return { ok: true, embeddings, scene: { ...sceneOf(best, report.frames), padScore: padScoreOf(good) } };
}

const problemCodes: Record<QualityProblem, ProblemCode> = {
  no_face: 'face_none',
  several_faces: 'face_several',
  off_frame: 'face_off_frame',
  too_small: 'face_too_small',
  turned_away: 'face_turned',
  too_dark: 'face_too_dark',
  too_bright: 'face_too_bright',
  too_blurred: 'face_blurred',
};

function frameProblem(frame: FrameReport, limits: QualityLimits): QualityProblem | null {
  if (!frame.ok) return 'no_face';
  if (frame.problem) return frame.problem;
  const verdict = checkQuality(frame.measures, limits);
  return verdict.ok ? null : verdict.problem;
}

// What most frames suffer from; between equals, the one that has to be put right first.
function mostUsefulProblem(verdicts: readonly (QualityProblem | null)[]): ProblemCode {
  const count = (problem: QualityProblem): number => verdicts.filter((verdict) => verdict === problem).length;
  const ranked = [...qualityProblems].sort((a, b) => count(b) - count(a));
  const worst = ranked[0];
  // All frames good, and still too few of them: a steadier, longer look is what helps.
  return worst && count(worst) > 0 ? problemCodes[worst] : 'face_blurred';
}

/** Smaller than this beside the payer's face somebody is at the back of the shop. */
const onlookerRatioMin = 0.25;
/** Stays in view in at least this share of the frames: not passing by. */
const onlookerShareMin = 0.5;
const dimBelow = 60;
const glareShareMin = 0.2;

// For risk, not for refusing: who else was there, how near, and in what light.
function sceneOf(best: Extract<FrameReport, { ok: true }>, frames: readonly FrameReport[]): Omit<Scene, 'padScore'> {
  const { faceCount, relativeSizes, face } = best.measures;
  const seen = frames.flatMap((frame) => (frame.ok ? [frame.measures] : []));
  const nearestOther = (measures: QualityMeasures): number => measures.relativeSizes[1] ?? 0;
  // Only frames that were searched for small faces can say that there was none.
  const searched = frames.flatMap((frame) => (frame.ok && !frame.quick ? [nearestOther(frame.measures)] : []));
  const luma = face?.brightness ?? 0;
  return {
    faceCount,
    secondFaceRatio: relativeSizes[1] ?? 0,
    faceLuma: luma,
    facesMax: Math.max(...seen.map((measures) => measures.faceCount)),
    nearestOtherRatio: Math.max(...seen.map(nearestOther)),
    onlooker: searched.length > 0 && searched.filter((ratio) => ratio >= onlookerRatioMin).length >= searched.length * onlookerShareMin,
    light: luma < dimBelow ? 'dim' : (face?.brightShare ?? 0) >= glareShareMin ? 'glare' : 'good',
  };
}
