// One burst, from encoded frames to measures and embeddings: what a worker does with a job.
import { bestFrames, createBurstWatch, isQuick } from '@sonrisa/face/burst-watch.ts';
import type { BurstWatch } from '@sonrisa/face/burst-watch.ts';
import { forget } from '@sonrisa/face/pipeline.ts';
import type { FacePipeline, FrameView } from '@sonrisa/face/pipeline.ts';
import type { FaceBox } from '@sonrisa/face/detect.ts';
import { takeEvidence, wipeEvidence } from '@sonrisa/face/liveness/evidence.ts';
import type { FrameEvidence } from '@sonrisa/face/liveness/evidence.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { QualityLimits, QualityMeasures, QualityProblem } from '@sonrisa/face/quality.ts';
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
  /** What a frame must keep to be embedded, beside the pipeline's own limits. */
  readonly limits?: QualityLimits;
  /** For the liveness checks: evidence of every frame, and an embedding of at least one frame of each of these groups. */
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
      /** The face was followed from the frame before: no other face was looked for. */
      readonly followed?: boolean;
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
  /** To be one person's: the embedded frames, and one of each group of the job that had a face but no embedded frame. */
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
  const { embedMax, limits, liveness } = job;
  const rule = { embedMax, ...(limits ? { limits } : {}) };
  const watch = createBurstWatch(pipeline, { frameCount: job.frames.length, ...rule });
  for (const [index, bytes] of job.frames.entries()) {
    const quick = isQuick(index, job.frames.length);
    const { report, view } = await lookAt(watch, { index, bytes, guard, quick, wantsEvidence: liveness !== undefined });
    frames.push(report);
    views.push(view);
  }
  const embedded: EmbeddedFrame[] = [];
  for (const frameIndex of bestFrames(views, { ...rule, groups: liveness?.groups ?? halves(views.length) })) {
    const face = views[frameIndex]?.primary;
    if (!face) continue;
    const padScore = await pipeline.padScore(face);
    embedded.push({ frameIndex, padScore, embedding: await pipeline.embed(face) });
  }
  const identities = liveness ? await identitiesOf(pipeline, { views, embedded, groups: liveness.groups }) : null;
  for (const view of views) if (view?.primary) forget(view.primary);
  return { frames, embedded, ...(identities ? { identities } : {}) };
}

// Without a challenge the two halves are what its parts are: who takes another's place half-way is noticed.
function halves(frameCount: number): readonly (readonly number[])[] {
  const all = Array.from({ length: frameCount }, (_, index) => index);
  const middle = Math.ceil(frameCount / 2);
  return [all.slice(0, middle), all.slice(middle)];
}

async function identitiesOf(
  pipeline: FacePipeline,
  { views, embedded, groups }: { views: readonly (FrameView | null)[]; embedded: readonly EmbeddedFrame[]; groups: readonly (readonly number[])[] },
): Promise<Embedding[]> {
  const without = groups.filter((group) => !embedded.some(({ frameIndex }) => group.includes(frameIndex)));
  const faces = without.flatMap((group) => views[frontmost(group, views)]?.primary ?? []);
  return [...embedded.map(({ embedding }) => embedding.slice()), ...(await pipeline.embedPlain(faces))];
}

// The least turned face of the group, whether good enough to recognise somebody by or not; -1 when there is none.
function frontmost(group: readonly number[], views: readonly (FrameView | null)[]): number {
  const turned = (frameIndex: number): number => Math.abs(views[frameIndex]?.measures.face?.yawDegrees ?? Number.POSITIVE_INFINITY);
  const traced = group.filter((frameIndex) => views[frameIndex]?.primary);
  return traced.sort((a, b) => turned(a) - turned(b))[0] ?? -1;
}

async function lookAt(
  watch: BurstWatch,
  { index, bytes, guard, quick, wantsEvidence }: { index: number; bytes: Uint8Array; guard: Guard; quick: boolean; wantsEvidence: boolean },
): Promise<{ report: FrameReport; view: FrameView | null }> {
  const decoded = await guard(() => decodeFrame(bytes));
  if (!decoded.ok) return { report: decoded, view: null };
  const { image } = decoded;
  const view = await watch.next(image, index);
  const evidence = wantsEvidence && view.primary ? { evidence: takeEvidence(image, view.primary) } : {};
  image.data.fill(0);
  const { problem, measures, primary, followed = false } = view;
  const size = { widthPx: image.width, heightPx: image.height };
  const searched = { ...(quick ? { quick } : {}), ...(followed ? { followed } : {}) };
  return { view, report: { ok: true, ...size, problem, measures, box: primary?.box ?? null, smile: primary?.smile ?? null, ...searched, ...evidence } };
}
