import { describe, expect, it } from 'vitest';
import { bestFrames, isQuick } from './pipeline.ts';
import type { FrameView } from './pipeline.ts';
import type { FaceMeasures, QualityProblem } from './quality.ts';

const good: FaceMeasures = {
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  eyeDistancePx: 60,
  sharpness: 16,
  brightness: 116,
  darkShare: 0,
  brightShare: 0,
  insideShare: 1,
  presence: 1,
};

const frame = (change: Partial<FaceMeasures>, problem: QualityProblem | null = null): FrameView => ({
  faces: [],
  problem,
  primary: null,
  measures: { faceCount: 1, relativeSizes: [1], face: { ...good, ...change } },
});

describe('bestFrames', () => {
  it('prefers frontal, near and sharp, and keeps the order of equals', () => {
    const frames = [frame({ yawDegrees: 25 }), frame({}), frame({ eyeDistancePx: 30 }), frame({}), frame({ sharpness: 2 })];
    expect(bestFrames(frames, 5)).toEqual([1, 3, 0, 2, 4]);
    expect(bestFrames(frames, 2)).toEqual([1, 3]);
  });

  it('never takes a frame with a problem or without a face', () => {
    const empty: FrameView = { faces: [], problem: 'no_face', primary: null, measures: { faceCount: 0, relativeSizes: [], face: null } };
    expect(bestFrames([frame({}, 'too_blurred'), empty], 2)).toEqual([]);
  });
});

describe('isQuick', () => {
  it('spares the first frame, every fourth and the last the small size', () => {
    const thorough = (count: number): number[] => Array.from({ length: count }, (_, i) => i).filter((index) => !isQuick(index, count));
    expect(thorough(1)).toEqual([0]);
    expect(thorough(3)).toEqual([0, 2]);
    expect(thorough(8)).toEqual([0, 4, 7]);
  });
});
