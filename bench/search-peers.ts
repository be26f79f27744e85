// The other ways to find the nearest of many vectors, behind one face. Each is loaded when asked for: a peer that is
// not installed or not compiled (hnswlib-node: `npx node-gyp rebuild` in its folder) becomes a line that says so.
import { cpuMs, cpuSince } from './cpu-time.ts';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Vectors {
  readonly dimensions: number;
  readonly count: number;
  /** float32 [count][dimensions] */
  readonly rows: Float32Array;
}

export interface PeerIndex {
  readonly name: string;
  readonly bytesPerPerson: number;
  readonly buildCpuMs: number;
  search(probe: Float32Array): Promise<number> | number;
  /** null: it offers none that frees anything. */
  readonly erase: ((id: number) => unknown) | null;
  close(): Promise<void> | void;
}

/** Every peer at this size; a string is why one is missing. */
export async function* openPeers(vectors: Vectors): AsyncGenerator<PeerIndex | string> {
  for (const open of [openUsearch, openHnswlib, openPgvector]) {
    try {
      for await (const index of open(vectors)) yield index;
    } catch (error) {
      yield `${open.name.replace('open', '').toLowerCase()} could not run: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown'}`;
    }
  }
}

/** The nearest by usearch's exact float32 scan: the truth all are compared with. */
export async function exactNearest({ rows, dimensions }: Vectors): Promise<(probe: Float32Array) => number> {
  const { exactSearch, MetricKind } = await import('usearch');
  return (probe) => Number(exactSearch(rows, probe, dimensions, 1, MetricKind.IP, 1).keys[0]);
}

const connectivity = 16;
const expansionAdd = 128;
// The largest is for the question what it costs to agree with an exact scan as often as ours does.
const expansionsSearch = [64, 256, 1024, 4096] as const;

async function* openUsearch(vectors: Vectors): AsyncGenerator<PeerIndex> {
  const { dimensions, count, rows } = vectors;
  const { Index, MetricKind, ScalarKind } = await import('usearch');
  const nearest = await exactNearest(vectors);
  yield { name: 'usearch exact, float32', bytesPerPerson: dimensions * 4, buildCpuMs: 0, search: nearest, erase: null, close: () => undefined };
  for (const quantization of [ScalarKind.F32, ScalarKind.I8]) {
    const folder = mkdtempSync(join(tmpdir(), 'search-bench-'));
    const file = join(folder, 'index');
    const open = (expansion: number) =>
      new Index({ dimensions, metric: MetricKind.IP, quantization, connectivity, expansion_add: expansionAdd, expansion_search: expansion, multi: false });
    const built = open(expansionsSearch[0]);
    const buildCpuMs = cpuMs(() => built.add(BigUint64Array.from({ length: count }, (_, id) => BigInt(id)), rows, 1));
    built.save(file);
    for (const expansion of expansionsSearch) {
      const index = open(expansion);
      index.load(file);
      yield {
        name: `usearch HNSW ${String(quantization)}, ef ${expansion}`,
        bytesPerPerson: statSync(file).size / count,
        buildCpuMs,
        search: (probe) => Number(index.search(probe, 1, 1).keys[0]),
        erase: (id) => index.remove(BigInt(id)),
        close: () => undefined,
      };
    }
    rmSync(folder, { recursive: true });
  }
}

async function* openHnswlib({ dimensions, count, rows }: Vectors): AsyncGenerator<PeerIndex> {
  const { default: hnswlib } = await import('hnswlib-node');
  const index = new hnswlib.HierarchicalNSW('ip', dimensions);
  index.initIndex({ maxElements: count, m: connectivity, efConstruction: expansionAdd, randomSeed: 7 });
  const buildCpuMs = cpuMs(() => {
    for (let id = 0; id < count; id++) index.addPoint(Array.from(rows.subarray(id * dimensions, (id + 1) * dimensions)), id);
  });
  const folder = mkdtempSync(join(tmpdir(), 'search-bench-'));
  index.writeIndexSync(join(folder, 'index'));
  const bytesPerPerson = statSync(join(folder, 'index')).size / count;
  rmSync(folder, { recursive: true });
  for (const expansion of expansionsSearch) {
    index.setEf(expansion);
    const search = (probe: Float32Array): number => index.searchKnn(Array.from(probe), 1).neighbors[0] ?? -1;
    // markDelete hides a point and keeps its bytes.
    yield { name: `hnswlib float32, ef ${expansion}`, bytesPerPerson, buildCpuMs, search, erase: null, close: () => undefined };
  }
}

const rowsPerCopy = 1000;
const pgvectorPeopleMax = 100_000;

async function* openPgvector({ dimensions, count, rows }: Vectors): AsyncGenerator<PeerIndex> {
  if (count > pgvectorPeopleMax) throw new Error(`it scans every row, and more than ${pgvectorPeopleMax} of them take minutes to copy in`);
  const { PGlite } = await import('@electric-sql/pglite');
  const { vector } = await import('@electric-sql/pglite-pgvector');
  const db = await PGlite.create({ extensions: { vector } });
  await db.exec(`CREATE EXTENSION vector; CREATE TABLE people (id int PRIMARY KEY, template vector(${dimensions}))`);
  const text = (values: Float32Array): string => `[${Array.from(values, (value) => Math.round(value * 1e6) / 1e6).join(',')}]`;
  const start = process.cpuUsage();
  for (let first = 0; first < count; first += rowsPerCopy) {
    const lines = Array.from({ length: Math.min(rowsPerCopy, count - first) }, (_, i) => {
      const id = first + i;
      return `${id}\t${text(rows.subarray(id * dimensions, (id + 1) * dimensions))}\n`;
    });
    await db.query("COPY people FROM '/dev/blob'", [], { blob: new Blob(lines) });
  }
  const buildCpuMs = cpuSince(start);
  const size = await db.query<{ bytes: string }>("SELECT pg_total_relation_size('people')::text AS bytes");
  yield {
    name: 'pgvector in PGlite, no index',
    bytesPerPerson: Number(size.rows[0]?.bytes) / count,
    buildCpuMs,
    search: async (probe) => {
      const found = await db.query<{ id: number }>('SELECT id FROM people ORDER BY template <#> $1 LIMIT 1', [text(probe)]);
      return found.rows[0]?.id ?? -1;
    },
    erase: (id) => db.query('DELETE FROM people WHERE id = $1', [id]),
    close: () => db.close(),
  };
}
