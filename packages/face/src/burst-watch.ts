// Looks at the frames of a burst one after the other: in which of them all faces are counted, in which the one face is only
// followed, and which are the best to embed.
import type { RgbImage } from './image.ts';
import type { FacePipeline, FrameView, PrimaryFace } from './pipeline.ts';
import { checkQuality } from './quality.ts';
import type { QualityLimits } from './quality.ts';

export interface BurstWatch {
  /** The view of the next frame, in order; frames that could not be decoded are left out. */
  next(image: RgbImage, frameIndex: number): Promise<FrameView>;
}

/**
 * All faces are counted in the first frame, every fourth and the last; wherever the track does not hold; and in every
 * frame that may be embedded to search with: one that is clearly better than the `embedMax` best counted before it.
 */
export function createBurstWatch(
  pipeline: Pick<FacePipeline, 'look' | 'count'>,
  { frameCount, embedMax, limits }: { readonly frameCount: number; readonly embedMax: number; readonly limits?: QualityLimits },
): BurstWatch {
  let last: PrimaryFace | null = null;
  const counted: number[] = [];

  function mayBeEmbedded(view: FrameView): boolean {
    const bar = counted.sort((a, b) => b - a)[embedMax - 1] ?? 0;
    return merit({ ...view, followed: false }, limits) > bar * clearlyBetter;
  }

  return {
    async next(image, frameIndex) {
      const quick = isQuick(frameIndex, frameCount);
      let view = await pipeline.look(image, { quick, follow: quick ? last : null });
      if (view.followed && mayBeEmbedded(view)) view = await pipeline.count(image, view);
      const worth = merit(view, limits);
      if (worth > 0) counted.push(worth);
      last = view.primary;
      return view;
    },
  };
}

/** A tenth more merit is worth a detection. */
const clearlyBetter = 1.1;

const thoroughEvery = 4;

/**
 * Frames of a burst in which the face may be followed, and small faces behind a big one are not searched for: all but the
 * first, every fourth and the last. Where a detection is made nevertheless, a face at least half as big as the biggest,
 * which the gate refuses, is seen (`nearFaceMinPx` in detect.ts); who stands further back does not come and go within a
 * few frames, and is counted over the other frames.
 */
export function isQuick(frameIndex: number, frameCount: number): boolean {
  return frameIndex % thoroughEvery !== 0 && frameIndex !== frameCount - 1;
}

/**
 * Indices of the frames to search with, the most promising first. Of `groups` of frames (the parts of a challenge) each is
 * to give one before any gives two, unless that one is much worse: frames of different moments say more, and the same
 * embeddings then show that one person answered all parts.
 */
export function bestFrames(
  frames: readonly (FrameView | null)[],
  { embedMax, limits, groups = [] }: { readonly embedMax: number; readonly limits?: QualityLimits; readonly groups?: readonly (readonly number[])[] },
): number[] {
  const left = frames.map((frame, frameIndex) => ({ frameIndex, worth: frame ? merit(frame, limits) : 0 })).filter(({ worth }) => worth > 0);
  const chosen: number[] = [];
  while (left.length > 0 && chosen.length < embedMax) {
    const given = groups.filter((group) => group.some((frameIndex) => chosen.includes(frameIndex))).flat();
    const value = (one: (typeof left)[number]): number => one.worth * (given.includes(one.frameIndex) ? sameGroupShare : 1);
    left.sort((a, b) => value(b) - value(a) || a.frameIndex - b.frameIndex);
    chosen.push(...left.splice(0, 1).map(({ frameIndex }) => frameIndex));
  }
  return chosen;
}

const sameGroupShare = 0.8;

// The lower quartile of sharp news photos.
const sharpEnough = 10;

// Frontal, sharp, near: a frame 30° off counts half; beyond what the recogniser can see, more pixels
// or more edges add nothing. Zero: not to be searched with.
function merit({ problem, followed, measures }: FrameView, limits: QualityLimits | undefined): number {
  const { face } = measures;
  if (problem || followed || !face || (limits && !checkQuality(measures, limits).ok)) return 0;
  const frontal = 1 / (1 + (face.yawDegrees ** 2 + face.pitchDegrees ** 2) / 30 ** 2);
  const near = Math.min(1, face.eyeDistancePx / 60);
  const sharp = Math.min(1, Math.sqrt(face.sharpness / sharpEnough));
  return frontal * near * sharp;
}
