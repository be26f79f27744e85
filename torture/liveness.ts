// Attacks on a live terminal at the protocol level: captures replayed, spliced, held still and stale, each under a fresh nonce
// and signed with the terminal's own key, in front of a real vault with the embedded pack; genuine ones beside them. Motion is
// synthetic, since there is no live video here: docs/liveness.md says what that is worth. Each attempt follows from its seed alone.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFaceEngine } from '../apps/vault/src/face-engine.ts';
import { migrate } from '../apps/vault/src/db/migrate.ts';
import { loadPack, type LoadedPack } from '../apps/vault/src/pack/load-pack.ts';
import { createOrtRunner } from '../apps/vault/src/pack/ort-runner.ts';
import { createFacePool } from '../apps/vault/src/pack/worker-pool.ts';
import { clopperPearson } from '../packages/face/src/calibrate/bounds.ts';
import { createLiveStage, seededBytes, tries, type Try, type TryResult } from '../apps/vault/src/testing/live-attacks.ts';
import { peopleInMotion, type ActorOnStage } from '../apps/vault/src/testing/people-in-motion.ts';
import { migrationsDir, startTestVault, withDatabase } from '../apps/vault/src/testing/test-vault.ts';
import type { RackOptions } from './options.ts';
import { openRackPostgres } from './postgres.ts';
import type { Report } from './report.ts';

const roundsByDefault = 20;
/** Vaults that work beside each other: one draws frames while the other looks at some. */
const vaultsByDefault = 2;
const jobTimeoutMs = 120_000;

/** `accepted`: seeds. `alone`: the check that stopped it, where no other would have. */
type Row = { accepted: number[]; all: number; checks: Map<string, number>; alone: Map<string, number> };
type Tally = Record<Try, Row>;

export async function runLiveness({ seed, numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const rounds = numbers['rounds'] ?? roundsByDefault;
  const workers = numbers['workers'] ?? vaultsByDefault;
  const folder = mkdtempSync(join(tmpdir(), 'sonrisa-liveness-'));
  const postgres = await openRackPostgres();
  const begunMs = performance.now();
  try {
    const urls: string[] = [];
    for (let worker = 0; worker < workers; worker++) urls.push(await vaultDatabase(postgres, `liveness_${worker}`));
    const untilMs = begunMs + (numbers['minutes'] ?? Infinity) * 60_000;
    const { tally, begun } = await attack({ urls, folder, seed, rounds, untilMs, control, progress });
    const minutes = ((performance.now() - begunMs) / 60_000).toFixed(1);
    return reportOf({ tally, control, first: `seeds ${seed} to ${seed + begun - 1}, ${minutes} minutes, embedded pack, seven people of the group photos in synthetic motion` });
  } finally {
    await postgres.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function vaultDatabase(postgres: Awaited<ReturnType<typeof openRackPostgres>>, name: string): Promise<string> {
  const url = await postgres.createDatabase(name);
  await withDatabase(url, (db) => migrate(db, migrationsDir));
  return url;
}

type Attack = { urls: readonly string[]; folder: string; seed: number; rounds: number; untilMs: number; control: boolean; progress: (line: string) => void };

async function attack({ urls, folder, seed, rounds, untilMs, control, progress }: Attack): Promise<{ tally: Tally; begun: number }> {
  const pack = await loadPack({ cacheFolder: join(folder, 'pack') });
  const runner = await createOrtRunner(pack.files);
  const actors = await peopleInMotion(runner);
  await runner.close();
  const tally = emptyTally();
  let [begun, done] = [0, 0];
  async function work(url: string, index: number): Promise<void> {
    const stand = await openStand({ url, keysDir: join(folder, `keys-${index}`), pack, actors, control });
    try {
      while (begun < rounds && performance.now() < untilMs) {
        const round = begun++;
        for (const kind of tries) await stand.attempt(tally[kind], kind, seed + round);
        progress(`round ${(done += 1)} of ${rounds}: ${tries.map((kind) => `${kind} ${tally[kind].accepted.length}`).join(', ')} accepted`);
      }
    } finally {
      await stand.close();
    }
  }
  await Promise.all(urls.map(work));
  return { tally, begun };
}

type Stand = { attempt(row: Row, kind: Try, seed: number): Promise<void>; close(): Promise<void> };

async function openStand(input: { url: string; keysDir: string; pack: LoadedPack; actors: readonly ActorOnStage[]; control: boolean }): Promise<Stand> {
  const { url, keysDir, pack: { profile, files }, actors, control } = input;
  const workerFile = fileURLToPath(new URL('../apps/vault/src/pack/face-worker.ts', import.meta.url));
  const pool = await createFacePool({ workerFile, files, size: 1, jobTimeoutMs });
  const { curve, embeddingLength: dimensions, sameBurstScoreMin } = profile;
  const engine = createFaceEngine({ pool, packId: profile.id, curve, dimensions, sameBurstScoreMin, pad: null, workers: 1 });
  const stopped: string[] = [];
  const unchecked = control ? { liveness: { beforeLooking: async () => undefined, afterLooking: async () => ({}) } } : {};
  // A replay's first showing may have been refused as well: the last refusal is the one that counts.
  const logTo = { write: (line: string) => void (checksIn(line).length > 0 && stopped.splice(0, stopped.length, ...checksIn(line))) };
  const random = seededBytes(0);
  const vault = await startTestVault({ url, keysDir, engine, logTo, random, ...unchecked });
  for (const [i, actor] of actors.entries()) await vault.enrol(vault.enrolment(actor.name), await actor.sit(90_000 + i));
  const stage = createLiveStage({ vault, actors, name: 'rack' });
  return {
    attempt: async (row, kind, seed) => {
      // The same few photos all day: what was remembered of other attempts would stop what the other checks must stop.
      await vault.db.rows('DELETE FROM frame_mark');
      random.reseed(10_000_019 * (1 + tries.indexOf(kind)) + seed);
      stopped.length = 0;
      const result = await stage.attempt(kind, seed);
      count({ row, seed, result, stopped });
    },
    close: async () => {
      await vault.stop();
      await engine.close();
    },
  };
}

function emptyTally(): Tally {
  const fresh = (): Row => ({ accepted: [], all: 0, checks: new Map(), alone: new Map() });
  return { genuine: fresh(), replayed: fresh(), spliced: fresh(), still: fresh(), stale: fresh() };
}

function count({ row, seed, result, stopped }: { row: Row; seed: number; result: TryResult; stopped: readonly string[] }): void {
  row.all += 1;
  if (result.status === 200) {
    row.accepted.push(seed);
    return;
  }
  const checks = result.answer === 'liveness_failed' ? [...new Set(stopped)] : [result.answer];
  for (const check of checks) add(row.checks, check);
  const [only] = checks;
  if (only !== undefined && checks.length === 1) add(row.alone, only);
}

const add = (counts: Map<string, number>, check: string): void => void counts.set(check, (counts.get(check) ?? 0) + 1);

// The vault says in its own log which checks failed; a shopper hears one sentence whatever it was.
function checksIn(line: string): string[] {
  const entry = JSON.parse(line) as { failed?: unknown };
  return Array.isArray(entry.failed) ? entry.failed.filter((one) => typeof one === 'string') : [];
}

function reportOf(input: { tally: Tally; control: boolean; first: string }): Report {
  const { tally, control, first } = input;
  const attacks = tries.filter((kind) => kind !== 'genuine');
  const findings = attacks.flatMap((kind) => (tally[kind].accepted.length > 0 ? [`${kind}: ${tally[kind].accepted.length} of ${tally[kind].all} accepted (seeds ${tally[kind].accepted.join(', ')})`] : []));
  const rows = tries.map((kind) => {
    const { accepted, all, checks, alone } = tally[kind];
    const by = checks.size === 0 ? '' : `; stopped by ${listed(checks)}`;
    const byOne = alone.size === 0 ? '' : `; by one check alone: ${listed(alone)}`;
    return `${kind}: ${accepted.length} of ${all} accepted (${boundOf(accepted.length, all)})${by}${byOne}`;
  });
  return {
    title: control ? 'liveness, control: no liveness checks' : 'liveness',
    control,
    findings,
    verdict: 'no attack accepted',
    facts: [first, ...rows],
  };
}

const listed = (counts: ReadonlyMap<string, number>): string => [...counts].sort((a, b) => b[1] - a[1]).map(([check, times]) => `${check} ${times}`).join(', ');

function boundOf(count: number, tries: number): string {
  if (count === 0) return `at most ${Math.min(100, 300 / tries).toFixed(1)} % with 95 % confidence`;
  const { low, high } = clopperPearson(count, tries);
  return `95 % bounds ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
}
