// From a picture to an embedding, in stages: `look` (find or follow, trace, judge) runs on every frame of a burst, `embed`,
// which costs more than the rest of a frame, on the best few only.
import type { RgbImage } from './image.ts';
import type { ModelRunner } from './runner.ts';
import type { AlignedChip } from './align.ts';
import type { FaceBox } from './detect.ts';
import type { Embedding } from './embed.ts';
import { bestFrames, createBurstWatch } from './burst-watch.ts';
import { traceMesh } from './mesh.ts';
import type { FaceMesh } from './mesh.ts';
import { embeddedSteps } from './pack-steps.ts';
import type { PackSteps } from './pack-steps.ts';
import { checkQuality, defaultQualityLimits, measureFace, relativeSizes } from './quality.ts';
import type { QualityLimits, QualityMeasures, QualityProblem } from './quality.ts';
import { measureSmile } from './smile.ts';
import type { SmileMeasures } from './smile.ts';
import { cropsForSpoof, scoreSpoof } from './spoof.ts';
import { followFace, isSameSquare } from './track.ts';
import type { TracedFace } from './track.ts';

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
  /** Followed from the frame before: nobody looked for other faces, so it must not be searched with before `count`. */
  readonly followed?: boolean;
}

export interface BurstView {
  readonly frames: readonly FrameView[];
  /** The best usable frames, best first, with their embeddings. */
  readonly embedded: readonly { readonly frameIndex: number; readonly embedding: Embedding }[];
}

export interface FacePipeline {
  /** Finds, traces and judges; no recogniser. */
  look(image: RgbImage, options?: LookOptions): Promise<FrameView>;
  /** The view of a followed frame with all faces in it counted; the face is traced anew where it is not the biggest one. */
  count(image: RgbImage, view: FrameView): Promise<FrameView>;
  /** Embeds the traced face, then wipes its chip. */
  embed(face: PrimaryFace): Promise<Embedding>;
  /** To tell whether frames show one person, not to search with, and cheaper; wipes the chips. */
  embedPlain(faces: readonly PrimaryFace[]): Promise<Embedding[]>;
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
  /** The face of the frame before, followed by its mesh if the pack allows it and the track holds: see track.ts. */
  readonly follow?: PrimaryFace | null;
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

  const { look, count } = createLooking({ runner, limits, steps });

  async function embed(face: PrimaryFace): Promise<Embedding> {
    const embedding = await steps.embed(runner, face.chip);
    forget(face);
    return embedding;
  }

  async function embedPlain(faces: readonly PrimaryFace[]): Promise<Embedding[]> {
    const embeddings = await steps.embedPlain(runner, faces.map(({ chip }) => chip));
    faces.forEach(forget);
    return embeddings;
  }

  async function analyse(image: RgbImage): Promise<{ view: FrameView; embedding: Embedding | null }> {
    const view = await look(image);
    return { view, embedding: view.primary ? await embed(view.primary) : null };
  }

  async function analyseBurst(images: readonly RgbImage[], { embedMax }: { embedMax: number }): Promise<BurstView> {
    const watch = createBurstWatch(pipeline, { frameCount: images.length, embedMax });
    const frames: FrameView[] = [];
    for (const [index, image] of images.entries()) frames.push(await watch.next(image, index));
    const embedded: { frameIndex: number; embedding: Embedding }[] = [];
    for (const frameIndex of bestFrames(frames, { embedMax })) {
      const face = frames[frameIndex].primary;
      if (face) embedded.push({ frameIndex, embedding: await embed(face) });
    }
    for (const { primary } of frames) if (primary) forget(primary);
    return { frames, embedded };
  }

  const padScore = (face: PrimaryFace): Promise<number | null> => scoreSpoof(runner, face.spoofCrops, steps.spoofNets);

  const pipeline: FacePipeline = { look, count, embed, embedPlain, padScore, analyse, analyseBurst };
  return pipeline;
}

interface Looking {
  readonly runner: ModelRunner;
  readonly limits: QualityLimits;
  readonly steps: PackSteps;
}

function createLooking({ runner, limits, steps }: Looking): Pick<FacePipeline, 'look' | 'count'> {
  async function look(image: RgbImage, { pick = biggestFace, quick = false, follow = null }: LookOptions = {}): Promise<FrameView> {
    const followed = follow && steps.followsMesh ? await followFrom(image, follow) : null;
    if (followed) return viewOf(image, followed, { faces: [followed.box], followed: true });
    const faces = await steps.detect(runner, image, { quick });
    const box = pick(faces, image);
    if (!box) return { faces, measures: { ...sizesOf(faces), face: null }, problem: 'no_face', primary: null };
    const mesh = await traceMesh(runner, image, box);
    return viewOf(image, { box, mesh, chip: steps.align(runner, image, { box, mesh }) }, { faces });
  }

  const followFrom = (image: RgbImage, last: PrimaryFace): Promise<TracedFace | null> =>
    followFace(image, { runner, last, align: (mesh) => steps.align(runner, image, { box: last.box, mesh }) });

  function viewOf(image: RgbImage, traced: TracedFace, found: Pick<FrameView, 'faces' | 'followed'>): FrameView {
    const measures = { ...sizesOf(found.faces), face: measureFace(image, traced.mesh, traced.chip) };
    const spoofCrops = cropsForSpoof(image, traced.box, steps.spoofNets);
    return { ...found, measures, problem: problemOf(measures), primary: { ...traced, smile: measureSmile(traced.mesh), spoofCrops } };
  }

  function problemOf(measures: QualityMeasures): QualityProblem | null {
    const verdict = checkQuality(measures, limits);
    return verdict.ok ? null : verdict.problem;
  }

  async function count(image: RgbImage, { primary, measures: { face } }: FrameView): Promise<FrameView> {
    const faces = await steps.detect(runner, image, { quick: true });
    const [biggest] = faces;
    if (primary && biggest && isSameSquare(primary.box, biggest)) {
      const measures = { ...sizesOf(faces), face };
      return { faces, measures, problem: problemOf(measures), primary };
    }
    if (primary) forget(primary);
    return look(image, { quick: true });
  }

  return { look, count };
}

const sizesOf = (faces: readonly FaceBox[]) => ({ faceCount: faces.length, relativeSizes: relativeSizes(faces) });

/** Wipes the cut-out of a face that will not be embedded. */
export function forget(face: PrimaryFace): void {
  face.chip.data.fill(0);
  for (const crop of face.spoofCrops) crop.fill(0);
}
