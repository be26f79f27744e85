// A marked frame and the template made of it are looked for everywhere the server, the databases and the logs could have
// kept them. They must be nowhere, and the same search must find what is planted.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, appendFileSync, closeSync, existsSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assertBooksCoherent } from './harness/books.ts';
import { markFrames, openTemplates, templateNeedles } from './harness/canary.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { searchBuffer, searchDatabase, searchFile, searchFolder, searchMemory, spellings } from './harness/search.ts';
import type { Needle } from './harness/search.ts';

let running: TestInstance;
let snapshots: string;
let secret: Needle[];
let planted: Needle[];
let ciphertext: Needle[];

beforeAll(async () => {
  snapshots = mkdtempSync(join(tmpdir(), 'sonrisa-snapshots-'));
  // The processes inherit this; Node then writes a heap snapshot on the signal.
  process.env.NODE_OPTIONS = `--heapsnapshot-signal=SIGUSR2 --diagnostic-dir=${snapshots}`;
  running = await startTestInstance({ people: 1, logLevel: 'debug' });
  await payWithMarkedFrames();
});
afterAll(async () => {
  delete process.env.NODE_OPTIONS;
  await running?.stop();
  rmSync(snapshots, { recursive: true, force: true });
});

async function payWithMarkedFrames(): Promise<void> {
  const { phone, terminal, people } = running.stage;
  const person = people.shoppers[0];
  if (!person) throw new Error('there is nobody to enrol');
  const needles: Needle[] = [];
  const marked = async (kind: 'enrolment' | 'till', count: number) => {
    const { frames, needles: more } = markFrames(await person.burst({ kind, seed: 8, count }));
    needles.push(...more);
    return frames;
  };
  const owner = await phone.enrol({ phone: '+8613812340001', name: person.name, pin: '271941', takeBurst: (count) => marked('enrolment', count) });
  await phone.topUp(owner.session, { amountMinor: '10000', currency: terminal.profile.currency });
  const line = `line-${randomBytes(12).toString('hex')}`;
  const payment = await terminal.createPayment({ amountMinor: '900', lines: [{ name: line, quantity: 1, unitAmountMinor: '900' }] });
  const look = await terminal.look(payment.id, (count) => marked('till', count));
  expect(look.outcome).toBe('identified');
  expect((await terminal.confirm(look.payment)).state).toBe('captured');
  const [record] = await openTemplates(running.instance);
  if (!record) throw new Error('no template was stored');
  secret = [...needles, ...templateNeedles('template', record.template)];
  planted = spellings('planted line', Buffer.from(line));
  ciphertext = spellings('ciphertext', record.ciphertext.subarray(0, 48));
}

describe('while everything runs', () => {
  test("the server's heap snapshot", async () => {
    expect(await searchHeap(running.instance.server.pid ?? 0)).toEqual([]);
  });

  test.skipIf(!existsSync('/proc/self/maps'))("the server's whole memory, buffers included", () => {
    expect(searchMemory(running.instance.server.pid ?? 0, secret)).toEqual([]);
  });

  test('the control: a process that holds the marker is caught by both searches', async () => {
    const [needle] = secret;
    if (!needle) throw new Error('nothing to plant');
    const text = needle.bytes.toString();
    const held = `globalThis.text = ${JSON.stringify(text)} + '.'; globalThis.bytes = Buffer.from(globalThis.text); setInterval(() => globalThis.text.length, 1000);`;
    const child = spawn(process.execPath, ['-e', held], { stdio: 'ignore' });
    try {
      await sleep(1_500);
      expect((await searchHeap(child.pid ?? 0)).map((hit) => hit.needle)).toContain(needle.name);
      if (existsSync('/proc/self/maps')) expect(searchMemory(child.pid ?? 0, secret).map((hit) => hit.needle)).toContain(needle.name);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test.each(['databaseUrl', 'vaultDatabaseUrl'] as const)('every row behind %s', async (url) => {
    expect(await searchDatabase(running.instance[url], secret)).toEqual([]);
  });

  test('the control: the same search sees a planted line, and a template as the vault keeps it', async () => {
    expect(await searchDatabase(running.instance.databaseUrl, planted)).not.toEqual([]);
    expect(await searchDatabase(running.instance.vaultDatabaseUrl, ciphertext)).not.toEqual([]);
  });

  test('the books', () => assertBooksCoherent(running));
});

describe('after everything has stopped and is on disk', () => {
  beforeAll(() => running.halt());

  test('data files, write-ahead log, keys and logs', () => {
    expect(searchFolder(running.instance.dataDir, secret)).toEqual([]);
  });

  test('the control: in the same files the same search finds a planted line and the sealed template', () => {
    const where = searchFolder(running.instance.dataDir, [...planted, ...ciphertext]);
    expect(where.filter((hit) => hit.needle.startsWith('planted')).some((hit) => hit.where.includes('pg_wal'))).toBe(true);
    expect(where.filter((hit) => hit.needle.startsWith('planted')).some((hit) => hit.where.includes('base'))).toBe(true);
    expect(where.some((hit) => hit.needle.startsWith('ciphertext'))).toBe(true);
  });

  test('the control: a log that leaks is caught', () => {
    const copy = mkdtempSync(join(tmpdir(), 'sonrisa-logs-'));
    try {
      cpSync(join(running.instance.dataDir, 'logs'), copy, { recursive: true });
      expect(searchFolder(copy, secret)).toEqual([]);
      appendFileSync(join(copy, 'server.log'), `{"msg":"frame ${secret.find(({ name }) => name.includes('base64'))?.bytes.toString()}"}\n`);
      expect(searchFolder(copy, secret)).toHaveLength(1);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
});

const snapshotPatienceMs = 120_000;

async function searchHeap(pid: number) {
  const before = new Set(readdirSync(snapshots));
  process.kill(pid, 'SIGUSR2');
  const path = await newSnapshot(before);
  return searchFile(path, secret);
}

// Written in one go by a stopped process: complete when it ends like the JSON it is.
async function newSnapshot(before: ReadonlySet<string>): Promise<string> {
  const deadline = performance.now() + snapshotPatienceMs;
  let size = -1;
  while (performance.now() < deadline) {
    await sleep(300);
    const name = readdirSync(snapshots).find((file) => file.endsWith('.heapsnapshot') && !before.has(file));
    if (name === undefined) continue;
    const path = join(snapshots, name);
    const now = statSync(path).size;
    if (now > 0 && now === size && endsLikeJson(path, now)) return path;
    size = now;
  }
  throw new Error('no heap snapshot was written');
}

function endsLikeJson(path: string, size: number): boolean {
  const file = openSync(path, 'r');
  try {
    const end = Buffer.alloc(8);
    readSync(file, end, 0, end.length, Math.max(0, size - end.length));
    return end.toString().trimEnd().endsWith('}');
  } finally {
    closeSync(file);
  }
}

test('the search itself: every spelling is found, across the seams of pieces too', () => {
  const bytes = randomBytes(30);
  for (const offset of [0, 1, 2]) {
    const text = Buffer.concat([randomBytes(3 + offset), bytes, randomBytes(7)]).toString('base64');
    expect(searchBuffer('here', Buffer.from(text), spellings('it', bytes))).not.toEqual([]);
  }
  expect(searchBuffer('here', Buffer.from(bytes.toString('hex')), spellings('it', bytes))).not.toEqual([]);
  expect(searchBuffer('here', randomBytes(4_096), spellings('it', bytes))).toEqual([]);
});
