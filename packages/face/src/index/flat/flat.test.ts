// The flat index against the plain one, against its own full scan, and against what it promises about erasing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createExactIndex } from '../testing/exact.ts';
import { meanEmbedding } from './centre.ts';
import { createFlatIndex } from './flat.ts';
import type { FlatIndex, FlatIndexOptions } from './flat.ts';
import { chunkSlots, hitsMax } from './layout.ts';
import { createShardScanner } from './shard-scanner.ts';
import { createSyntheticSet, setKinds } from './testing/synthetic.ts';
import type { SyntheticSet } from './testing/synthetic.ts';

// int8 codes: four standard deviations of the error at 128 values, and it is less for more values.
const scoreToleranceMax = 0.003;

const fill = (index: Pick<FlatIndex, 'put'>, set: SyntheticSet, count: number): void => {
  for (let id = 0; id < count; id++) index.put(`p${id}`, [set.row(id)]);
};

const probesOf = (set: SyntheticSet, { count, people }: { count: number; people: number }): Float32Array[] =>
  Array.from({ length: count }, (_, index) => set.probe({ index, mate: (index * 7919) % people }));

/** Share of probes for which the two-stage search finds the same best person as the oracle. */
function agreement(index: FlatIndex, probes: readonly Float32Array[]): number {
  const agreed = probes.filter((probe) => index.search(probe, 1)[0].ref === index.searchEveryRow(probe, 1)[0].ref);
  return agreed.length / probes.length;
}

describe('agreement', () => {
  const people = 20_000;
  for (const dimensions of [128, 256, 512]) {
    for (const kind of setKinds) {
      test(`${kind}, ${dimensions} values: two stages find what all rows and plain float find`, () => {
        const set = createSyntheticSet({ kind, dimensions });
        const centre = meanEmbedding(Array.from({ length: 500 }, (_, i) => set.row(i * 20)));
        const index = createFlatIndex({ dimensions, capacity: people, ...(centre ? { centre } : {}) });
        const exact = createExactIndex({ dimensions, capacity: people });
        fill(index, set, people);
        fill(exact, set, people);
        const probes = probesOf(set, { count: 60, people });
        expect(agreement(index, probes)).toBe(1);
        for (const probe of probes.slice(0, 15)) {
          const [plain] = exact.search(probe, 1);
          const [found] = index.search(probe, 1);
          // Another person may win by less than the codes resolve.
          expect(Math.abs(found.score - plain.score)).toBeLessThan(scoreToleranceMax);
        }
      });
    }
  }

  test('fused templates are shorter than 1 and score as much less', () => {
    for (const [dimensions, people] of [[128, 20_000], [512, 6000]]) {
      const set = createSyntheticSet({ kind: 'clustered', dimensions });
      const fusedRow = (id: number): Float32Array => set.row(id).map((value) => value * (1 - (id % 10) / 50));
      const index = createFlatIndex({ dimensions, capacity: people });
      const exact = createExactIndex({ dimensions, capacity: people });
      for (const each of [index, exact]) for (let id = 0; id < people; id++) each.put(`p${id}`, [fusedRow(id)]);
      const probes = probesOf(set, { count: 60, people }).map((probe) => probe.map((value) => value * 0.93));
      expect(agreement(index, probes)).toBe(1);
      for (const probe of probes.slice(0, 15)) {
        expect(Math.abs(index.search(probe, 1)[0].score - exact.search(probe, 1)[0].score)).toBeLessThan(scoreToleranceMax);
      }
    }
  });

  test('a centre set later tells as much as one given at the start, and not once anybody is in', () => {
    const dimensions = 128;
    const set = createSyntheticSet({ kind: 'skewed', dimensions });
    const centre = meanEmbedding(Array.from({ length: 500 }, (_, i) => set.row(i * 20)));
    if (!centre) throw new Error('no centre');
    const [given, later] = [createFlatIndex({ dimensions, capacity: 3000, centre }), createFlatIndex({ dimensions, capacity: 3000 })];
    expect([given.isCentred, later.isCentred]).toEqual([true, false]);
    later.centreOn(set.row(1));
    later.centreOn(centre);
    for (const index of [given, later]) fill(index, set, 3000);
    for (const probe of probesOf(set, { count: 20, people: 3000 })) expect(later.search(probe, 4)).toEqual(given.search(probe, 4));
    expect(() => later.centreOn(centre)).toThrow(/centre/);
  });

  test('with K far too small, the clustered set shows it', () => {
    for (const dimensions of [128, 512]) {
      const set = createSyntheticSet({ kind: 'clustered', dimensions });
      const index = createFlatIndex({ dimensions, capacity: people, keep: 8 });
      fill(index, set, people);
      expect(agreement(index, probesOf(set, { count: 100, people }))).toBeLessThan(1);
    }
  });

  test('around a common mean, signs taken around zero say less', () => {
    const dimensions = 128;
    const set = createSyntheticSet({ kind: 'skewed', dimensions });
    const centre = meanEmbedding(Array.from({ length: 500 }, (_, i) => set.row(i * 20)));
    if (!centre) throw new Error('no centre');
    const [with_, without] = [{ centre }, {}].map((extra) => {
      const index = createFlatIndex({ dimensions, capacity: people, keep: 200, ...extra });
      fill(index, set, people);
      return agreement(index, probesOf(set, { count: 200, people }));
    });
    expect(with_).toBeGreaterThan(without);
  });
});

describe('like the plain index', () => {
  const dimensions = 24;
  const set = createSyntheticSet({ kind: 'random', dimensions });
  const command = fc.record({ ref: fc.integer({ min: 0, max: 12 }), templates: fc.integer({ min: 0, max: 3 }), erase: fc.boolean() });

  test('after any puts and erasures it holds the same people and finds them alike', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (commands, shardCount) => {
        const flat = createFlatIndex({ dimensions, capacity: 100, keep: 2, shardCount });
        const exact = createExactIndex({ dimensions });
        let next = 0;
        for (const { ref, templates, erase } of commands) {
          const own = Array.from({ length: templates }, () => set.row(next++));
          for (const index of [flat, exact]) {
            if (erase) index.erase(`p${ref}`);
            else index.put(`p${ref}`, own);
          }
          expect([flat.peopleCount, flat.templateCount, flat.has(`p${ref}`)]).toEqual([exact.peopleCount, exact.templateCount, exact.has(`p${ref}`)]);
        }
        const probe = set.row(999);
        const plain = new Map(exact.search(probe, 100).map(({ ref, score }) => [ref, score]));
        const found = flat.searchEveryRow(probe, 100);
        expect(found.map(({ ref }) => ref).sort()).toEqual([...plain.keys()].sort());
        for (const { ref, score } of [...found, ...flat.search(probe, 1)]) expect(score).toBeCloseTo(plain.get(ref) ?? NaN, 1);
        expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  test('among some people it scores exactly those', () => {
    const flat = createFlatIndex({ dimensions, capacity: 5000, keep: 10, shardCount: 2 });
    fill(flat, set, 3000);
    const among = new Set(['p5', 'p77', 'p2999', 'nobody']);
    expect(flat.search(set.row(77), 10, among).map(({ ref }) => ref).sort()).toEqual(['p2999', 'p5', 'p77']);
    expect(flat.search(set.row(77), 1, among)[0].ref).toBe('p77');
    expect(flat.search(set.row(77), 10, new Set())).toEqual([]);
    const everybody = new Set(Array.from({ length: 3000 }, (_, i) => `p${i}`));
    expect(flat.search(set.row(8), 3, everybody)).toEqual(flat.searchEveryRow(set.row(8), 3));
  });
});

describe('erasing', () => {
  const dimensions = 128;
  const set = createSyntheticSet({ kind: 'clustered', dimensions });
  const small = (extra: Partial<FlatIndexOptions> = {}): FlatIndex => createFlatIndex({ dimensions, capacity: 10_000, keep: 100, ...extra });

  test('leaves no byte of the person in memory', () => {
    const index = small();
    fill(index, set, 300);
    const [{ memory }] = index.shards;
    // Rotated codes of a person are found wherever they are: they are the same for the same embedding and seed.
    const codes = codesAt(index, 77);
    expect(occurrences(memory.buffer, codes)).toBe(1);
    index.search(set.row(77), 5);
    index.erase('p77');
    expect(occurrences(memory.buffer, codes)).toBe(0);
    for (let id = 0; id < 300; id++) index.erase(`p${id}`);
    const { layout } = index.shards[0];
    expect(new Uint8Array(memory.buffer, layout.chunksStart).every((byte) => byte === 0)).toBe(true);
  });

  test('a probe leaves neither its values nor its codes behind', () => {
    const index = small();
    fill(index, set, 300);
    const [{ memory, layout }] = index.shards;
    index.search(set.row(1000), 5);
    index.searchBatch([set.row(1001), set.row(1002)], 5);
    index.search(set.row(1003), 5, new Set(['p1']));
    expect(new Uint8Array(memory.buffer, layout.scannersStart, layout.probesOffset).every((byte) => byte === 0)).toBe(true);
    for (const probe of [0, 1]) {
      const codesOfProbe = new Uint8Array(memory.buffer, layout.scannersStart + layout.probesOffset + probe * layout.probeBytes, 1280);
      expect(codesOfProbe.every((byte) => byte === 0)).toBe(true);
    }
  });

  test('an erased person is never found, however many are erased', () => {
    const index = small();
    fill(index, set, 3000);
    for (let id = 0; id < 3000; id++) if (id % 100 !== 0) index.erase(`p${id}`);
    for (let id = 0; id < 3000; id += 37) {
      for (const hits of [index.search(set.row(id), 10), index.searchEveryRow(set.row(id), 50)]) {
        expect(hits.every(({ ref }) => Number(ref.slice(1)) % 100 === 0)).toBe(true);
      }
    }
    // All that are left are found although 99 of 100 rows are empty, and empty rows look like average ones.
    for (let id = 0; id < 3000; id += 100) expect(index.search(set.row(id), 1)[0].ref).toBe(`p${id}`);
  });

  test('also from a chunk that was full, which is scanned without looking at owners until then', () => {
    for (const codeLength of [128, 512]) {
      const large = createSyntheticSet({ kind: 'random', dimensions: codeLength });
      const index = createFlatIndex({ dimensions: codeLength, capacity: 10_000, keep: 100 });
      fill(index, large, chunkSlots + 10);
      const gone = [0, 3, chunkSlots - 1, chunkSlots + 1];
      for (const id of gone) expect(index.search(large.row(id), 1)[0].ref).toBe(`p${id}`);
      for (const id of gone) index.erase(`p${id}`);
      for (const id of gone) expect(index.search(large.row(id), 3).map(({ ref }) => ref)).not.toContain(`p${id}`);
      index.put('newcomer', [large.row(3)]);
      expect(index.search(large.row(3), 1)[0].ref).toBe('newcomer');
      expect(index.search(large.row(5), 1)[0].ref).toBe('p5');
    }
  });

  test('a freed slot is used again, and answers for its new owner alone', () => {
    const index = small();
    fill(index, set, 200);
    index.erase('p50');
    index.put('newcomer', [set.row(5000)]);
    expect(index.shards[0].memory.buffer.byteLength).toBe(memoryAfter(200));
    expect(index.search(set.row(5000), 1)[0].ref).toBe('newcomer');
    expect(index.search(set.row(50), 1)[0].ref).not.toBe('newcomer');
    expect(index.erase('p50')).toBe(false);

    function memoryAfter(count: number): number {
      const other = small();
      fill(other, set, count);
      return other.shards[0].memory.buffer.byteLength;
    }
  });

  test('replacing forgets the template before', () => {
    const index = small();
    fill(index, set, 200);
    const before = codesAt(index, 9);
    index.put('p9', [set.row(6000)]);
    expect(occurrences(index.shards[0].memory.buffer, before)).toBe(0);
    expect(index.search(set.row(6000), 1)[0]).toMatchObject({ ref: 'p9' });
    expect(index.peopleCount).toBe(200);
  });

  test('hits of a scan that was under way when a person was erased or replaced are dropped', () => {
    const index = small();
    fill(index, set, 200);
    const worker = createShardScanner(index.shards[0], { scanner: 1 });
    const scan = () => worker.scan([set.row(20)], { limit: 1, mode: 'two_stage' });
    const [late] = scan();
    expect(index.resolve([late], 1)[0].ref).toBe('p20');
    index.erase('p20');
    const refs = () => index.resolve([late], hitsMax).map(({ ref }) => ref);
    expect(refs()).not.toContain('p20');
    index.put('newcomer', [set.row(7000)]);
    expect(refs()).not.toContain('newcomer');
    index.put('p38', [set.row(7001)]);
    expect(refs()).not.toContain('p38');
    expect(late.map(({ slot }) => slot)).toEqual(expect.arrayContaining([20, 38]));
    const [other] = worker.scan([set.row(7000)], { limit: 1, mode: 'two_stage' });
    expect(index.resolve([other], 1)[0].ref).toBe('newcomer');
  });
});

describe('several', () => {
  const dimensions = 128;
  const set = createSyntheticSet({ kind: 'clustered', dimensions });

  test('probes in one pass find what they find alone', () => {
    const index = createFlatIndex({ dimensions, capacity: 20_000, keep: 100 });
    fill(index, set, 12_000);
    const probes = probesOf(set, { count: 40, people: 12_000 });
    expect(index.searchBatch(probes, 3)).toEqual(probes.map((probe) => index.search(probe, 3)));
    expect(index.searchBatch([], 3)).toEqual([]);
  });

  test('templates of one person count once, with the best of them', () => {
    const index = createFlatIndex({ dimensions, capacity: 100, shardCount: 2 });
    index.put('ann', [set.row(0), set.row(20), set.row(40)]);
    index.put('bob', [set.row(60)]);
    const hits = index.search(set.row(40), 5);
    expect(hits.map(({ ref }) => ref)).toEqual(['ann', 'bob']);
    expect(hits[0].score).toBeCloseTo(1, 2);
    expect(index.templateCount).toBe(4);
  });

  test('shards find together what one finds alone', () => {
    const [one, three] = [1, 3].map((shardCount) => createFlatIndex({ dimensions, capacity: 20_000, shardCount }));
    fill(one, set, 12_000);
    fill(three, set, 12_000);
    expect(three.shards.length).toBe(3);
    for (const probe of probesOf(set, { count: 20, people: 12_000 })) expect(three.search(probe, 4)).toEqual(one.search(probe, 4));
  });

  test('near-copies beyond any list are cut off, not overrun', () => {
    const index = createFlatIndex({ dimensions, capacity: 12_001, keep: 16 });
    for (let id = 0; id < 12_000; id++) index.put(`copy${id}`, [set.row(1)]);
    index.put('mate', [set.row(300)]);
    expect(index.search(set.row(1), 2).every(({ ref }) => ref.startsWith('copy'))).toBe(true);
    expect(index.search(set.row(300), 1)[0].ref).toBe('mate');
  });
});

describe('edges', () => {
  const dimensions = 16;
  const set = createSyntheticSet({ kind: 'random', dimensions });
  const open = (capacity = 20): FlatIndex => createFlatIndex({ dimensions, capacity });

  test('an empty gallery finds nobody, a small one everybody', () => {
    const index = open();
    expect(index.search(set.row(1), 5)).toEqual([]);
    fill(index, set, 3);
    expect(index.search(set.row(1), 0)).toEqual([]);
    expect(index.search(set.row(1), hitsMax).length).toBe(3);
    index.put('p1', []);
    expect(index.has('p1')).toBe(false);
    expect(index.search(set.row(1), 5).length).toBe(2);
  });

  test('what is no unit vector nor the mean of several is refused, as a probe and as a template', () => {
    const index = open();
    fill(index, set, 3);
    const nan = set.row(1).fill(NaN, 3, 4);
    const infinite = set.row(1).fill(Infinity, 3, 4);
    for (const bad of [nan, infinite, new Float32Array(dimensions), new Float32Array(dimensions).fill(1), set.row(1).subarray(1)]) {
      expect(() => index.search(bad, 1)).toThrow(/embedding/);
      expect(() => index.search(bad, 1, new Set(['p1']))).toThrow(/embedding/);
      expect(() => index.searchBatch([set.row(1), bad], 1)).toThrow(/embedding/);
      expect(() => index.put('p1', [set.row(9), bad])).toThrow(/embedding/);
    }
    expect(index.search(set.row(1), 1)[0].ref).toBe('p1');
  });

  test('a full index refuses newcomers and loses nobody', () => {
    const index = open(4);
    fill(index, set, 4);
    expect(() => index.put('p4', [set.row(4)])).toThrow(/full/);
    expect(() => index.put('p0', [set.row(4), set.row(5)])).toThrow(/full/);
    expect(index.search(set.row(0), 1)[0]).toMatchObject({ ref: 'p0' });
    index.put('p0', [set.row(4)]);
    expect(index.search(set.row(4), 1)[0].ref).toBe('p0');
  });

  test('senseless settings are refused', () => {
    expect(() => createFlatIndex({ dimensions: 513, capacity: 10 })).toThrow(/values/);
    expect(() => createFlatIndex({ dimensions: 128, capacity: 0 })).toThrow(/capacity/);
    expect(() => createFlatIndex({ dimensions: 128, capacity: 10, keep: 0 })).toThrow(/K/);
    expect(() => open().search(set.row(1), hitsMax + 1)).toThrow(/people/);
  });
});

function codesAt(index: FlatIndex, slot: number): Uint8Array {
  const [{ memory, layout }] = index.shards;
  return new Uint8Array(memory.buffer).slice(layout.chunksStart + layout.codesOffset + slot * layout.codeLength).slice(0, layout.codeLength);
}

function occurrences(buffer: SharedArrayBuffer, needle: Uint8Array): number {
  const haystack = Buffer.from(buffer);
  let count = 0;
  for (let at = haystack.indexOf(needle); at !== -1; at = haystack.indexOf(needle, at + 1)) count++;
  return count;
}
