// `npm run bench -- search [--only TITLE] [--huge]`: 1:N search from ten thousand to a million people (--huge: ten million),
// against a plain loop, other libraries and the speed of memory. A section is one run, each step on one thread; CPU medians.
import { meanEmbedding } from '@sonrisa/face/index/flat/centre.ts';
import { createFlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import type { FlatIndex } from '@sonrisa/face/index/flat/flat.ts';
import { openKernel } from '@sonrisa/face/index/flat/kernel.ts';
import { createSyntheticSet } from '@sonrisa/face/index/flat/testing/synthetic.ts';
import type { SetKind } from '@sonrisa/face/index/flat/testing/synthetic.ts';
import { median } from './median.ts';
import { writeSectionBody } from './results.ts';
import { cpuMs, cpuSince } from './cpu-time.ts';
import { createMixedSet } from './search-huge.ts';
import { createDistractors, embedSharedFaces } from './search-real.ts';
import { exactNearest, openPeers } from './search-peers.ts';
import type { PeerIndex, Vectors } from './search-peers.ts';

const sizes = [10_000, 100_000, 1_000_000] as const;
const hugeSize = 10_000_000;
/** A graph of a million people of 512 dimensions takes an hour to build. */
const peersSizes: Readonly<Record<number, readonly number[]>> = { 128: [10_000, 100_000, 1_000_000], 512: [10_000, 100_000] };
const probeCount = 1000;
// The oracle takes half a second there.
const hugeProbeCount = 50;
const batchSize = 16;
const plainRuns = 5;
const erasedPeople = 200;
const floatRowsMax = 1_000_000;
const floatProbesMax = 100;
// Divides every size.
const blockRows = 1000;

interface Row {
  readonly people: number;
  readonly method: string;
  readonly cpuMs: number;
  readonly withFloat?: number | null;
  readonly withInt8?: number | null;
  readonly bytesPerPerson?: number;
  readonly buildS?: number;
  readonly eraseMs?: number | null;
  readonly note?: string;
}

interface Gallery {
  readonly about: string;
  readonly dimensions: number;
  readonly sizes: readonly number[];
  readonly row: (id: number) => Float32Array;
  readonly probes: (people: number) => readonly Float32Array[];
  readonly withPeers: boolean;
}

/** `only`: measures just the galleries whose title contains this. */
export async function runSearchBench(options: { readonly huge: boolean; readonly only: string }): Promise<void> {
  const galleries = options.huge ? [huge] : [...synthetics, realGallery, ...besidePeers];
  for (const { title, open } of galleries) {
    if (!title.includes(options.only)) continue;
    const gallery = await open();
    if (!gallery) {
      console.log(`${title}: skipped, what it needs is not on this machine`);
      continue;
    }
    const { rows, missing } = await measureGallery(gallery);
    const body = [explanation, gallery.about, table(rows), missing.map((line) => `* ${line}`).join('\n')].filter(Boolean).join('\n\n');
    console.log(writeSectionBody({ title: `Search: ${title}`, body }));
  }
}

const explanation = `\`npm run bench -- search\`. One run on one thread; CPU milliseconds a probe, medians over up to ${probeCount} probes. How often the
best person is the one an exact float32 scan, and the full int8 scan, finds. Bytes a person without names; CPU times of
building and of erasing one person.`;

interface NamedGallery {
  readonly title: string;
  open(): Promise<Gallery | null> | Gallery;
}

interface SyntheticSize {
  readonly kind: SetKind;
  readonly dimensions: number;
  readonly sizes: readonly number[];
  readonly probesMax: number;
}

const aboutKind: Readonly<Record<SetKind, string>> = {
  clustered: 'Synthetic: families of 20 with a cosine of 0.4 inside, in a space whose directions vary unequally; a probe has a cosine of 0.6 ± 0.1 to its mate.',
  random: 'Synthetic: independent directions; a probe has a cosine of 0.6 ± 0.1 to its mate.',
  skewed: 'Synthetic: families around a common mean.',
};

function synthetic({ kind, dimensions, sizes, probesMax }: SyntheticSize): Gallery {
  const set = createSyntheticSet({ kind, dimensions });
  const probes = (people: number) => Array.from({ length: probesMax }, (_, index) => set.probe({ index, mate: (index * 7919) % people }));
  return { about: aboutKind[kind], dimensions, sizes, row: set.row, probes, withPeers: false };
}

const synthetics: readonly NamedGallery[] = (['clustered', 'random'] as const).flatMap((kind) =>
  [512, 128].map((dimensions) => ({
    title: `${dimensions} dimensions, ${kind}`,
    open: () => synthetic({ kind, dimensions, sizes, probesMax: kind === 'random' ? probeCount / 2 : probeCount }),
  })),
);

const huge: NamedGallery = {
  title: 'ten million people, 512 dimensions',
  open: () => {
    const { row, probe } = createMixedSet({ dimensions: 512 });
    const about = 'Each row the sum of three of a few thousand random directions; a probe has a cosine of 0.5 to 0.7 to its mate.';
    const probes = (people: number) => Array.from({ length: hugeProbeCount }, (_, index) => probe({ index, mate: (index * 7919) % people }));
    return { about, dimensions: 512, sizes: [hugeSize], row, probes, withPeers: false };
  },
};

const besidePeers: readonly NamedGallery[] = [128, 512].flatMap((dimensions) =>
  (peersSizes[dimensions] ?? []).map((people) => ({
    title: `${dimensions} dimensions, clustered, ${count(people)} people, beside other libraries`,
    open: () => ({ ...synthetic({ kind: 'clustered', dimensions, sizes: [people], probesMax: probeCount }), withPeers: true }),
  })),
);

const realGallery: NamedGallery = {
  title: '128 dimensions, real embeddings',
  async open() {
    const faces = await embedSharedFaces({ probesMax: probeCount });
    if (!faces) return null;
    const { people, probes } = faces;
    // Normal numbers in a fixed order: any synthetic row is made of them.
    const source = createSyntheticSet({ kind: 'random', dimensions: 512 });
    let [block, next, used] = [source.row(0), 1, 0];
    const normal = (): number => {
      if (used === block.length) [block, next, used] = [source.row(next), next + 1, 0];
      return (block[used++] ?? 0) * Math.sqrt(block.length);
    };
    const distractor = createDistractors({ sample: people, normal });
    const about = `${count(people.length)} people of the shared photos (embedded pack) among distractors of the same mean and covariance; ${count(probes.length)} other photos of these people are the probes.`;
    return { about, dimensions: 128, sizes, row: (id) => people[id] ?? distractor(), probes: () => probes, withPeers: false };
  },
};

async function measureGallery(gallery: Gallery): Promise<{ rows: Row[]; missing: string[] }> {
  const { dimensions, withPeers } = gallery;
  const largest = gallery.sizes.at(-1) ?? 0;
  const floatRows = largest <= floatRowsMax ? largest : 0;
  const floats = new Float32Array(floatRows * dimensions);
  const centre = meanEmbedding(Array.from({ length: 2000 }, (_, id) => gallery.row(id)));
  const index = createFlatIndex({ dimensions, capacity: largest + erasedPeople, ...(centre ? { centre } : {}) });
  const rows: Row[] = [];
  const missing: string[] = [];
  let filled = 0;
  let putCpuMs = 0;
  for (const people of gallery.sizes) {
    for (; filled < people; filled += blockRows) {
      const block = Array.from({ length: blockRows }, (_, i) => gallery.row(filled + i));
      if (floatRows) block.forEach((row, i) => floats.set(row, (filled + i) * dimensions));
      putCpuMs += cpuMs(() => block.forEach((row, i) => index.put(`person-${filled + i}`, [row])));
    }
    const vectors: Vectors | null = floatRows ? { dimensions, count: people, rows: floats.subarray(0, people * dimensions) } : null;
    const probes = gallery.probes(people);
    const truth = vectors ? await floatTruth(vectors, probes) : null;
    const memoryGib = process.memoryUsage().rss / 2 ** 30;
    rows.push(...measureOurs({ index, people, probes, truth, putCpuMs }), ...floors(index, people));
    if (!vectors) missing.push(`the process held ${significant(memoryGib)} GiB, names included`);
    console.log(table(rows));
    if (vectors) rows.push(measurePlain(vectors, probes));
    if (!vectors || !withPeers) continue;
    for await (const peer of openPeers(vectors)) {
      if (typeof peer === 'string') missing.push(peer);
      else rows.push(await measurePeer(peer, { people, probes, truth }));
    }
  }
  return { rows, missing };
}

type Truth = readonly number[];

// Among a million people each probe costs a tenth of a second.
async function floatTruth(vectors: Vectors, probes: readonly Float32Array[]): Promise<Truth> {
  const nearest = await exactNearest(vectors);
  return probes.slice(0, vectors.count >= floatRowsMax ? floatProbesMax : probeCount).map(nearest);
}

interface OursToMeasure {
  readonly index: FlatIndex;
  readonly people: number;
  readonly probes: readonly Float32Array[];
  readonly truth: Truth | null;
  readonly putCpuMs: number;
}

function measureOurs({ index, people, probes, truth, putCpuMs }: OursToMeasure): Row[] {
  const bytesPerPerson = index.bytesPerTemplate;
  const oracle: number[] = [];
  const found: number[] = [];
  const every = probes.map((probe) => cpuMs(() => oracle.push(idOf(index.searchEveryRow(probe, 1)[0]?.ref))));
  const two = probes.map((probe) => cpuMs(() => found.push(idOf(index.search(probe, 1)[0]?.ref))));
  const batches = Array.from({ length: 20 }, (_, i) => {
    const batch = probes.slice(i * batchSize, (i + 1) * batchSize);
    return batch.length < batchSize ? [] : [cpuMs(() => index.searchBatch(batch, 1)) / batchSize];
  }).flat();
  const extra = Array.from({ length: erasedPeople }, (_, i) => `extra-${i}`);
  extra.forEach((ref, i) => index.put(ref, [probes[i % probes.length] ?? new Float32Array()]));
  const eraseMs = cpuMs(() => extra.forEach((ref) => index.erase(ref))) / erasedPeople;
  const own = { people, bytesPerPerson, buildS: putCpuMs / 1000, eraseMs };
  return [
    { ...own, method: '**Sonrisa**, two stages', cpuMs: median(two), withFloat: agreement(found, truth), withInt8: agreement(found, oracle) },
    { people, method: `Sonrisa, ${batchSize} probes in one pass, each`, cpuMs: median(batches), bytesPerPerson },
    { people, method: 'Sonrisa, int8 scan of every row', cpuMs: median(every), withFloat: agreement(oracle, truth), bytesPerPerson },
  ];
}

// What memory allows: the same chunks, read and not looked at.
function floors(index: FlatIndex, people: number): Row[] {
  const read = (bytesPerRow: number): number => {
    const [handle] = index.shards;
    if (!handle) return 0;
    const { memory, layout } = handle;
    const kernel = openKernel(memory);
    const rows = Math.min(people, layout.slotsMax);
    const bytes = Math.floor(Math.min(rows * bytesPerRow, memory.buffer.byteLength - layout.chunksStart) / 512) * 512;
    const times = Array.from({ length: 21 }, () => cpuMs(() => kernel.readThrough(layout.chunksStart, bytes)));
    return (median(times) * people) / rows;
  };
  const bits = (index.shards[0]?.layout.codeLength ?? 0) / 8;
  return [
    { people, method: `reading ${bits} bytes a person`, cpuMs: read(bits), note: 'floor of a scan of sign bits' },
    { people, method: `reading ${bits * 8} bytes a person`, cpuMs: read(bits * 8), note: 'floor of an int8 scan' },
  ];
}

function measurePlain({ rows, count: people, dimensions }: Vectors, probes: readonly Float32Array[]): Row {
  const times = probes.slice(0, plainRuns + 1).map((probe) => cpuMs(() => plainNearest({ rows, people, probe })));
  return { people, method: 'plain loop, float32', cpuMs: median(times.slice(1)), withFloat: 1, bytesPerPerson: dimensions * 4 };
}

function plainNearest({ rows, people, probe }: { rows: Float32Array; people: number; probe: Float32Array }): number {
  const dimensions = probe.length;
  let best = -1;
  let bestScore = -Infinity;
  for (let id = 0, at = 0; id < people; id++, at += dimensions) {
    let score = 0;
    for (let i = 0; i < dimensions; i++) score += (probe[i] as number) * (rows[at + i] as number);
    if (score > bestScore) {
      best = id;
      bestScore = score;
    }
  }
  return best;
}

const slowPeerMs = 20;

async function measurePeer(peer: PeerIndex, { people, probes, truth }: { people: number; probes: readonly Float32Array[]; truth: Truth | null }): Promise<Row> {
  const found: number[] = [];
  const times: number[] = [];
  for (const probe of probes) {
    const start = process.cpuUsage();
    found.push(await peer.search(probe));
    times.push(cpuSince(start));
    if (times.length >= 20 && median(times) > slowPeerMs) break;
  }
  let eraseMs: number | null = null;
  if (peer.erase) {
    const start = process.cpuUsage();
    for (let id = 0; id < erasedPeople; id++) await peer.erase(id * 13 + 5);
    eraseMs = cpuSince(start) / erasedPeople;
  }
  await peer.close();
  const { name, bytesPerPerson, buildCpuMs } = peer;
  return { people, method: name, cpuMs: median(times), withFloat: agreement(found, truth), bytesPerPerson, buildS: buildCpuMs / 1000, eraseMs };
}

function table(rows: readonly Row[]): string {
  const own = new Map(rows.filter(({ method }) => method.startsWith('**')).map(({ people, cpuMs }) => [people, cpuMs]));
  const lines = rows.map((row) => {
    const ratio = row.cpuMs / (own.get(row.people) ?? NaN);
    const share = (value: number | null | undefined): string => (value === null || value === undefined ? '' : value.toFixed(3));
    const erase = row.eraseMs === undefined || row.eraseMs === null ? '' : significant(row.eraseMs);
    const cells = [count(row.people), row.method, significant(row.cpuMs), `${significant(ratio)} ×`, share(row.withFloat), share(row.withInt8)];
    return [...cells, row.bytesPerPerson?.toFixed(0) ?? '', row.buildS === undefined ? '' : significant(row.buildS), erase, row.note ?? ''];
  });
  const head = ['people', 'method', 'CPU ms', 'to ours', 'as float', 'as int8', 'bytes', 'build s', 'erase ms', ''];
  return [head, head.map((_, i) => (i === 1 || i === 9 ? '---' : '---:')), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function significant(value: number): string {
  if (value === 0) return '0';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2).includes('e') ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

const idOf = (ref: string | undefined): number => Number(ref?.replace('person-', '') ?? -1);

function agreement(found: readonly number[], truth: Truth | null): number | null {
  if (!truth) return null;
  const compared = Math.min(found.length, truth.length);
  return found.slice(0, compared).filter((id, i) => id === truth[i]).length / compared;
}
