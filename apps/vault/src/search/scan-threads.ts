// The threads that scan: one for each shard, started anew when one breaks.
import type { Worker } from 'node:worker_threads';
import type { ScanJob } from '@sonrisa/face/index/flat/scan-jobs.ts';
import type { ShardHandle } from '@sonrisa/face/index/flat/shard.ts';
import type { ShardHit } from '@sonrisa/face/index/flat/shard-scanner.ts';
import { startThread } from '../pack/model-thread.ts';
import type { OpenShardScans, ShardScans } from './people-search.ts';
import type { ScanAnswer } from './scan-worker.ts';

/** `workerFile`: absolute path of scan-worker, as .ts source (run by tsx) or bundled .js. Resolves when every thread is ready. */
export function openScanThreads(workerFile: string): OpenShardScans {
  return async (shards): Promise<ShardScans> => {
    const seats = shards.map((shard) => createSeat({ shard, workerFile }));
    const close = async (): Promise<void> => void (await Promise.all(seats.map((seat) => seat.close())));
    try {
      await Promise.all(seats.map((seat) => seat.open()));
    } catch (error) {
      await close();
      throw error;
    }
    return { scan: (jobsByShard) => Promise.all(seats.map((seat, shard) => seat.scan(jobsByShard[shard] ?? []))), close };
  };
}

function createSeat({ shard, workerFile }: { shard: ShardHandle; workerFile: string }) {
  let worker: Worker | null = null;
  let current: { resolve: (hits: ShardHit[][]) => void; reject: (error: Error) => void } | null = null;

  function settle(answer: Exclude<ScanAnswer, { kind: 'ready' }>): void {
    const asked = current;
    current = null;
    if (answer.kind === 'done') asked?.resolve(answer.hits.map((hits) => [...hits]));
    else asked?.reject(new Error(`a scan failed: ${answer.message}`));
  }

  function open(): Promise<Worker> {
    const { worker: opened } = startThread(workerFile, { shard });
    worker = opened;
    return new Promise((resolve, reject) => {
      opened.on('message', (answer: ScanAnswer) => {
        if (answer.kind === 'ready') resolve(opened);
        else settle(answer);
      });
      opened.on('error', reject);
      opened.on('exit', () => {
        if (worker === opened) worker = null;
        reject(new Error('a scanning thread ended before it was ready'));
        settle({ kind: 'failed', message: 'the thread ended' });
      });
    });
  }

  async function scan(jobs: readonly ScanJob[]): Promise<ShardHit[][]> {
    if (jobs.length === 0) return [];
    const asked = worker ?? (await open());
    return new Promise((resolve, reject) => {
      current = { resolve, reject };
      // Copies that move: the thread wipes its probe, the caller its own.
      const moved = jobs.map((job) => ({ ...job, probe: Float32Array.from(job.probe) }));
      asked.postMessage(moved, moved.flatMap(({ probe, slots }) => [probe.buffer, ...(slots ? [slots.buffer as ArrayBuffer] : [])]));
    });
  }

  const close = async (): Promise<void> => void (await worker?.terminate());
  return { open, scan, close };
}
