// Pages as a PDF, drawn in a thread of its own: opening fonts and cutting them down takes a second of CPU, for which no payment waits.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Pages, PdfWriter } from '../owners/index.ts';

const drawTimeoutMs = 20_000;
const waitingMax = 8;
const memoryMaxMb = 512;
const workerName = 'pdf-worker';

/** One at a time. Throws ProblemError `busy` when too many wait. */
export function createPdfWriter(): PdfWriter {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (pages) => {
    if (waiting >= waitingMax) return Promise.reject(new ProblemError('busy', { facts: { retryAfterS: 5 } }));
    waiting += 1;
    const drawn = last.then(() => draw(pages)).finally(() => (waiting -= 1));
    last = drawn.catch(() => undefined);
    return drawn;
  };
}

async function draw(pages: Pages): Promise<Uint8Array> {
  const worker = startWorker(pages);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      timer = setTimeout(() => reject(new ProblemError('busy', { facts: { retryAfterS: 30 } })), drawTimeoutMs);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread that draws pages ended')));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

// Beside this file as source, beside the bundled program as pdf-worker.mjs.
function startWorker(pages: Pages): Worker {
  const options = { workerData: pages, resourceLimits: { maxOldGenerationSizeMb: memoryMaxMb } };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(`./${workerName}.mjs`, import.meta.url), options);
  // A worker does not inherit the loader that runs TypeScript source; of its two entries the ES module finds its hooks.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api').replace(/\.cjs$/, '.mjs')).href;
  const entry = new URL(`./${workerName}.ts`, import.meta.url).href;
  const script = `import(${JSON.stringify(loader)}).then((tsx) => { tsx.register(); return import(${JSON.stringify(entry)}); });`;
  return new Worker(script, { ...options, eval: true });
}
