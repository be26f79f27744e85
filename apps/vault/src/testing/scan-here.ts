// Scans the gallery in the thread of the test: the real kernel on the real memory, without a thread to start for each vault.
import { runScanJobs } from '@sonrisa/face/index/flat/scan-jobs.ts';
import { createShardScanner } from '@sonrisa/face/index/flat/shard-scanner.ts';
import type { OpenShardScans } from '../search/people-search.ts';

export const openScansHere: OpenShardScans = async (shards) => {
  const scanners = shards.map((shard) => createShardScanner(shard, { scanner: 1 }));
  return {
    scan: async (jobsByShard) => scanners.map((scanner, shard) => runScanJobs(scanner, jobsByShard[shard] ?? [])),
    close: async () => undefined,
  };
};
