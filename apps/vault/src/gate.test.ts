// What a burst must show before anybody is looked up or enrolled: one row a case.
import { describe, expect, test } from 'vitest';
import type { FaceMeasures, QualityProblem } from '@sonrisa/face/quality.ts';
import { enrolRule, gateBurst, recogniseRule } from './gate.ts';
import type { GateRule } from './gate.ts';
import type { BurstReport, FrameReport } from './pack/burst.ts';

const face: FaceMeasures = {
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  eyeDistancePx: 80,
  sharpness: 15,
  brightness: 120,
  darkShare: 0,
  brightShare: 0,
  insideShare: 1,
  presence: 1,
};
type Frame = Partial<FaceMeasures> | QualityProblem;
const frame = (given: Frame): FrameReport => ({
  ok: true,
  widthPx: 640,
  heightPx: 480,
  box: null,
  smile: null,
  problem: typeof given === 'string' ? given : null,
  measures: { faceCount: 1, relativeSizes: [1], face: typeof given === 'string' ? face : { ...face, ...given } },
});
const good: Frame = {};
const report = (frames: readonly Frame[], directions: readonly number[] = []): BurstReport => ({
  frames: frames.map(frame),
  embedded: frames.flatMap((given, frameIndex) => (typeof given === 'string' ? [] : [{ frameIndex, padScore: null, embedding: pointing(directions[frameIndex] ?? 0) }])),
});
const pointing = (direction: number) => Float32Array.from({ length: 4 }, (_, i) => (i === direction ? 1 : 0));
const judge = (burst: BurstReport, rule: GateRule) => gateBurst(burst, { rule, sameBurstScoreMin: 0.9 });

describe.each<[string, GateRule, readonly Frame[], string]>([
  ['a look: one frame, good', recogniseRule, [good], 'ok'],
  ['a look: two good of five', recogniseRule, ['too_dark', good, 'no_face', good, 'too_dark'], 'ok'],
  ['a look: one good of five', recogniseRule, ['too_dark', good, 'no_face', 'too_dark', 'no_face'], 'face_none'],
  ['a look: what most frames suffer from is said', recogniseRule, ['too_dark', 'too_blurred', 'too_blurred', good], 'face_blurred'],
  ['a look: no frame good', recogniseRule, ['several_faces', 'several_faces', 'no_face'], 'face_several'],
  ['an enrolment: three good', enrolRule, [good, good, good], 'ok'],
  ['an enrolment: two good, however few there are', enrolRule, [good, good], 'face_blurred'],
  ['an enrolment: two good of four', enrolRule, [good, 'turned_away', good, 'turned_away'], 'face_turned'],
  ['an enrolment: good enough for a till only', enrolRule, [good, good, { eyeDistancePx: 28 }, { eyeDistancePx: 28 }], 'face_too_small'],
  ['a look: the same frames', recogniseRule, [good, good, { eyeDistancePx: 28 }, { eyeDistancePx: 28 }], 'ok'],
])('%s', (_name, rule, frames, expected) => {
  test(`→ ${expected}`, () => {
    const verdict = judge(report(frames), rule);
    expect(verdict.ok ? 'ok' : verdict.code).toBe(expected);
  });
});

test('an enrolment is stricter than a look in every measure it changes', () => {
  const [enrol, look] = [enrolRule.limits, recogniseRule.limits];
  for (const least of ['eyeDistanceMinPx', 'sharpnessMin', 'brightnessMin'] as const) expect(enrol[least]).toBeGreaterThan(look[least]);
  for (const most of ['brightnessMax', 'yawMaxDegrees', 'pitchMaxDegrees'] as const) expect(enrol[most]).toBeLessThan(look[most]);
});

test('one frame of somebody else among good ones', () => {
  const verdict = judge(report([good, good, good, good], [0, 0, 0, 1]), enrolRule);
  expect(verdict).toEqual({ ok: false, code: 'face_not_one_person' });
});

test('a frame that cannot be decoded refuses the burst by its own name', () => {
  const burst = { ...report([good, good, good]), frames: [...report([good, good]).frames, { ok: false, refusal: 'image_animated' } as const] };
  expect(judge(burst, recogniseRule)).toEqual({ ok: false, code: 'image_animated' });
});

test('the scene is that of the best frame', () => {
  const burst = report([{ brightness: 99 }, { brightness: 77 }]);
  const best = { ...burst, embedded: [...burst.embedded].reverse() };
  expect(judge(best, recogniseRule)).toMatchObject({ ok: true, scene: { faceCount: 1, secondFaceRatio: 0, faceLuma: 77 } });
});

test('whether somebody stands behind is asked of the frames that were searched for small faces', () => {
  const { frames, embedded } = report([good, good, good, good]);
  const behind = (quickFrames: readonly number[]) =>
    frames.map((each, index) => (each.ok ? { ...each, quick: quickFrames.includes(index), measures: { ...each.measures, relativeSizes: quickFrames.includes(index) ? [1] : [1, 0.3] } } : each));
  expect(judge({ frames: behind([1, 2, 3]), embedded }, recogniseRule)).toMatchObject({ ok: true, scene: { onlooker: true } });
  expect(judge({ frames: behind([0, 1, 2, 3]), embedded }, recogniseRule)).toMatchObject({ ok: true, scene: { onlooker: false } });
});
