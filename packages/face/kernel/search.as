// The search kernel: encodes templates and probes, scans sign bits, rescores in int8. AssemblyScript, plain SIMD128.
//
// Why AssemblyScript: an ordinary npm package with a reproducible output; the hot loops are loads, xor, popcnt and
// i32x4.dot_i16x8_s whatever language they are written in. What the first stage costs is decided by how its loop is cut:
// at 1 M x 512 on an AMD EPYC, with memory alone taking 3.7 ms, one row after the other took 12 ms, four rows at a time
// from the four quarters of a chunk 8.0 ms, and 6.4 ms once the quarters stand at fixed offsets from one pointer and each
// word of the probe is loaded once for the four. Eight rows (8.2 ms), four neighbours (8.5 ms) and i8x16.popcnt, which needs
// horizontal sums (8.0 ms), were slower. Three planes of 128 values fit into registers: 3.7 ms instead of 5.0.
//
// The distance: a row is known by the signs of its values alone, but the probe is known exactly, so it can be compared in
// two or three bits a value: its levels -3, -1, 1, 3 are 2a + b with a and b being -1 or 1, and so are two bit planes, and
// the dot product with the row's signs is a weighted sum of two Hamming distances. At 1 M × 128 on the clustered set, the
// row with the best int8 score was among the nearest 171,508 by signs against signs, 6,016 with two planes, 2,776 with
// three. 512 values need it less, and two planes would cost more (10.6 ms) than waiting for memory does: they are scanned
// by signs alone, and a row near enough is compared in two planes at once, while it is in the cache: the nearest by that are
// scored in int8. Going back to them after the scan cost 0.3 microseconds a row, all of it waiting for memory.
//
// Memory of one shard (addresses come in as arguments; ../src/index/flat/layout.ts computes them):
//   chunk of 8,192 slots: sign bits [slots][D / 8] | int8 [slots][D] | scale f32 [slots] | owner u32 [slots]
//   owner 0 marks a slot as empty. A scan is given the owners' address for chunks with empty slots and skips those; a
//   chunk without any is scanned without looking. Scoring always looks: an erased row cannot be returned.
// A probe's area (see the offsets below): its codes, a histogram of distances, the best people, the candidates.

const CHUNK_SHIFT: u32 = 13;
const CHUNK_SLOTS: u32 = 1 << CHUNK_SHIFT;

const LIMIT: usize = 0; // distances below this are candidates
const BELOW: usize = 4; // accepted so far with a distance below LIMIT
const KEEP: usize = 8; // at least this many of the nearest are rescored
const COUNT: usize = 12; // candidates kept
const CAPACITY: usize = 16;
const HIT_COUNT: usize = 20;
const HIT_LIMIT: usize = 24;
const PROBE_SCALE: usize = 28;
const PROBE_OFFSET: usize = 32;
const NEAR: usize = 36; // limit, below, keep once more: of 512 values, by signs alone
const PLANES: usize = 64; // up to 3 × 64 bytes, the plane of the lowest weight first
const CODES: usize = 256; // int16[512]
const HISTOGRAM: usize = 1280; // u32[1537]
const HITS: usize = 7488; // 12 bytes each: f32 score, u32 owner, u32 slot; 1,024 of them
const NEAR_HISTOGRAM: usize = 19776; // u32[513]
const CANDIDATES: usize = 21888; // u64 each: distance in the high half, slot in the low

// @ts-ignore: decorator
@inline function chunkBytes(D: usize): usize {
  return <usize>CHUNK_SLOTS * ((D >> 3) + D + 8);
}
// Fewer values, more bits for each: three planes for 128 values, two for more.
// @ts-ignore: decorator
@inline function planeCount(D: usize): u32 {
  return D == 128 ? 3 : 2;
}
// @ts-ignore: decorator
@inline function farthest(D: usize): u32 {
  return <u32>D * ((1 << planeCount(D)) - 1);
}
// @ts-ignore: decorator
@inline function codesOffset(D: usize): usize {
  return <usize>CHUNK_SLOTS * (D >> 3);
}
// @ts-ignore: decorator
@inline function scalesOffset(D: usize): usize {
  return codesOffset(D) + <usize>CHUNK_SLOTS * D;
}
// @ts-ignore: decorator
@inline function ownersOffset(D: usize): usize {
  return scalesOffset(D) + <usize>CHUNK_SLOTS * 4;
}

// Encoding ------------------------------------------------------------------------------------------------------------

/** Rotates f32[D] at `vector` in place: `rounds` times random signs (f32[rounds][D]) and a Hadamard transform; orthonormal. */
export function rotate(D: usize, vector: usize, signs: usize, rounds: i32): void {
  const norm = f32x4.splat(<f32>(1.0 / Math.sqrt(<f64>D)));
  for (let round = 0; round < rounds; round++) {
    for (let i: usize = 0; i < D; i += 4) {
      const v = f32x4.mul(f32x4.mul(v128.load(vector + (i << 2)), norm), v128.load(signs + (i << 2)));
      const s = f32x4.add(v128.shuffle<f32>(v, v, 0, 0, 2, 2), f32x4.mul(v128.shuffle<f32>(v, v, 1, 1, 3, 3), f32x4(1, -1, 1, -1)));
      const t = f32x4.add(v128.shuffle<f32>(s, s, 0, 1, 0, 1), f32x4.mul(v128.shuffle<f32>(s, s, 2, 3, 2, 3), f32x4(1, 1, -1, -1)));
      v128.store(vector + (i << 2), t);
    }
    for (let half: usize = 4; half < D; half <<= 1) butterflies(D, vector, half);
    signs += D << 2;
  }
}

function butterflies(D: usize, vector: usize, half: usize): void {
  const bytes = half << 2;
  for (let start: usize = 0; start < D << 2; start += bytes << 1) {
    for (let i = vector + start, end = i + bytes; i < end; i += 16) {
      const a = v128.load(i), b = v128.load(i + bytes);
      v128.store(i, f32x4.add(a, b));
      v128.store(i + bytes, f32x4.sub(a, b));
    }
  }
}

/** Writes f32[D] at `vector` (rotated; overwritten) into a slot of a chunk: its sign bits and int8 codes around `centre`. */
export function writeRow(D: usize, vector: usize, centre: usize, chunk: usize, slot: u32): void {
  let largest: f32 = 0;
  for (let i: usize = 0; i < D << 2; i += 4) {
    const value = load<f32>(vector + i) - load<f32>(centre + i);
    store<f32>(vector + i, value);
    largest = max(largest, abs(value));
  }
  writeSigns(D, vector, chunk + <usize>slot * (D >> 3));
  const codes = chunk + codesOffset(D) + <usize>slot * D;
  const inverse: f32 = largest > 0 ? 127 / largest : 0;
  for (let i: usize = 0; i < D; i++) store<i8>(codes + i, <i8>nearest(load<f32>(vector + (i << 2)) * inverse));
  store<f32>(chunk + scalesOffset(D) + (<usize>slot << 2), largest / 127);
}

/** Writes f32[D] at `vector` (rotated; overwritten) as the probe: int16 codes, bit planes around `centre`, scale and offset. */
export function writeProbe(D: usize, vector: usize, centre: usize, probe: usize): void {
  let largest: f32 = 0, offset: f32 = 0;
  for (let i: usize = 0; i < D << 2; i += 4) {
    const value = load<f32>(vector + i);
    largest = max(largest, abs(value));
    offset += value * load<f32>(centre + i);
  }
  // 32,767 × 127 × 512 still fits an int32 sum.
  const inverse: f32 = largest > 0 ? 32767 / largest : 0;
  for (let i: usize = 0; i < D; i++) {
    const value = load<f32>(vector + (i << 2));
    store<i16>(probe + (i << 1), <i16>nearest(value * inverse), CODES);
    store<f32>(vector + (i << 2), value - load<f32>(centre + (i << 2)));
  }
  writePlanes(D, vector, probe + PLANES);
  store<f32>(probe, largest / 32767, PROBE_SCALE);
  store<f32>(probe, offset, PROBE_OFFSET);
}

function writeSigns(D: usize, vector: usize, bits: usize): void {
  for (let i: usize = 0; i < D; i += 8) {
    const low = i32x4.bitmask(v128.load(vector + (i << 2)));
    const high = i32x4.bitmask(v128.load(vector + (i << 2), 16));
    store<u8>(bits + (i >> 3), <u8>(low | (high << 4)));
  }
}

// Steps of the best uniform quantisers of a normal variable with 4 and 8 levels, in standard deviations (Max 1960).
const STEP_2: f32 = 0.9957;
const STEP_3: f32 = 0.586;

function writePlanes(D: usize, vector: usize, planes: usize): void {
  const count = planeCount(D), half = 1 << (count - 1);
  let squares: f32 = 0;
  for (let i: usize = 0; i < D << 2; i += 4) squares += load<f32>(vector + i) * load<f32>(vector + i);
  const inverse: f32 = squares > 0 ? 1 / (sqrt<f32>(squares / <f32>D) * (count == 3 ? STEP_3 : STEP_2)) : 0;
  memory.fill(planes, 0, 3 * 64);
  for (let i: usize = 0; i < D; i++) {
    const level = max(0, min(2 * half - 1, <i32>floor(load<f32>(vector + (i << 2)) * inverse) + half));
    // A row's bit is set where its value is negative; so is a plane's where its part of the level is.
    for (let plane: u32 = 0; plane < count; plane++) {
      if ((level >> plane) & 1) continue;
      const at = planes + (<usize>plane << 6) + (i >> 3);
      store<u8>(at, load<u8>(at) | (<u8>1 << (<u8>i & 7)));
    }
  }
}

// First stage: sign bits ----------------------------------------------------------------------------------------------

/**
 * Empties a probe's lists. `keep` = K by the scan; of 512 values `refined` of them go on, of fewer values all (`refined` =
 * K). `capacity` candidates fit (more than K), `hitLimit` people are wanted (at most 1,024).
 */
export function reset(D: usize, probe: usize, keep: u32, refined: u32, capacity: u32, hitLimit: u32): void {
  begin(probe, refined, farthest(D));
  memory.fill(probe + HISTOGRAM, 0, <usize>(farthest(D) + 1) << 2);
  begin(probe + NEAR, keep, 512);
  memory.fill(probe + NEAR_HISTOGRAM, 0, 513 << 2);
  store<u32>(probe, 0, COUNT);
  store<u32>(probe, capacity, CAPACITY);
  store<u32>(probe, 0, HIT_COUNT);
  store<u32>(probe, hitLimit, HIT_LIMIT);
}

// @ts-ignore: decorator
@inline function begin(list: usize, keep: u32, farthest: u32): void {
  store<u32>(list, farthest + 1, LIMIT);
  store<u32>(list, 0, BELOW);
  store<u32>(list, keep, KEEP);
}

const QUARTER: u32 = CHUNK_SLOTS >> 2;
// Bytes of sign bits of a quarter.
const QUARTER_512: usize = <usize>QUARTER * 64;
const QUARTER_256: usize = <usize>QUARTER * 32;
const QUARTER_128: usize = <usize>QUARTER * 16;

// @ts-ignore: decorator
@inline function differ(row: usize, plane: u64): u32 {
  return <u32>popcnt<u64>(load<u64>(row) ^ plane);
}

/** Looks at every slot of a chunk; those nearer than the limit become candidates. `owners`: their address, 0: none is empty. */
export function scan512(probe: usize, chunk: usize, firstSlot: u32, owners: usize): void {
  const signs = probe + PLANES + 64;
  let limit = load<u32>(probe, NEAR);
  let row = chunk;
  for (let i: u32 = 0; i < QUARTER; i++) {
    let a: u32 = 0, b: u32 = 0, c: u32 = 0, d: u32 = 0;
    for (let word: usize = 0; word < 64; word += 8) {
      const plane = load<u64>(signs + word), at = row + word;
      a += differ(at, plane);
      b += differ(at + QUARTER_512, plane);
      c += differ(at + 2 * QUARTER_512, plane);
      d += differ(at + 3 * QUARTER_512, plane);
    }
    if (a < limit) limit = acceptNear(probe, a, i, firstSlot, owners, row);
    if (b < limit) limit = acceptNear(probe, b, i + QUARTER, firstSlot, owners, row + QUARTER_512);
    if (c < limit) limit = acceptNear(probe, c, i + 2 * QUARTER, firstSlot, owners, row + 2 * QUARTER_512);
    if (d < limit) limit = acceptNear(probe, d, i + 3 * QUARTER, firstSlot, owners, row + 3 * QUARTER_512);
    row += 64;
  }
}

// A row near by its signs is compared in two planes while it is at hand.
function acceptNear(probe: usize, distance: u32, slotInChunk: u32, firstSlot: u32, owners: usize, row: usize): u32 {
  if (isEmpty(owners, slotInChunk)) return load<u32>(probe, NEAR);
  const limit = tighten(probe + NEAR, probe + NEAR_HISTOGRAM, distance);
  let refined: u32 = 0;
  for (let word: usize = 0; word < 64; word += 8) {
    const bits = load<u64>(row + word);
    refined += <u32>popcnt<u64>(bits ^ load<u64>(probe + word, PLANES)) + 2 * <u32>popcnt<u64>(bits ^ load<u64>(probe + word, PLANES + 64));
  }
  if (refined < load<u32>(probe, LIMIT)) accept(probe, refined, slotInChunk, firstSlot, 0);
  return limit;
}

// @ts-ignore: decorator
@inline function isEmpty(owners: usize, slotInChunk: u32): bool {
  return owners != 0 && load<u32>(owners + (<usize>slotInChunk << 2)) == 0;
}

// @ts-ignore: decorator
@inline function distance256(row: usize, planes: usize): u32 {
  let low: u32 = 0, high: u32 = 0;
  for (let word: usize = 0; word < 32; word += 8) {
    low += differ(row + word, load<u64>(planes + word));
    high += differ(row + word, load<u64>(planes + word, 64));
  }
  return low + 2 * high;
}

export function scan256(probe: usize, chunk: usize, firstSlot: u32, owners: usize): void {
  const planes = probe + PLANES;
  let limit = load<u32>(probe, LIMIT);
  let row = chunk;
  for (let i: u32 = 0; i < QUARTER; i++) {
    const a = distance256(row, planes), b = distance256(row + QUARTER_256, planes);
    const c = distance256(row + 2 * QUARTER_256, planes), d = distance256(row + 3 * QUARTER_256, planes);
    if (a < limit) limit = accept(probe, a, i, firstSlot, owners);
    if (b < limit) limit = accept(probe, b, i + QUARTER, firstSlot, owners);
    if (c < limit) limit = accept(probe, c, i + 2 * QUARTER, firstSlot, owners);
    if (d < limit) limit = accept(probe, d, i + 3 * QUARTER, firstSlot, owners);
    row += 32;
  }
}

// Three planes of two words.
// @ts-ignore: decorator
@inline function distance128(row: usize, a: u64, b: u64, c: u64, d: u64, e: u64, f: u64): u32 {
  const low = load<u64>(row), high = load<u64>(row, 8);
  const ones = <u32>(popcnt<u64>(low ^ a) + popcnt<u64>(high ^ b)), twos = <u32>(popcnt<u64>(low ^ c) + popcnt<u64>(high ^ d));
  return ones + (twos << 1) + (<u32>(popcnt<u64>(low ^ e) + popcnt<u64>(high ^ f)) << 2);
}

export function scan128(probe: usize, chunk: usize, firstSlot: u32, owners: usize): void {
  const p = load<u64>(probe, PLANES), q = load<u64>(probe, PLANES + 8), r = load<u64>(probe, PLANES + 64);
  const s = load<u64>(probe, PLANES + 72), t = load<u64>(probe, PLANES + 128), u = load<u64>(probe, PLANES + 136);
  let limit = load<u32>(probe, LIMIT);
  let row = chunk;
  for (let i: u32 = 0; i < QUARTER; i++) {
    const a = distance128(row, p, q, r, s, t, u), b = distance128(row + QUARTER_128, p, q, r, s, t, u);
    const c = distance128(row + 2 * QUARTER_128, p, q, r, s, t, u), d = distance128(row + 3 * QUARTER_128, p, q, r, s, t, u);
    if (a < limit) limit = accept(probe, a, i, firstSlot, owners);
    if (b < limit) limit = accept(probe, b, i + QUARTER, firstSlot, owners);
    if (c < limit) limit = accept(probe, c, i + 2 * QUARTER, firstSlot, owners);
    if (d < limit) limit = accept(probe, d, i + 3 * QUARTER, firstSlot, owners);
    row += 16;
  }
}

// Keeps a candidate and returns the limit. All rows at the distance of the K-th stay in, so for fewer than 512 values the
// outcome does not depend on the order of the rows (but see `compact`).
function accept(probe: usize, distance: u32, slotInChunk: u32, firstSlot: u32, owners: usize): u32 {
  if (isEmpty(owners, slotInChunk)) return load<u32>(probe, LIMIT);
  let count = load<u32>(probe, COUNT);
  if (count == load<u32>(probe, CAPACITY)) {
    const limit = compact(probe);
    if (distance >= limit) return limit;
    count = load<u32>(probe, COUNT);
  }
  store<u64>(probe + (<usize>count << 3), ((<u64>distance) << 32) | (firstSlot + slotInChunk), CANDIDATES);
  store<u32>(probe, count + 1, COUNT);
  return tighten(probe, probe + HISTOGRAM, distance);
}

// Counts a distance; the limit becomes that of the K-th nearest so far.
// @ts-ignore: decorator
@inline function tighten(list: usize, histogram: usize, distance: u32): u32 {
  const bin = histogram + (<usize>distance << 2);
  store<u32>(bin, load<u32>(bin) + 1);
  let limit = load<u32>(list, LIMIT), below = load<u32>(list, BELOW) + 1;
  const keep = load<u32>(list, KEEP);
  while (limit > 0) {
    const farthest = load<u32>(histogram + (<usize>(limit - 1) << 2));
    if (below - farthest < keep) break;
    below -= farthest;
    limit--;
  }
  store<u32>(list, below, BELOW);
  store<u32>(list, limit, LIMIT);
  return limit;
}

/** Drops candidates that the limit has overtaken; returns the limit. */
export function compact(probe: usize): u32 {
  const keep = load<u32>(probe, KEEP), capacity = load<u32>(probe, CAPACITY);
  let limit = load<u32>(probe, LIMIT), below = load<u32>(probe, BELOW);
  // Very many rows at one distance (near-copies): K of them are kept, or the list would overflow.
  if (limit > 0 && below > capacity - (capacity >> 3)) {
    limit--;
    below -= load<u32>(probe + (<usize>limit << 2), HISTOGRAM);
  }
  let ties = below < keep ? keep - below : 0;
  let kept = probe;
  for (let at = probe, end = at + (<usize>load<u32>(probe, COUNT) << 3); at < end; at += 8) {
    const candidate = load<u64>(at, CANDIDATES);
    const distance = <u32>(candidate >> 32);
    if (distance > limit) continue;
    if (distance == limit) {
      if (ties == 0) continue;
      ties--;
    }
    store<u64>(kept, candidate, CANDIDATES);
    kept += 8;
  }
  store<u32>(probe, <u32>((kept - probe) >> 3), COUNT);
  store<u32>(probe, limit, LIMIT);
  store<u32>(probe, below, BELOW);
  return limit;
}

// Second stage: int8 --------------------------------------------------------------------------------------------------

/** Scores every candidate; the best people end up in the probe's list of hits. `data`: address of the first chunk. */
export function rescore(D: usize, probe: usize, data: usize): void {
  const end = probe + (<usize>load<u32>(probe, COUNT) << 3);
  if (D == 512) for (let at = probe; at < end; at += 8) rescoreOne(512, probe, data, load<u32>(at, CANDIDATES));
  else if (D == 256) for (let at = probe; at < end; at += 8) rescoreOne(256, probe, data, load<u32>(at, CANDIDATES));
  else for (let at = probe; at < end; at += 8) rescoreOne(128, probe, data, load<u32>(at, CANDIDATES));
}

// @ts-ignore: decorator
@inline function rescoreOne(D: usize, probe: usize, data: usize, slot: u32): void {
  const chunk = data + <usize>(slot >> CHUNK_SHIFT) * chunkBytes(D);
  const at = <usize>(slot & (CHUNK_SLOTS - 1));
  // Read before the codes: whoever writes a slot from another thread sets its owner last and clears it first.
  const owner = atomic.load<u32>(chunk + ownersOffset(D) + (at << 2));
  if (owner == 0) return;
  const sum = dot(D, chunk + codesOffset(D) + at * D, probe + CODES);
  offer(probe, <f32>sum * load<f32>(chunk + scalesOffset(D) + (at << 2)), owner, slot);
}

/** The oracle, and the way of small galleries: scores the first `rows` slots of a chunk, each and every one. */
export function scoreAll(D: usize, probe: usize, chunk: usize, rows: u32, firstSlot: u32): void {
  if (D == 512) scoreChunk(512, probe, chunk, rows, firstSlot);
  else if (D == 256) scoreChunk(256, probe, chunk, rows, firstSlot);
  else scoreChunk(128, probe, chunk, rows, firstSlot);
}

// @ts-ignore: decorator
@inline function scoreChunk(D: usize, probe: usize, chunk: usize, rows: u32, firstSlot: u32): void {
  const codes = chunk + codesOffset(D), scales = chunk + scalesOffset(D), owners = chunk + ownersOffset(D);
  const quarter = (rows + 3) >> 2, step = <usize>quarter * D, q = probe + CODES;
  for (let i: u32 = 0; i < quarter; i++) {
    const row = codes + <usize>i * D;
    const ownerA = ownerOf(owners, i), ownerB = ownerOf(owners, i + quarter);
    const ownerC = ownerOf(owners, i + quarter * 2), ownerD = ownerOf(owners, i + quarter * 3);
    let a = i32x4.splat(0), b = a, c = a, d = a;
    for (let at: usize = 0; at < D; at += 8) {
      const part = v128.load(q + (at << 1));
      a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + at), part));
      b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + step + at), part));
      c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + step * 2 + at), part));
      d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + step * 3 + at), part));
    }
    offerSlot(probe, sumLanes(a), scales, ownerA, i, firstSlot);
    offerSlot(probe, sumLanes(b), scales, ownerB, i + quarter, firstSlot);
    offerSlot(probe, sumLanes(c), scales, ownerC, i + quarter * 2, firstSlot);
    offerSlot(probe, sumLanes(d), scales, ownerD, i + quarter * 3, firstSlot);
  }
}

// @ts-ignore: decorator
@inline function offerSlot(probe: usize, sum: i32, scales: usize, owner: u32, slotInChunk: u32, firstSlot: u32): void {
  if (owner != 0) offer(probe, <f32>sum * load<f32>(scales + (<usize>slotInChunk << 2)), owner, firstSlot + slotInChunk);
}

// @ts-ignore: decorator
@inline function ownerOf(owners: usize, slotInChunk: u32): u32 {
  return atomic.load<u32>(owners + (<usize>slotInChunk << 2));
}

// @ts-ignore: decorator
@inline function dot(D: usize, row: usize, q: usize): i32 {
  let a = i32x4.splat(0), b = a, c = a, d = a;
  for (let at: usize = 0; at < D; at += 32) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + at), v128.load(q + (at << 1))));
    b = i32x4.add(b, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + at, 8), v128.load(q + (at << 1), 16)));
    c = i32x4.add(c, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + at, 16), v128.load(q + (at << 1), 32)));
    d = i32x4.add(d, i32x4.dot_i16x8_s(v128.load_ext<i8>(row + at, 24), v128.load(q + (at << 1), 48)));
  }
  return sumLanes(i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
}

// @ts-ignore: decorator
@inline function sumLanes(v: v128): i32 {
  return i32x4.extract_lane(v, 0) + i32x4.extract_lane(v, 1) + i32x4.extract_lane(v, 2) + i32x4.extract_lane(v, 3);
}

// @ts-ignore: decorator
@inline function offer(probe: usize, score: f32, owner: u32, slot: u32): void {
  const count = load<u32>(probe, HIT_COUNT);
  if (count == load<u32>(probe, HIT_LIMIT) && (count == 0 || score <= load<f32>(probe + <usize>(count - 1) * 12, HITS))) return;
  insert(probe, score, owner, slot);
}

// The list is sorted, best first, and holds each person once, with the best of their templates.
function insert(probe: usize, score: f32, owner: u32, slot: u32): void {
  const list = probe + HITS;
  const count = load<u32>(probe, HIT_COUNT);
  let gap = count;
  for (let i: u32 = 0; i < count; i++) {
    if (load<u32>(list + <usize>i * 12, 4) != owner) continue;
    if (load<f32>(list + <usize>i * 12) >= score) return;
    gap = i;
    break;
  }
  if (gap == count) {
    if (count == load<u32>(probe, HIT_LIMIT)) gap = count - 1;
    else store<u32>(probe, count + 1, HIT_COUNT);
  }
  while (gap > 0 && load<f32>(list + <usize>(gap - 1) * 12) < score) {
    memory.copy(list + <usize>gap * 12, list + <usize>(gap - 1) * 12, 12);
    gap--;
  }
  const at = list + <usize>gap * 12;
  store<f32>(at, score);
  store<u32>(at, owner, 4);
  store<u32>(at, slot, 8);
}

// For the bench ------------------------------------------------------------------------------------------------------

/** Reads `bytes` (a multiple of 512) as fast as this machine lets wasm read: the floor any scan is measured against. */
export function readThrough(start: usize, bytes: usize): i64 {
  const step = bytes >> 3;
  let a = i64x2.splat(0), b = a, c = a, d = a;
  for (let at = start, end = start + step; at < end; at += 64) {
    for (let stream: usize = 0; stream < 8; stream++) {
      const line = at + step * stream;
      a = i64x2.add(a, v128.load(line));
      b = i64x2.add(b, v128.load(line, 16));
      c = i64x2.add(c, v128.load(line, 32));
      d = i64x2.add(d, v128.load(line, 48));
    }
  }
  a = i64x2.add(i64x2.add(a, b), i64x2.add(c, d));
  return i64x2.extract_lane(a, 0) ^ i64x2.extract_lane(a, 1);
}
