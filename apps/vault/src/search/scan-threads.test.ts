// The gallery's memory scanned by real threads: what one thread puts and erases, the others see at once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createExactIndex } from '@sonrisa/face/index/testing/exact.ts';
import { createFlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import { createSyntheticSet } from '@sonrisa/face/index/flat/testing/synthetic.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import { createPeopleSearch } from './people-search.ts';
import type { PeopleSearch, ShardScans } from './people-search.ts';
import { openScanThreads } from './scan-threads.ts';

const workerFile = fileURLToPath(new URL('./scan-worker.ts', import.meta.url));
const dimensions = 128;
const set = createSyntheticSet({ kind: 'clustered', dimensions });
// As long as the mean of frames of one person is.
const fused = (id: number): Embedding => set.row(id).map((value) => value * (1 - (id % 7) / 50));
const probe = (mate: number): Embedding => set.probe({ index: mate, mate });
const scoreErrorMax = 0.003;

describe('with threads', () => {
  const people = 20_000;
  const memory = createFlatIndex({ dimensions, capacity: 2 * people, shardCount: 2 });
  const exact = createExactIndex({ dimensions, capacity: people });
  let scans: ShardScans;
  let search: PeopleSearch;

  beforeAll(async () => {
    scans = await openScanThreads(workerFile)(memory.shards);
    search = createPeopleSearch({ index: memory, scans });
    // More than one chunk a shard, all of them put after the threads were there.
    for (let id = 0; id < people; id++) {
      search.put(`p${id}`, [fused(id)]);
      exact.put(`p${id}`, [fused(id)]);
    }
  });
  afterAll(() => scans.close());

  test('many searches at once find what the exact index finds, each its own', async () => {
    const mates = Array.from({ length: 40 }, (_, i) => (i * 7919) % people);
    const found = await Promise.all(mates.map((mate) => search.search(probe(mate), 3)));
    mates.forEach((mate, i) => {
      const [best] = exact.search(probe(mate), 1);
      const [hit] = found[i] ?? [];
      expect(hit?.score).toBeGreaterThan((best?.score ?? 1) - scoreErrorMax);
      expect(hit?.score).toBeLessThan((best?.score ?? 0) + scoreErrorMax);
    });
  });

  test('some people are searched beside everybody, and nobody else answers for them', async () => {
    const among = new Set(['p3', 'p4000', 'p19999', 'nobody']);
    const [some, all, none] = await Promise.all([search.search(probe(4000), 5, among), search.search(probe(4000), 1), search.search(probe(4000), 5, new Set())]);
    expect(some.map(({ ref }) => ref).sort()).toEqual(['p19999', 'p3', 'p4000']);
    expect(some[0]?.ref).toBe('p4000');
    expect(all[0]?.ref).toBe(exact.search(probe(4000), 1)[0]?.ref);
    expect(none).toEqual([]);
  });

  test('who is erased or replaced while a scan is under way is in no answer', async () => {
    const under = Array.from({ length: 20 }, (_, i) => search.search(fused(100 + i), 3));
    for (let i = 0; i < 20; i++) search.erase(`p${100 + i}`);
    search.put('p120', [fused(people + 1)]);
    const later = search.search(fused(people + 1), 1);
    const refs = (await Promise.all(under)).flat().map(({ ref }) => ref);
    for (let i = 0; i < 20; i++) expect(refs).not.toContain(`p${100 + i}`);
    expect((await later)[0]?.ref).toBe('p120');
    expect(search.peopleCount).toBe(people - 20);
  });

  test('a probe that is none is refused before any thread hears of it', async () => {
    await expect(search.search(new Float32Array(dimensions), 1)).rejects.toThrow(/length 0/);
    await expect(search.search(new Float32Array(3), 1)).rejects.toThrow(/3 values/);
  });
});

describe('a thread that ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'scan-threads-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const opened = (script: string) => {
    const file = join(folder, `${script.length}.mjs`);
    writeFileSync(file, `import { parentPort } from 'node:worker_threads';\n${script}`);
    return openScanThreads(file);
  };
  const index = createFlatIndex({ dimensions, capacity: 10 });

  test('fails the searches it had, and the next search starts another', async () => {
    const scans = await opened("parentPort.postMessage({ kind: 'ready' }); parentPort.on('message', () => process.exit());")(index.shards);
    const search = createPeopleSearch({ index, scans });
    for (const _again of [1, 2]) await expect(search.search(probe(1), 1)).rejects.toMatchObject({ code: 'vault_unavailable' });
    await scans.close();
  });

  test('before it is ready is said at the start', async () => {
    await expect(opened('process.exit();')(index.shards)).rejects.toThrow(/before it was ready/);
  });
});
