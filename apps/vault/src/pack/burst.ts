// One burst, from encoded frames to measures and embeddings: what a worker does with a job.
import { bestFrames, forget, isQuick } from '@sonrisa/face/pipeline.ts';
import type { FacePipeline, FrameView } from '@sonrisa/face/pipeline.ts';
import type { FaceBox } from '@sonrisa/face/detect.ts';
import { takeEvidence, wipeEvidence } from '@sonrisa/face/liveness/evidence.ts';
import type { FrameEvidence } from '@sonrisa/face/liveness/evidence.ts';
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
  /** For the liveness checks: evidence of every frame, and an embedding of the best frame of each of these groups. */
  readonly liveness?: { readonly groups: readonly (readonly number[])[] };
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
      /** Small faces behind the biggest may have been missed. */
      readonly quick?: boolean;
      /** Of the biggest face; null without one. */
      readonly box: FaceBox | null;
      readonly smile: SmileMeasures | null;
      /** Only when the job asked for it, of a frame with a face. */
      readonly evidence?: FrameEvidence;
    };

export interface BurstReport {
  /** One for each frame of the job. */
  readonly frames: readonly FrameReport[];
  /** The best usable frames, best first. */
  readonly embedded: readonly EmbeddedFrame[];
  /** One for each group of the job that had a traced face, in order. */
  readonly identities?: readonly Embedding[];
}

export interface EmbeddedFrame {
  readonly frameIndex: number;
  readonly embedding: Embedding;
  /** 0..1, 1 looks like a person and not like a picture of one; null: the pack has no nets for it. */
  readonly padScore: number | null;
}

/** Overwrites everything a face could be known or drawn by. */
export function wipeReport(report: BurstReport): void {
  for (const { embedding } of report.embedded) embedding.fill(0);
  for (const identity of report.identities ?? []) identity.fill(0);
  for (const frame of report.frames) if (frame.ok && frame.evidence) wipeEvidence(frame.evidence);
}

/** Decodes, looks at every frame, embeds the best; overwrites pixels and cut-outs with zeros when done. */
export async function analyseJob(pipeline: FacePipeline, job: BurstJob, guard: Guard = unguarded): Promise<BurstReport> {
  const frames: FrameReport[] = [];
  const views: (FrameView | null)[] = [];
  for (const [index, bytes] of job.frames.entries()) {
    const quick = isQuick(index, job.frames.length);
    const { report, view } = await lookAt(pipeline, { bytes, guard, quick, wantsEvidence: job.liveness !== undefined });
    frames.push(report);
    views.push(view);
  }
  const seen = views.flatMap((view, frameIndex) => (view ? [{ view, frameIndex }] : []));
  const made = new Map<number, Embedding>();
  const embed = async (frameIndex: number): Promise<Embedding | undefined> => {
    const face = views[frameIndex]?.primary;
    if (face && !made.has(frameIndex)) made.set(frameIndex, await pipeline.embed(face));
    return made.get(frameIndex);
  };
  const embedded: EmbeddedFrame[] = [];
  for (const index of bestFrames(seen.map(({ view }) => view), job.embedMax)) {
    const frameIndex = seen[index]?.frameIndex;
    const face = seen[index]?.view.primary;
    if (frameIndex === undefined || !face) continue;
    const padScore = await pipeline.padScore(face);
    const embedding = await embed(frameIndex);
    if (embedding) embedded.push({ frameIndex, padScore, embedding });
  }
  const identities: Embedding[] = [];
  for (const group of job.liveness?.groups ?? []) {
    const identity = await embed(frontmost(group, views));
    if (identity) identities.push(identity.slice());
  }
  for (const { view } of seen) if (view.primary) forget(view.primary);
  return { frames, embedded, ...(job.liveness ? { identities } : {}) };
}

// The least turned face of the group, whether good enough to recognise somebody by or not; -1 when there is none.
function frontmost(group: readonly number[], views: readonly (FrameView | null)[]): number {
  const turned = (frameIndex: number): number => Math.abs(views[frameIndex]?.measures.face?.yawDegrees ?? Number.POSITIVE_INFINITY);
  const traced = group.filter((frameIndex) => views[frameIndex]?.primary);
  return traced.sort((a, b) => turned(a) - turned(b))[0] ?? -1;
}

async function lookAt(
  pipeline: FacePipeline,
  { bytes, guard, quick, wantsEvidence }: { bytes: Uint8Array; guard: Guard; quick: boolean; wantsEvidence: boolean },
): Promise<{ report: FrameReport; view: FrameView | null }> {
  const decoded = await guard(() => decodeFrame(bytes));
  if (!decoded.ok) return { report: decoded, view: null };
  const { image } = decoded;
  const view = await pipeline.look(image, { quick });
  const evidence = wantsEvidence && view.primary ? { evidence: takeEvidence(image, view.primary) } : {};
  image.data.fill(0);
  const { problem, measures, primary } = view;
  const size = { widthPx: image.width, heightPx: image.height };
  return { view, report: { ok: true, ...size, problem, measures, box: primary?.box ?? null, smile: primary?.smile ?? null, ...(quick ? { quick } : {}), ...evidence } };
}
