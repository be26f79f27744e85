// What one shard is asked for at a time: searches among everybody, which share the pass over memory, and searches among
// some. Run by the thread of the shard, or by whoever holds a scanner of it.
import type { Embedding } from '../../embed.ts';
import type { ShardHit, ShardScanner } from './shard-scanner.ts';

export interface ScanJob {
  readonly probe: Embedding;
  readonly limit: number;
  /** Of the shard's slots only these; null: all of them. */
  readonly slots: Uint32Array | null;
}

/** The hits of each job, as `ShardScanner` gives them. */
export function runScanJobs(scanner: ShardScanner, jobs: readonly ScanJob[]): ShardHit[][] {
  const everybody = jobs.filter(({ slots }) => slots === null);
  const limit = everybody.reduce((most, job) => Math.max(most, job.limit), 0);
  const shared = scanner.scan(everybody.map(({ probe }) => probe), { limit, mode: 'two_stage' });
  return jobs.map((job) => {
    if (job.slots === null) return shared.shift() ?? [];
    // In the order they lie in memory.
    return job.slots.length === 0 ? [] : scanner.scoreSlots(job.probe, { slots: job.slots.sort(), limit: job.limit });
  });
}
