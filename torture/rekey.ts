// Re-keying under matches: a vault's database filled with made-up templates, real people among them who keep being looked for
// by two vaults while every record moves to new keys. Each look has to name the right person before, meanwhile and after; in the
// end no record may be under the old keys, every template must be what it was, and an older backup must open no more. The
// control destroys the old keys when it begins, as if nothing kept them while records are left.
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { rekeyProgressSchema, vaultPaths, type RekeyProgress } from '../packages/protocol/src/vault-api.ts';
import type { FaceEngine } from '../apps/vault/src/face-engine.ts';
import { keyKeptMs } from '../apps/vault/src/rekey/rekey.ts';
import { openScansHere } from '../apps/vault/src/testing/scan-here.ts';
import { startTestVault, type TestVault } from '../apps/vault/src/testing/test-vault.ts';
import { crowdOf, type Crowd } from './rekey-crowd.ts';
import type { Seeded } from './seeded.ts';

type Frames = readonly Uint8Array<ArrayBuffer>[];

export type RekeyPerson = { readonly payerRef: string; readonly lastFour: string; readonly enrolment: Frames; readonly looks: readonly Frames[] };

export type RekeyInput = {
  readonly url: string;
  readonly keysDir: string;
  readonly engine: FaceEngine;
  readonly synthetic: number;
  readonly people: readonly RekeyPerson[];
  readonly clients: number;
  readonly random: Seeded;
  /** Looks at each person before it begins and after it is over. */
  readonly looksAround: number;
  readonly control: boolean;
  readonly progress: (line: string) => void;
};

type Phase = 'before' | 'during' | 'after';

export type RekeyOutcome = {
  readonly records: number;
  readonly resealed: number;
  readonly resealMs: number;
  /** Milliseconds of each look, from the sealed capture to the answer. */
  readonly looks: Readonly<Record<Phase, number[]>>;
  /** Looks that ended with digits. */
  readonly withDigits: number;
  readonly findings: readonly string[];
};

const vaultCount = 2;
const askEveryMs = 250;
const choreEveryMs = 50;
const stuckRoundsMax = 3;

export async function rekeyUnderMatches(input: RekeyInput): Promise<RekeyOutcome> {
  const { people, synthetic, progress } = input;
  const crowd = crowdOf(input);
  await enrolAmong(input, crowd);
  progress(`${synthetic} made-up and ${people.length} real people are enrolled`);
  const vaults: TestVault[] = [];
  try {
    for (let n = 0; n < vaultCount; n++) vaults.push(await openVault(input));
    return await run(input, { vaults, crowd });
  } finally {
    for (const vault of vaults) await vault.stop();
  }
}

function openVault({ url, keysDir, engine, synthetic }: RekeyInput): Promise<TestVault> {
  // Without regulars every look searches everybody.
  return startTestVault({ url, keysDir, engine, keepsRegulars: false, search: { openScans: openScansHere, threads: 1, peopleMax: synthetic + 1000 } });
}

// Records are re-keyed in the order in which they came: real people are among the first, in the middle and among the last.
async function enrolAmong(input: RekeyInput, crowd: Crowd): Promise<void> {
  const { people, synthetic, progress } = input;
  const vault = await openVault(input);
  try {
    for (const [at, person] of people.entries()) {
      const enrolled = await vault.enrol(vault.enrolment(person.payerRef, { lastFour: person.lastFour }), person.enrolment);
      if (enrolled.status !== 200) throw new Error(`${person.payerRef} could not be enrolled: ${JSON.stringify(enrolled.body)}`);
      const share = Math.floor((synthetic * (at + 1)) / people.length) - Math.floor((synthetic * at) / people.length);
      if (at < people.length - 1) await crowd.add(vault, share);
      progress(`${crowd.size} of ${synthetic} made-up people`);
    }
    // The last real person has some behind them too, and none is the very last of all.
    await crowd.add(vault, synthetic - crowd.size);
  } finally {
    await vault.stop();
  }
}

type Scene = { vaults: readonly TestVault[]; crowd: Crowd };

async function run(input: RekeyInput, { vaults, crowd }: Scene): Promise<RekeyOutcome> {
  const [first] = vaults;
  if (!first) throw new RangeError('there is no vault');
  const findings: string[] = [];
  const watch = startLooking(input, vaults, findings);
  await watch.everybody(input.looksAround);
  const backup = await backupOf(first);
  if ((await opened(first, backup)) !== backup.length) findings.push('the backup did not open to begin with');

  const begunMs = performance.now();
  watch.phase = 'during';
  const { keyVersion } = await ask(first, 'POST');
  if (input.control) for (const vault of vaults) await vault.keys.templateKeys.destroy(keyVersion - 1);
  await reseal(input, { vaults, findings, watch });
  const resealMs = performance.now() - begunMs;
  watch.phase = 'after';
  await watch.everybody(input.looksAround);
  // A day that passes between a look and its digits would close the window for them.
  await watch.betweenLooks(() => {
    for (const vault of vaults) vault.time.nowMs += keyKeptMs;
  });
  for (const vault of vaults) await vault.rekeying.round();
  await watch.everybody(1);
  await watch.stop();
  findings.push(...(await lastFindings(input, { vault: first, crowd, backup })));
  const records = input.synthetic + input.people.length;
  return { records, resealed: records - Math.max(0, watch.left), resealMs, looks: watch.looks, withDigits: watch.withDigits, findings };
}

async function ask(vault: TestVault, method: 'GET' | 'POST'): Promise<RekeyProgress> {
  const reply = await vault.app.inject({ method, url: vaultPaths.rekey, headers: { authorization: `Bearer ${vault.keys.operationsToken}` } });
  return rekeyProgressSchema.parse(reply.json());
}

// What main.ts of the vault does every two seconds, here without the wait; and beside it whoever asks how far it is.
async function reseal(input: RekeyInput, { vaults, findings, watch }: { vaults: readonly TestVault[]; findings: string[]; watch: Watch }): Promise<void> {
  let isOver = false;
  const chores = vaults.map(async (vault) => {
    for (let stuckRounds = 0; !isOver && stuckRounds < stuckRoundsMax; ) {
      const resealed = await vault.rekeying.round();
      stuckRounds = resealed === 0 && watch.left > 0 ? stuckRounds + 1 : 0;
      await pause(choreEveryMs);
    }
  });
  const stuck = Promise.all(chores).then(() => 'stuck' as const);
  const [first] = vaults;
  let told = -1;
  while (!isOver && first) {
    const { state, records, left, keyVersion } = await ask(first, 'GET');
    if (left > watch.left && watch.left >= 0) findings.push(`progress went back from ${watch.left} records left to ${left}`);
    watch.left = left;
    isOver = state !== 'resealing';
    const percent = Math.floor((10 * (records - left)) / records) * 10;
    if (percent > told) input.progress(`${records - left} of ${records} records under key ${keyVersion}, ${watch.looks.during.length} looks meanwhile, ${findings.length} findings`);
    told = Math.max(told, percent);
    if (!isOver && (await Promise.race([stuck, pause(askEveryMs)])) === 'stuck') break;
  }
  isOver = true;
  await stuck;
}

type Watch = { phase: Phase; left: number; withDigits: number; readonly looks: Record<Phase, number[]>; everybody(times: number): Promise<void>; betweenLooks(act: () => void): Promise<void>; stop(): Promise<void> };

/** Clients that look at one person after the other, at each vault in turn, until they are told to stop. */
function startLooking({ people, clients }: RekeyInput, vaults: readonly TestVault[], findings: string[]): Watch {
  const seen = new Map<string, number>();
  let looked = 0;
  let underWay = 0;
  let isResting = false;
  let isStopped = false;
  let broken: unknown;
  const watch: Watch = { phase: 'before', left: -1, withDigits: 0, looks: { before: [], during: [], after: [] }, everybody, betweenLooks, stop };

  async function client(): Promise<void> {
    while (!isStopped) {
      if (isResting) {
        await pause(choreEveryMs);
        continue;
      }
      underWay += 1;
      const turn = looked++;
      const person = people[turn % people.length]!;
      const frames = person.looks[Math.floor(turn / people.length) % person.looks.length]!;
      const { ms, failure, asksDigits } = await lookAt(vaults[Math.floor(turn / people.length) % vaults.length]!, { person, frames, subject: `pay_${turn}` });
      underWay -= 1;
      watch.looks[watch.phase].push(ms);
      if (asksDigits) watch.withDigits += 1;
      seen.set(person.payerRef, (seen.get(person.payerRef) ?? 0) + 1);
      if (failure !== null) findings.push(`${watch.phase}${watch.phase === 'during' ? `, ${watch.left} records left` : ''}: ${person.payerRef} ${failure}`);
    }
  }
  const all = Promise.all(Array.from({ length: clients }, client)).catch((error: unknown) => {
    broken = error;
    isStopped = true;
  });

  async function everybody(times: number): Promise<void> {
    const until = new Map(people.map(({ payerRef }) => [payerRef, (seen.get(payerRef) ?? 0) + times]));
    while (!isStopped && [...until].some(([payerRef, wanted]) => (seen.get(payerRef) ?? 0) < wanted)) await pause(choreEveryMs);
    if (broken) throw broken;
  }
  async function betweenLooks(act: () => void): Promise<void> {
    isResting = true;
    while (!isStopped && underWay > 0) await pause(choreEveryMs);
    act();
    isResting = false;
  }
  async function stop(): Promise<void> {
    isStopped = true;
    await all;
    if (broken) throw broken;
  }
  return watch;
}

type Looked = { ms: number; asksDigits: boolean; failure: string | null };

/** A look as a till takes it, digits included where they are asked for. `failure`: null where the right person was named. */
async function lookAt(vault: TestVault, { person, frames, subject }: { person: RekeyPerson; frames: Frames; subject: string }): Promise<Looked> {
  const look = await vault.look(vault.payment(subject), frames);
  const begunMs = performance.now();
  let { status, body } = await look.submit();
  const asksDigits = body.outcome === 'needs_digits';
  if (asksDigits) ({ status, body } = await vault.digits(look.nonce, person.lastFour));
  const ms = performance.now() - begunMs;
  if (status !== 200 || body.outcome !== 'identified') return { ms, asksDigits, failure: `was answered ${status} ${String(body.code ?? body.outcome)}` };
  const { payerRef } = decodeJwt<{ payerRef: string }>(String(body.receipt));
  return { ms, asksDigits, failure: payerRef === person.payerRef ? null : `was taken for ${payerRef}` };
}

type Row = { payer_ref: string; epoch: number; pack_id: string; key_version: number; wrapped_key: Buffer; ciphertext: Buffer };

const backupRowsMax = 200;
const backupOf = (vault: TestVault): Promise<Row[]> =>
  vault.db.rows<Row>(`SELECT payer_ref, epoch, pack_id, key_version, wrapped_key, ciphertext FROM face_template ORDER BY md5(payer_ref) LIMIT ${backupRowsMax}`);

async function opened(vault: TestVault, rows: readonly Row[]): Promise<number> {
  let count = 0;
  for (const row of rows) {
    const sealer = await vault.keys.templateKeys.sealer(row.key_version).catch(() => undefined);
    try {
      sealer?.open({ keyVersion: row.key_version, wrappedKey: row.wrapped_key, ciphertext: row.ciphertext }, { payerRef: row.payer_ref, epoch: row.epoch, packId: row.pack_id }).wipe();
      if (sealer) count += 1;
    } catch {
      // Not opened is what is counted.
    }
  }
  return count;
}

async function lastFindings({ keysDir, synthetic, people }: RekeyInput, { vault, crowd, backup }: { vault: TestVault; crowd: Crowd; backup: readonly Row[] }): Promise<string[]> {
  const findings: string[] = [];
  const versions = await vault.db.rows<{ version: number; records: number }>('SELECT key_version AS version, count(*)::int AS records FROM face_template GROUP BY 1 ORDER BY 1');
  for (const { version, records } of versions) if (version !== 2) findings.push(`${records} records are under key ${version}`);
  const kept = versions.reduce((sum, { records }) => sum + records, 0);
  if (kept !== synthetic + people.length) findings.push(`${kept} records are there, expected ${synthetic + people.length}`);
  const files = readdirSync(keysDir).filter((name) => /^(templates|transform)-/.test(name)).sort().join(', ');
  if (files !== 'templates-2.key, transform-2.key') findings.push(`the key files are ${files}`);
  const opens = await opened(vault, backup);
  if (opens > 0) findings.push(`${opens} of ${backup.length} records of a backup from before still open`);
  const { altered, unopened } = await crowd.compare(vault);
  if (altered > 0) findings.push(`${altered} templates are not what they were`);
  if (unopened > 0) findings.push(`${unopened} templates do not open`);
  return findings;
}
