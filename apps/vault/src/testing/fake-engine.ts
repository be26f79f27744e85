// A face engine whose frames are text: each says which directions its embedding points in, or what is wrong with it.
// Scores are then exact: two frames score the sum of the products of their shares.
import { normalise } from '@sonrisa/face/embed.ts';
import { decadesCurve } from '@sonrisa/face/testing/decades-curve.ts';
import type { QualityProblem } from '@sonrisa/face/quality.ts';
import type { FaceEngine } from '../face-engine.ts';
import type { FrameReport } from '../pack/burst.ts';
import type { ImageRefusal } from '../pack/decode.ts';

export interface FakeFrame {
  /** Direction number → share; normalised. */
  readonly mix?: Readonly<Record<number, number>>;
  readonly problem?: QualityProblem;
  readonly refusal?: ImageRefusal;
  /** As a pack with spoof nets would score it. */
  readonly padScore?: number;
}

export const fakeDimensions = 128;

/** A frame of the person who owns direction `number`, no other direction in it. */
export const personFrame = (number: number): FakeFrame => ({ mix: { [number]: 1 } });

/** Scores `score` against `personFrame(number)`; the rest points where nobody is. */
export const resembling = (number: number, score: number): FakeFrame => ({ mix: { [number]: score, 127: Math.sqrt(1 - score * score) } });

export const encodeFrame = (frame: FakeFrame): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(frame));

export function createFakeEngine(): FaceEngine {
  return {
    packId: 'fake-1',
    curve: decadesCurve,
    dimensions: fakeDimensions,
    sameBurstScoreMin: 0.911,
    pad: null,
    workers: 0,
    analyse: async ({ frames, embedMax }) => {
      const read = frames.map((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as FakeFrame);
      frames.forEach((bytes) => bytes.fill(0));
      const good = read.flatMap((frame, frameIndex) => (frame.mix && !frame.problem ? [{ frameIndex, embedding: vectorOf(frame.mix), padScore: frame.padScore ?? null }] : []));
      return { frames: read.map(reportOf), embedded: good.slice(0, embedMax) };
    },
    close: async () => undefined,
  };
}

/** A fake engine whose every job stops half-way until it is released. */
export function createHeldEngine(): FaceEngine & { readonly reached: Promise<void>; release(): void } {
  const engine = createFakeEngine();
  let reach = (): void => undefined;
  let release = (): void => undefined;
  const reached = new Promise<void>((resolve) => void (reach = resolve));
  const released = new Promise<void>((resolve) => void (release = resolve));
  return {
    ...engine,
    reached,
    release: () => release(),
    analyse: async (job) => {
      reach();
      await released;
      return engine.analyse(job);
    },
  };
}

export function vectorOf(mix: Readonly<Record<number, number>>): Float32Array {
  const vector = new Float32Array(fakeDimensions);
  for (const [direction, share] of Object.entries(mix)) vector[Number(direction)] = share;
  return normalise(vector);
}

function reportOf({ problem, refusal }: FakeFrame): FrameReport {
  if (refusal) return { ok: false, refusal };
  const faceCount = problem === 'no_face' ? 0 : problem === 'several_faces' ? 2 : 1;
  const relativeSizes = problem === 'several_faces' ? [1, 0.9] : faceCount === 1 ? [1] : [];
  const face = {
    yawDegrees: 0,
    pitchDegrees: 0,
    rollDegrees: 0,
    eyeDistancePx: 80,
    sharpness: 200,
    brightness: 120,
    darkShare: 0,
    brightShare: 0,
    insideShare: 1,
    presence: 1,
  };
  const measures = { faceCount, relativeSizes, face: faceCount === 0 ? null : face };
  return { ok: true, widthPx: 640, heightPx: 480, problem: problem ?? null, measures, box: null, smile: null };
}
