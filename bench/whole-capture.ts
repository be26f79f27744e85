// A whole capture of eight frames, as the vault takes it, without network and database: decode, detect, trace, align, embed
// in a face worker, then judge the challenge, search among a million people, decide on the main thread. CPU is that of the
// whole process, so the way to the worker and back counts. And how many captures a second the vault's worker threads do.
//
// Not on the main thread, because there V8 would mark this bench's big heap (a map of a million ids, three libraries) again
// and again: frames are memory outside the heap, and enough of that starts a collection of all of it, billed to the capture.
import { fileURLToPath } from 'node:url';
import { performance } from 'node:perf_hooks';
import { decideRung } from '@sonrisa/face/decide.ts';
import { fuse } from '@sonrisa/face/embed.ts';
import { createFlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import type { FlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import { createSyntheticSet } from '@sonrisa/face/index/flat/testing/synthetic.ts';
import { planChallenge } from '@sonrisa/face/liveness/challenge.ts';
import type { Prompt } from '@sonrisa/face/liveness/challenge.ts';
import { judgeLiveness } from '@sonrisa/face/liveness/judge.ts';
import { embeddedPack } from '@sonrisa/face/models/embedded/pack.ts';
import { recogniseRule } from '@sonrisa/vault/gate.ts';
import type { BurstJob, BurstReport } from '@sonrisa/vault/pack/burst.ts';
import { frameAround } from '@sonrisa/vault/pack/demo-photos.ts';
import type { ModelFiles } from '@sonrisa/vault/pack/load-pack.ts';
import { createFacePool } from '@sonrisa/vault/pack/worker-pool.ts';
import type { ResultRow } from './results.ts';
import type { Stopwatch } from './stopwatch.ts';

const people = 1_000_000;
const budget = 1e-6;
// Two frames at rest, four of the smile, one of each colour: eight.
const challenge: readonly Prompt[] = ['smile', 'flash_red', 'flash_green'];
const groups = [[0, 1], [2, 3, 4, 5], [6, 7]];

const variants = [
  { name: 'capture, best frame', what: 'whole capture, the best frame embedded', embedMax: 1 },
  { name: 'capture, as the vault', what: `whole capture, the best ${recogniseRule.embedMax} embedded as the vault does`, embedMax: recogniseRule.embedMax },
] as const;

export interface WholeCapture {
  measure(watch: Stopwatch): Promise<void>;
  rows(watch: Stopwatch): ResultRow[];
  close(): Promise<void>;
}

const workerFile = fileURLToPath(new URL('../apps/vault/src/pack/face-worker.ts', import.meta.url));

export async function createWholeCapture(files: ModelFiles): Promise<WholeCapture> {
  const frames = await captureFrames();
  const index = fullIndex();
  const pool = await createFacePool({ workerFile, files, size: 1 });
  return {
    close: () => pool.close(),
    async measure(watch) {
      for (const { name, embedMax } of variants) {
        await watch.measure(name, async () => {
          const report = await watch.measure(`${name}: analyse`, () => pool.analyse(jobOf(frames, embedMax)));
          await watch.measure(`${name}: judge`, () => judge(report));
          await watch.measure(`${name}: search`, () => searchAndDecide(index, report));
        });
      }
    },
    rows: (watch) =>
      variants.map(({ name, what }) => ({
        what,
        cpuMs: watch.cpuMs(name),
        wallMs: watch.wallMs(name),
        note:
          `${frames.length} frames through a pool of one worker; challenge with an identity for each of its ${groups.length} parts; CPU ms: ` +
          ['analyse', 'judge', 'search'].map((part) => `${part} ${(watch.cpuMs(`${name}: ${part}`) ?? 0).toFixed(1)}`).join(', ') +
          ` (${people.toLocaleString('en')} people, 128 dimensions); limit 250 ms`,
      })),
  };
}

// One person, the head a little further to the side and nearer in each frame, as in a burst.
function captureFrames(): Promise<Buffer[]> {
  return Promise.all(planChallenge(challenge).framesAtMs.map((_, i) => frameAround(3, { x: 690 + 3 * i, y: 485 + (i % 3), widthPx: 640 - 4 * i })));
}

function jobOf(frames: readonly Buffer[], embedMax: number): BurstJob {
  return { frames: frames.map((frame) => Uint8Array.from(frame)), embedMax, liveness: { groups } };
}

// A still photo does not smile when asked to: what is measured is the judging, not its verdict.
function judge(report: BurstReport): void {
  const { shown, framesAtMs } = planChallenge(challenge);
  const frames = framesAtMs.map((atMs, i) => {
    const frame = report.frames[i];
    return { atMs, evidence: frame?.ok ? (frame.evidence ?? null) : null };
  });
  const { scores } = judgeLiveness({ challenge, shown, frames, identities: report.identities ?? [] }, { sameFaceScoreMin: 0.911 });
  if (scores.smile === undefined || scores.flash === undefined) throw new Error('the challenge was not judged to its end');
}

function fullIndex(): FlatIndex {
  const set = createSyntheticSet({ kind: 'skewed', dimensions: 128 });
  const index = createFlatIndex({ dimensions: 128, capacity: people });
  for (let id = 0; id < people; id++) index.put(String(id), [set.row(id)]);
  return index;
}

function searchAndDecide(index: FlatIndex, report: BurstReport): void {
  const [top1, top2] = index.search(fuse(report.embedded.map(({ embedding }) => embedding)), 2);
  if (!top1 || !top2) throw new Error('a search among a million found nobody');
  decideRung({ curve: embeddedPack.curve, candidateCount: index.peopleCount, budget, top1Score: top1.score, top2Score: top2.score });
}

const capturesPerRun = 24;
const workersMax = 2;

/** Analysis alone, through the vault's pool: search and decision are another thread's. */
export async function capturesPerSecondRows(files: ModelFiles): Promise<ResultRow[]> {
  const frames = await captureFrames();
  const rows: ResultRow[] = [];
  for (let size = 1; size <= workersMax; size++) {
    const pool = await createFacePool({ workerFile, files, size });
    const run = (count: number) => Promise.all(Array.from({ length: count }, () => pool.analyse(jobOf(frames, recogniseRule.embedMax))));
    await run(2 * size);
    const start = performance.now();
    await run(capturesPerRun);
    const wallMs = (performance.now() - start) / capturesPerRun;
    await pool.close();
    const note = `${(1000 / wallMs).toFixed(1)} captures of ${frames.length} frames a second, the best ${recogniseRule.embedMax} embedded`;
    rows.push({ what: `pool of ${size} worker thread${size > 1 ? 's' : ''}: wall time a capture`, cpuMs: null, wallMs, note });
  }
  return rows;
}
