import { describe, expect, it } from 'vitest';
import { bestFrames, createBurstWatch, isQuick } from './burst-watch.ts';
import type { FrameView, LookOptions, PrimaryFace } from './pipeline.ts';
import { defaultQualityLimits } from './quality.ts';
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

const empty: FrameView = { faces: [], problem: 'no_face', primary: null, measures: { faceCount: 0, relativeSizes: [], face: null } };

describe('bestFrames', () => {
  it('prefers frontal, near and sharp, and keeps the order of equals', () => {
    const frames = [frame({ yawDegrees: 25 }), frame({}), frame({ eyeDistancePx: 30 }), frame({}), frame({ sharpness: 2 })];
    expect(bestFrames(frames, { embedMax: 5 })).toEqual([1, 3, 0, 2, 4]);
    expect(bestFrames(frames, { embedMax: 2 })).toEqual([1, 3]);
  });

  it('never takes a frame with a problem, without a face, beyond the limits or whose faces nobody counted', () => {
    expect(bestFrames([frame({}, 'too_blurred'), empty, null], { embedMax: 2 })).toEqual([]);
    expect(bestFrames([frame({ sharpness: 4 })], { embedMax: 2 })).toEqual([0]);
    expect(bestFrames([frame({ sharpness: 4 })], { embedMax: 2, limits: { ...defaultQualityLimits, sharpnessMin: 5 } })).toEqual([]);
    expect(bestFrames([{ ...frame({}), followed: true }, frame({ yawDegrees: 30 })], { embedMax: 2 })).toEqual([1]);
  });

  it('takes one of each group before a second, unless it is much worse', () => {
    const groups = [[0, 1], [2, 3]];
    const frames = (yawDegrees: number): FrameView[] => [frame({}), frame({}), frame({ yawDegrees }), frame({ yawDegrees: 30 })];
    expect(bestFrames(frames(10), { embedMax: 2, groups })).toEqual([0, 2]);
    expect(bestFrames(frames(20), { embedMax: 2, groups })).toEqual([0, 1]);
    expect(bestFrames(frames(10), { embedMax: 2 })).toEqual([0, 1]);
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

describe('the watch over a burst', () => {
  const image = { data: new Uint8Array(3), width: 1, height: 1 };

  // Every frame shows one face that can be followed; `lost`: not in these.
  async function watched(yaws: readonly number[], { embedMax, lost = [] }: { embedMax: number; lost?: readonly number[] }) {
    let frameIndex = 0;
    const counted: number[] = [];
    const faceOf = (index: number): FrameView => ({ ...frame({ yawDegrees: yaws[index] }), primary: { index } as unknown as PrimaryFace });
    const watch = createBurstWatch(
      {
        look: async (_, { follow, quick }: LookOptions = {}) => {
          if (follow && !lost.includes(frameIndex)) return { ...faceOf(frameIndex), followed: true };
          if (!follow) expect(quick ?? false).toBe(isQuick(frameIndex, yaws.length));
          counted.push(frameIndex);
          return faceOf(frameIndex);
        },
        count: async () => {
          counted.push(frameIndex);
          return faceOf(frameIndex);
        },
      },
      { frameCount: yaws.length, embedMax },
    );
    const views: FrameView[] = [];
    for (; frameIndex < yaws.length; frameIndex++) views.push(await watch.next(image, frameIndex));
    return { counted, best: bestFrames(views, { embedMax }), followed: views.map(({ followed }, i) => (followed ? i : -1)).filter((i) => i >= 0) };
  }

  it('counts all faces in the first frame, every fourth and the last, and follows in the others', async () => {
    expect(await watched(Array(8).fill(0), { embedMax: 1 })).toEqual({ counted: [0, 4, 7], best: [0], followed: [1, 2, 3, 5, 6] });
  });

  it('counts them as well where the track is lost', async () => {
    expect((await watched(Array(8).fill(0), { embedMax: 1, lost: [2] })).counted).toEqual([0, 2, 4, 7]);
  });

  it('and in every frame that may be searched with', async () => {
    const turning = await watched([30, 30, 0, 0, 30, 0, 30, 30], { embedMax: 2 });
    expect(turning.counted).toEqual([0, 1, 2, 3, 4, 7]);
    expect(turning.best).toEqual([2, 3]);
    expect(turning.followed).toEqual([5, 6]);
  });
});
