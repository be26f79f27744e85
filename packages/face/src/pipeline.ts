// From a picture to an embedding, in stages: `look` (find, trace, judge) costs about 10 ms and runs on
// every frame of a burst; `embed` costs about 15 ms and runs on the best few only.
import type { RgbImage } from './image.ts';
import type { ModelRunner } from './runner.ts';
import type { AlignedChip } from './align.ts';
import type { FaceBox } from './detect.ts';
import type { Embedding } from './embed.ts';
import { traceMesh } from './mesh.ts';
import type { FaceMesh } from './mesh.ts';
import { embeddedSteps } from './pack-steps.ts';
import type { PackSteps } from './pack-steps.ts';
import { checkQuality, defaultQualityLimits, measureFace, relativeSizes } from './quality.ts';
import type { QualityLimits, QualityMeasures, QualityProblem } from './quality.ts';
import { measureSmile } from './smile.ts';
import type { SmileMeasures } from './smile.ts';
import { cropsForSpoof, scoreSpoof } from './spoof.ts';

export interface PrimaryFace {
  readonly box: FaceBox;
  readonly mesh: FaceMesh;
  /** Overwritten with zeros once it has been embedded, or by `forget`. */
  readonly chip: AlignedChip;
  readonly smile: SmileMeasures;
  /** Cut-outs for the pack's spoof nets, overwritten by `padScore` or `forget`. */
  readonly spoofCrops: readonly Float32Array[];
}

export interface FrameView {
  /** Every face, the biggest first. */
  readonly faces: readonly FaceBox[];
  readonly measures: QualityMeasures;
  /** Why this frame must not be used for recognition; null when it may. */
  readonly problem: QualityProblem | null;
  /** The biggest face, traced; null when there is none. */
  readonly primary: PrimaryFace | null;
}

export interface BurstView {
  readonly frames: readonly FrameView[];
  /** The best usable frames, best first, with their embeddings. */
  readonly embedded: readonly { readonly frameIndex: number; readonly embedding: Embedding }[];
}

export interface FacePipeline {
  /** Finds, traces and judges; no recogniser. */
  look(image: RgbImage, options?: LookOptions): Promise<FrameView>;
  /** Embeds the traced face, then wipes its chip. */
  embed(face: PrimaryFace): Promise<Embedding>;
  /** PAD score of the pack's spoof nets, 0..1, 1 looks like a person; null: the pack has none. To be asked before `embed`. */
  padScore(face: PrimaryFace): Promise<number | null>;
  /** Looks at one frame and embeds its face whatever its quality, for 1:1 tools and tests. */
  analyse(image: RgbImage): Promise<{ readonly view: FrameView; readonly embedding: Embedding | null }>;
  /** Looks at all frames, embeds the `embedMax` best of the usable ones. */
  analyseBurst(images: readonly RgbImage[], options: { readonly embedMax: number }): Promise<BurstView>;
}

export interface LookOptions {
  /** Whose face it is about; the biggest by default. */
  readonly pick?: PickFace;
  /** Not the small faces behind a big one: see `isQuick`. */
  readonly quick?: boolean;
}

/** Of faces that are ordered by size, the biggest first. */
export type PickFace = (faces: readonly FaceBox[], image: RgbImage) => FaceBox | undefined;

const biggestFace: PickFace = ([biggest]) => biggest;

export function createFacePipeline(options: {
  readonly runner: ModelRunner;
  readonly limits?: QualityLimits;
  readonly steps?: PackSteps;
}): FacePipeline {
  const { runner, limits = defaultQualityLimits, steps = embeddedSteps } = options;

  async function look(image: RgbImage, { pick = biggestFace, quick = false }: LookOptions = {}): Promise<FrameView> {
    const faces = await steps.detect(runner, image, { quick });
    const sizes = { faceCount: faces.length, relativeSizes: relativeSizes(faces) };
    const box = pick(faces, image);
    if (!box) return { faces, measures: { ...sizes, face: null }, problem: 'no_face', primary: null };
    const mesh = await traceMesh(runner, image, box);
    const chip = steps.align(image, { box, mesh });
    const measures = { ...sizes, face: measureFace(image, mesh, chip) };
    const verdict = checkQuality(measures, limits);
    const primary = { box, mesh, chip, smile: measureSmile(mesh), spoofCrops: cropsForSpoof(image, box, steps.spoofNets) };
    return { faces, measures, problem: verdict.ok ? null : verdict.problem, primary };
  }

  async function embed(face: PrimaryFace): Promise<Embedding> {
    const embedding = await steps.embed(runner, face.chip);
    forget(face);
    return embedding;
  }

  async function analyse(image: RgbImage): Promise<{ view: FrameView; embedding: Embedding | null }> {
    const view = await look(image);
    return { view, embedding: view.primary ? await embed(view.primary) : null };
  }

  async function analyseBurst(images: readonly RgbImage[], { embedMax }: { embedMax: number }): Promise<BurstView> {
    const frames: FrameView[] = [];
    for (const [index, image] of images.entries()) frames.push(await look(image, { quick: isQuick(index, images.length) }));
    const embedded: { frameIndex: number; embedding: Embedding }[] = [];
    for (const frameIndex of bestFrames(frames, embedMax)) {
      const face = frames[frameIndex].primary;
      if (face) embedded.push({ frameIndex, embedding: await embed(face) });
    }
    for (const { primary } of frames) if (primary) forget(primary);
    return { frames, embedded };
  }

  const padScore = (face: PrimaryFace): Promise<number | null> => scoreSpoof(runner, face.spoofCrops, steps.spoofNets);

  return { look, embed, padScore, analyse, analyseBurst };
}

const thoroughEvery = 4;

/**
 * Frames of a burst in which small faces behind a big one are not searched for: all but the first, every fourth and the
 * last. A face at least half as big as the biggest, which the gate refuses, is still seen (`nearFaceMinPx` in detect.ts);
 * who stands further back does not come and go within a few frames, and is counted over the other frames.
 */
export function isQuick(frameIndex: number, frameCount: number): boolean {
  return frameIndex % thoroughEvery !== 0 && frameIndex !== frameCount - 1;
}

/** Wipes the cut-out of a face that will not be embedded. */
export function forget(face: PrimaryFace): void {
  face.chip.data.fill(0);
  for (const crop of face.spoofCrops) crop.fill(0);
}

/** Indices of the usable frames, the most promising first. */
export function bestFrames(frames: readonly FrameView[], limit: number): number[] {
  return frames
    .map((frame, frameIndex) => ({ frameIndex, merit: merit(frame) }))
    .filter(({ merit }) => merit > 0)
    .sort((a, b) => b.merit - a.merit || a.frameIndex - b.frameIndex)
    .slice(0, limit)
    .map(({ frameIndex }) => frameIndex);
}

// The lower quartile of sharp news photos.
const sharpEnough = 10;

// Frontal, sharp, near: a frame 30° off counts half; beyond what the recogniser can see, more pixels
// or more edges add nothing.
function merit({ problem, measures: { face } }: FrameView): number {
  if (problem || !face) return 0;
  const frontal = 1 / (1 + (face.yawDegrees ** 2 + face.pitchDegrees ** 2) / 30 ** 2);
  const near = Math.min(1, face.eyeDistancePx / 60);
  const sharp = Math.min(1, Math.sqrt(face.sharpness / sharpEnough));
  return frontal * near * sharp;
}
