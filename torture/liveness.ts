// Attacks on a live terminal at the protocol level: captures replayed, spliced, held still and stale, each under a fresh nonce
// and signed with the terminal's own key, in front of a real vault with the embedded pack; genuine ones beside them. Motion is
// synthetic, since there is no live video here: docs/liveness.md says what that is worth.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFaceEngine } from '../apps/vault/src/face-engine.ts';
import { migrate } from '../apps/vault/src/db/migrate.ts';
import { loadPack } from '../apps/vault/src/pack/load-pack.ts';
import { createOrtRunner } from '../apps/vault/src/pack/ort-runner.ts';
import { createFacePool } from '../apps/vault/src/pack/worker-pool.ts';
import { createLiveStage, seededBytes, tries, type Try, type TryResult } from '../apps/vault/src/testing/live-attacks.ts';
import { peopleInMotion } from '../apps/vault/src/testing/people-in-motion.ts';
import { migrationsDir, startTestVault, withDatabase } from '../apps/vault/src/testing/test-vault.ts';
import type { RackOptions } from './options.ts';
import { openRackPostgres } from './postgres.ts';
import type { Report } from './report.ts';

const roundsByDefault = 20;
const jobTimeoutMs = 120_000;

type Tally = Record<Try, { accepted: number; all: number; checks: Map<string, number> }>;

export async function runLiveness({ seed, numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const rounds = numbers['rounds'] ?? roundsByDefault;
  const folder = mkdtempSync(join(tmpdir(), 'sonrisa-liveness-'));
  const postgres = await openRackPostgres();
  const begunMs = performance.now();
  try {
    const tally = await attack({ url: await vaultDatabase(postgres), folder, seed, rounds, control, progress });
    const minutes = ((performance.now() - begunMs) / 60_000).toFixed(1);
    return reportOf({ tally, control, first: `seeds ${seed} to ${seed + rounds - 1}, ${minutes} minutes, embedded pack, seven people of the group photos in synthetic motion` });
  } finally {
    await postgres.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function vaultDatabase(postgres: Awaited<ReturnType<typeof openRackPostgres>>): Promise<string> {
  const url = await postgres.createDatabase('liveness');
  await withDatabase(url, (db) => migrate(db, migrationsDir));
  return url;
}

type Attack = { url: string; folder: string; seed: number; rounds: number; control: boolean; progress: (line: string) => void };

async function attack({ url, folder, seed, rounds, control, progress }: Attack): Promise<Tally> {
  const { profile, files } = await loadPack({ cacheFolder: join(folder, 'pack') });
  const runner = await createOrtRunner(files);
  const actors = await peopleInMotion(runner);
  await runner.close();
  const workerFile = fileURLToPath(new URL('../apps/vault/src/pack/face-worker.ts', import.meta.url));
  const pool = await createFacePool({ workerFile, files, size: 1, jobTimeoutMs });
  const { curve, embeddingLength: dimensions, sameBurstScoreMin } = profile;
  const engine = createFaceEngine({ pool, packId: profile.id, curve, dimensions, sameBurstScoreMin, pad: null, workers: 1 });
  const stopped: string[] = [];
  const unchecked = control ? { liveness: { beforeLooking: async () => undefined, afterLooking: async () => ({}) } } : {};
  const logTo = { write: (line: string) => void stopped.push(...checksIn(line)) };
  const vault = await startTestVault({ url, keysDir: join(folder, 'keys'), engine, logTo, random: seededBytes(seed), ...unchecked });
  const tally = emptyTally();
  try {
    for (const [i, actor] of actors.entries()) await vault.enrol(vault.enrolment(actor.name), await actor.sit(90_000 + i));
    const stage = createLiveStage({ vault, actors, name: 'rack' });
    for (let round = 0; round < rounds; round++) {
      for (const kind of tries) {
        stopped.length = 0;
        count(tally[kind], await stage.attempt(kind, seed + round), stopped);
      }
      progress(`round ${round + 1} of ${rounds}: ${tries.map((kind) => `${kind} ${tally[kind].accepted}`).join(', ')} accepted`);
    }
    return tally;
  } finally {
    await vault.stop();
    await engine.close();
  }
}

function emptyTally(): Tally {
  const fresh = () => ({ accepted: 0, all: 0, checks: new Map<string, number>() });
  return { genuine: fresh(), replayed: fresh(), spliced: fresh(), still: fresh(), stale: fresh() };
}

function count(row: Tally[Try], result: TryResult, stopped: readonly string[]): void {
  row.all += 1;
  if (result.status === 200) row.accepted += 1;
  else for (const check of result.answer === 'liveness_failed' ? new Set(stopped) : [result.answer]) row.checks.set(check, (row.checks.get(check) ?? 0) + 1);
}

// The vault says in its own log which checks failed; a shopper hears one sentence whatever it was.
function checksIn(line: string): string[] {
  const entry = JSON.parse(line) as { failed?: unknown };
  return Array.isArray(entry.failed) ? entry.failed.filter((one) => typeof one === 'string') : [];
}

function reportOf(input: { tally: Tally; control: boolean; first: string }): Report {
  const { tally, control, first } = input;
  const attacks = tries.filter((kind) => kind !== 'genuine');
  const findings = attacks.flatMap((kind) => (tally[kind].accepted > 0 ? [`${kind}: ${tally[kind].accepted} of ${tally[kind].all} accepted`] : []));
  const rows = tries.map((kind) => {
    const { accepted, all, checks } = tally[kind];
    const bound = kind === 'genuine' ? '' : accepted === 0 ? ` (at most ${((300 / all)).toFixed(1)} % with 95 % confidence)` : '';
    const by = [...checks].sort((a, b) => b[1] - a[1]).map(([check, times]) => `${check} ${times}`).join(', ');
    return `${kind}: ${accepted} of ${all} accepted${bound}${by ? `; stopped by ${by}` : ''}`;
  });
  return {
    title: control ? 'liveness, control: no liveness checks' : 'liveness',
    control,
    findings,
    verdict: 'no attack accepted',
    facts: [first, ...rows],
  };
}
