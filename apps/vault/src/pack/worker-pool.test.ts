import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cosine } from '@sonrisa/face/embed.ts';
import { frameAround } from './demo-photos.ts';
import { loadPack } from './load-pack.ts';
import type { ModelFiles } from './load-pack.ts';
import { createFacePool, framesPerJobMax } from './worker-pool.ts';
import type { FacePool, FacePoolOptions } from './worker-pool.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-pool-'));
const realWorker = fileURLToPath(new URL('./face-worker.ts', import.meta.url));
let files: ModelFiles;
let pool: FacePool | undefined;

beforeAll(async () => {
  files = (await loadPack({ cacheFolder: folder })).files;
});

afterEach(() => pool?.close());
afterAll(() => rmSync(folder, { recursive: true }));

async function open(options: Partial<FacePoolOptions> = {}): Promise<FacePool> {
  const opened = await createFacePool({ workerFile: realWorker, files, size: 1, ...options });
  pool = opened;
  return opened;
}

// A worker that obeys the first byte of the first frame: 0 answers, 1 hangs, 2 crashes.
function obedientWorker(): string {
  const path = join(folder, 'obedient.mjs');
  writeFileSync(
    path,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', ({ frames }) => {
       const order = frames[0][0];
       if (order === 1) for (;;) {}
       if (order === 2) process.exit(1);
       parentPort.postMessage({ kind: 'done', report: { frames: [], embedded: [] } });
     });
     parentPort.postMessage({ kind: 'ready' });`,
  );
  return path;
}

const job = (order: number) => ({ frames: [Uint8Array.of(order)], embedMax: 1 });

describe('the pool with real workers', () => {
  it('analyses a burst, reports bad frames one by one, and wipes what it was given', async () => {
    const pool = await open();
    const good = await frameAround(3, { x: 690, y: 485, widthPx: 640 });
    const frames = [good, Buffer.from('%PDF-1.7'), Buffer.from(good)];
    const { frames: reports, embedded } = await pool.analyse({ frames, embedMax: 1 });
    expect(reports.map((report) => (report.ok ? report.problem : report.refusal))).toEqual([null, 'image_format_refused', null]);
    expect(embedded).toHaveLength(1);
    const [best] = embedded;
    expect(best?.embedding).toHaveLength(128);
    expect(best && cosine(best.embedding, best.embedding)).toBeCloseTo(1, 5);
    for (const frame of frames) expect(frame.every((byte) => byte === 0)).toBe(true);
  });
});

describe('ending real workers', () => {
  // Without the native guard this very loop ends the process with a C++ exception.
  it('in the middle of their work does not take the process down', async () => {
    const jpeg = await frameAround(3, { x: 690, y: 485, widthPx: 640 });
    const burst = () => ({ frames: Array.from({ length: 8 }, () => Buffer.from(jpeg)), embedMax: 3 });
    for (const round of [1, 2, 3, 4]) {
      const pool = await open({ size: 2, jobTimeoutMs: 40 * round });
      const results = await Promise.allSettled([pool.analyse(burst()), pool.analyse(burst())]);
      await pool.close();
      expect(results).toHaveLength(2);
    }
  });
});

describe('the pool when workers misbehave', () => {
  it('replaces one that hangs, and goes on', async () => {
    const pool = await open({ workerFile: obedientWorker(), jobTimeoutMs: 200 });
    await expect(pool.analyse(job(1))).rejects.toMatchObject({ failure: 'timed_out' });
    await expect(pool.analyse(job(0))).resolves.toEqual({ frames: [], embedded: [] });
  });

  it('replaces one that dies, and goes on', async () => {
    const pool = await open({ workerFile: obedientWorker() });
    await expect(pool.analyse(job(2))).rejects.toMatchObject({ failure: 'worker_failed' });
    await expect(pool.analyse(job(0))).resolves.toEqual({ frames: [], embedded: [] });
  });

  it('bounds its queue and the frames of a job, wiping refused frames too', async () => {
    const pool = await open({ workerFile: obedientWorker(), queueMax: 1, jobTimeoutMs: 300 });
    const hanging = pool.analyse(job(1));
    const waiting = pool.analyse(job(0));
    const refused = job(7);
    await expect(pool.analyse(refused)).rejects.toMatchObject({ failure: 'queue_full' });
    expect(refused.frames[0]?.[0]).toBe(0);
    await expect(hanging).rejects.toMatchObject({ failure: 'timed_out' });
    await expect(waiting).resolves.toBeDefined();
    const tooMany = { frames: Array.from({ length: framesPerJobMax + 1 }, () => Uint8Array.of(0)), embedMax: 1 };
    await expect(pool.analyse(tooMany)).rejects.toMatchObject({ failure: 'too_many_frames' });
  });

  it('tells waiting jobs when it closes', async () => {
    const pool = await open({ workerFile: obedientWorker() });
    const running = pool.analyse(job(1));
    const waiting = pool.analyse(job(0));
    const both = Promise.allSettled([running, waiting]);
    await pool.close();
    expect((await both).map((result) => result.status)).toEqual(['rejected', 'rejected']);
    await expect(pool.analyse(job(0))).rejects.toMatchObject({ failure: 'closed' });
  });

  it('does not open at all when its workers cannot start', async () => {
    const broken = createFacePool({ workerFile: realWorker, files: { ...files, mesh: join(folder, 'absent.onnx') }, size: 1 });
    await expect(broken).rejects.toThrow();
  });
});
