// A thread that runs models: started from TypeScript source or from a bundle, ended without taking the process down.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { createGuardCells, forbidCalls } from './native-guard.ts';

export interface ModelThread {
  readonly worker: Worker;
  readonly guardCells: SharedArrayBuffer;
}

/** `settings` reach the thread as its workerData, with `guardCells` for native-guard.ts added. */
export function startThread(workerFile: string, settings: Readonly<Record<string, unknown>>): ModelThread {
  const guardCells = createGuardCells();
  const workerData = { ...settings, guardCells };
  if (!workerFile.endsWith('.ts')) return { guardCells, worker: new Worker(pathToFileURL(workerFile), { workerData }) };
  // A worker does not inherit the loader that runs TypeScript source, so it is registered there first: by
  // tsx's ES module, as its CommonJS twin looks for its hooks in the wrong folder.
  const twin = createRequire(import.meta.url).resolve('tsx/esm/api');
  const [loader, entry] = [twin.replace(/\.cjs$/, '.mjs'), workerFile].map((path) => JSON.stringify(pathToFileURL(path).href));
  const script = `import(${loader}).then((tsx) => { tsx.register(); return import(${entry}); });`;
  return { guardCells, worker: new Worker(script, { eval: true, workerData }) };
}

// A native call takes milliseconds; one that never returns keeps its thread, and the process can still end.
const nativeGraceMs = 10_000;

export async function endThread({ worker, guardCells }: ModelThread): Promise<void> {
  if (await forbidCalls(guardCells, { graceMs: nativeGraceMs })) await worker.terminate();
  else worker.unref();
}
