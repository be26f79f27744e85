// Worker thread: scans one shard of the gallery, in the memory it shares with the thread that owns it. It is told who is
// looked for and never who anybody is: people are slot numbers here.
import { parentPort, workerData } from 'node:worker_threads';
import { runScanJobs } from '@sonrisa/face/index/flat/scan-jobs.ts';
import type { ScanJob } from '@sonrisa/face/index/flat/scan-jobs.ts';
import type { ShardHandle } from '@sonrisa/face/index/flat/shard.ts';
import { createShardScanner } from '@sonrisa/face/index/flat/shard-scanner.ts';
import type { ShardHit } from '@sonrisa/face/index/flat/shard-scanner.ts';

export interface ScanWorkerSettings {
  readonly shard: ShardHandle;
}

export type ScanAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly hits: readonly (readonly ShardHit[])[] }
  | { readonly kind: 'failed'; readonly message: string };

function work({ shard }: ScanWorkerSettings): void {
  if (!parentPort) throw new Error('this file runs as a worker thread only');
  const port = parentPort;
  // The owner's own scanner is 0.
  const scanner = createShardScanner(shard, { scanner: 1 });
  const answer = (message: ScanAnswer): void => port.postMessage(message);
  port.on('message', (jobs: readonly ScanJob[]) => {
    try {
      answer({ kind: 'done', hits: runScanJobs(scanner, jobs) });
    } catch (error) {
      answer({ kind: 'failed', message: error instanceof Error ? error.message : 'unknown' });
    } finally {
      for (const { probe } of jobs) probe.fill(0);
    }
  });
  answer({ kind: 'ready' });
}

work(workerData as ScanWorkerSettings);
