// One burst, from encoded frames to measures and embeddings: what a worker does with a job.
import { bestFrames, forget } from '@sonrisa/face/pipeline.ts';
import type { FacePipeline, FrameView } from '@sonrisa/face/pipeline.ts';
import type { FaceBox } from '@sonrisa/face/detect.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { QualityMeasures, QualityProblem } from '@sonrisa/face/quality.ts';
import type { SmileMeasures } from '@sonrisa/face/smile.ts';
import { decodeFrame } from './decode.ts';
import type { ImageRefusal } from './decode.ts';
import { unguarded } from './native-guard.ts';
import type { Guard } from './native-guard.ts';

export interface BurstJob {
  /** JPEG, PNG or WebP, in the order they were taken. */
  readonly frames: readonly Uint8Array[];
  /** How many of the best usable frames to embed. */
  readonly embedMax: number;
}

export type FrameReport =
  | { readonly ok: false; readonly refusal: ImageRefusal }
  | {
      readonly ok: true;
      readonly widthPx: number;
      readonly heightPx: number;
      /** Why the frame was not used; null when it may be. */
      readonly problem: QualityProblem | null;
      readonly measures: QualityMeasures;
      /** Of the biggest face; null without one. */
      readonly box: FaceBox | null;
      readonly smile: SmileMeasures | null;
    };

export interface BurstReport {
  /** One for each frame of the job. */
  readonly frames: readonly FrameReport[];
  /** The best usable frames, best first. */
  readonly embedded: readonly EmbeddedFrame[];
}

export interface EmbeddedFrame {
  readonly frameIndex: number;
  readonly embedding: Embedding;
  /** 0..1, 1 looks like a person and not like a picture of one; null: the pack has no nets for it. */
  readonly padScore: number | null;
}

/** Decodes, looks at every frame, embeds the best; overwrites pixels and cut-outs with zeros when done. */
export async function analyseJob(pipeline: FacePipeline, job: BurstJob, guard: Guard = unguarded): Promise<BurstReport> {
  const frames: FrameReport[] = [];
  const views: (FrameView | null)[] = [];
  for (const bytes of job.frames) {
    const { report, view } = await lookAt(pipeline, bytes, guard);
    frames.push(report);
    views.push(view);
  }
  const seen = views.flatMap((view, frameIndex) => (view ? [{ view, frameIndex }] : []));
  const embedded: EmbeddedFrame[] = [];
  for (const index of bestFrames(seen.map(({ view }) => view), job.embedMax)) {
    const best = seen[index];
    if (!best?.view.primary) continue;
    const padScore = await pipeline.padScore(best.view.primary);
    embedded.push({ frameIndex: best.frameIndex, padScore, embedding: await pipeline.embed(best.view.primary) });
  }
  for (const { view } of seen) if (view.primary) forget(view.primary);
  return { frames, embedded };
}

async function lookAt(
  pipeline: FacePipeline,
  bytes: Uint8Array,
  guard: Guard,
): Promise<{ report: FrameReport; view: FrameView | null }> {
  const decoded = await guard(() => decodeFrame(bytes));
  if (!decoded.ok) return { report: decoded, view: null };
  const { image } = decoded;
  const view = await pipeline.look(image);
  image.data.fill(0);
  const { problem, measures, primary } = view;
  const size = { widthPx: image.width, heightPx: image.height };
  return { view, report: { ok: true, ...size, problem, measures, box: primary?.box ?? null, smile: primary?.smile ?? null } };
}
