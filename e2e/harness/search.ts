// Looks for byte patterns wherever a process may have left them: files, table rows, a process's memory.
import { closeSync, fstatSync, openSync, readSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { quoteName, withConnection } from '../../apps/cli/src/postgres/connect.ts';

export type Needle = { readonly name: string; readonly bytes: Buffer };
export type Hit = { readonly needle: string; readonly where: string };

/** The pattern itself and every spelling in which text carries bytes. */
export function spellings(name: string, bytes: Uint8Array): Needle[] {
  const raw = Buffer.from(bytes);
  const hex = raw.toString('hex');
  return [
    { name, bytes: raw },
    { name: `${name} in hex`, bytes: Buffer.from(hex) },
    { name: `${name} in HEX`, bytes: Buffer.from(hex.toUpperCase()) },
    ...[0, 1, 2].flatMap((offset) => base64Spellings(`${name} in base64, offset ${offset}`, raw, offset)),
  ];
}

// Where a pattern starts inside a longer base64 text decides its letters: three ways, its edges left out.
function base64Spellings(name: string, raw: Buffer, offset: number): Needle[] {
  const whole = Buffer.concat([Buffer.alloc(offset), raw]).toString('base64').replaceAll('=', '');
  const inner = whole.slice(offset === 0 ? 0 : offset + 1, -2);
  const urlSafe = inner.replaceAll('+', '-').replaceAll('/', '_');
  return [...new Set([inner, urlSafe])].map((text) => ({ name, bytes: Buffer.from(text) }));
}

export function searchBuffer(where: string, haystack: Buffer, needles: readonly Needle[]): Hit[] {
  return createSearch(needles).find(haystack).map(({ name }) => ({ needle: name, where }));
}

type Search = { readonly longestBytes: number; find(haystack: Buffer): Needle[] };

/** Four bytes decide where to look closer; a needle may be no shorter. */
const prefixBytes = 4;
const hashBits = 18;

// All needles in one pass: there are hundreds, and gigabytes to look through.
function createSearch(needles: readonly Needle[]): Search {
  const beginnings = new Uint8Array(1 << hashBits);
  const byHash = new Map<number, Needle[]>();
  for (const needle of needles) {
    if (needle.bytes.length < prefixBytes) throw new RangeError(`"${needle.name}" is too short to be looked for`);
    const hash = hashOf(needle.bytes.readUInt32LE(0));
    beginnings[hash] = 1;
    byHash.set(hash, [...(byHash.get(hash) ?? []), needle]);
  }
  const find = (haystack: Buffer): Needle[] => {
    const found = new Set<Needle>();
    let last = 0;
    for (let at = 0; at < haystack.length; at += 1) {
      // The four bytes that end here, the first of them lowest.
      last = (last >>> 8) | (haystack[at]! << 24);
      if (beginnings[hashOf(last)] === 0 || at < prefixBytes - 1) continue;
      const begin = at - prefixBytes + 1;
      for (const needle of byHash.get(hashOf(last)) ?? []) {
        if (!found.has(needle) && haystack.compare(needle.bytes, 0, needle.bytes.length, begin, Math.min(begin + needle.bytes.length, haystack.length)) === 0) found.add(needle);
      }
    }
    return needles.filter((needle) => found.has(needle));
  };
  return { longestBytes: Math.max(...needles.map(({ bytes }) => bytes.length)), find };
}

const hashOf = (four: number): number => Math.imul(four, 0x9e3779b1) >>> (32 - hashBits);

/** Every file below, whatever it is. */
export function searchFolder(folder: string, needles: readonly Needle[]): Hit[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const search = createSearch(needles);
  return files.flatMap((entry) => searchOneFile(join(entry.parentPath, entry.name), search));
}

const pieceBytes = 16 * 1024 * 1024;

/** Reads in pieces that overlap by the longest pattern, so that none hides on a seam. */
export const searchFile = (path: string, needles: readonly Needle[]): Hit[] => searchOneFile(path, createSearch(needles));

function searchOneFile(path: string, search: Search): Hit[] {
  const file = openSync(path, 'r');
  try {
    return searchRange({ where: path, file, from: 0, to: fstatSync(file).size, search });
  } finally {
    closeSync(file);
  }
}

/** All writable memory of a process. Needs the right to trace it: the same user with ptrace, or root. */
export function searchMemory(pid: number, needles: readonly Needle[]): Hit[] {
  const regions = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').flatMap(writableRegion);
  const search = createSearch(needles);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  try {
    return regions.flatMap(({ from, to }) => searchRange({ where: `memory of ${pid}`, file: memory, from, to, search }));
  } finally {
    closeSync(memory);
  }
}

function writableRegion(line: string): { from: number; to: number }[] {
  const parts = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
  // Beyond 2^53 lies the kernel's own page.
  return parts?.[1] && parts[2] && parts[1].length <= 13 ? [{ from: parseInt(parts[1], 16), to: parseInt(parts[2], 16) }] : [];
}

function searchRange(input: { where: string; file: number; from: number; to: number; search: Search }): Hit[] {
  const { where, file, from, to, search } = input;
  const overlap = search.longestBytes;
  const piece = Buffer.alloc(Math.min(pieceBytes, to - from) + overlap);
  const found = new Map<string, Hit>();
  let kept = 0;
  for (let at = from; at < to; ) {
    const read = readOrNothing({ file, piece, offset: kept, length: Math.min(piece.length - kept, to - at), at });
    if (read === 0) break;
    for (const { name } of search.find(piece.subarray(0, kept + read))) found.set(name, { needle: name, where });
    at += read;
    const filled = kept + read;
    kept = Math.min(overlap, filled);
    piece.copyWithin(0, filled - kept, filled);
  }
  return [...found.values()];
}

// A page that was given back between reading the map and reading the memory.
function readOrNothing(input: { file: number; piece: Buffer; offset: number; length: number; at: number }): number {
  try {
    return readSync(input.file, input.piece, input.offset, input.length, input.at);
  } catch {
    return 0;
  }
}

/** Every row of every table, as the database spells it: what a dump would hold. */
export async function searchDatabase(url: string, needles: readonly Needle[]): Promise<Hit[]> {
  return withConnection(url, async (query) => {
    const tables = await query("SELECT schemaname AS schema, tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')");
    const hits: Hit[] = [];
    for (const { schema, name } of tables) {
      const rows = await query(`SELECT t::text AS row FROM ${quoteName(String(schema))}.${quoteName(String(name))} t`);
      hits.push(...searchBuffer(`table ${String(name)}`, Buffer.from(rows.map(({ row }) => row).join('\n')), needles));
    }
    return hits;
  });
}
