// `npm run torture -- rekey`: the people of the group photos with the embedded pack, among --templates made-up ones.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { samplePeople } from '../apps/cli/src/demo/people.ts';
import { migrate } from '../apps/vault/src/db/migrate.ts';
import { createFaceEngine } from '../apps/vault/src/face-engine.ts';
import { loadPack } from '../apps/vault/src/pack/load-pack.ts';
import { createFacePool } from '../apps/vault/src/pack/worker-pool.ts';
import { migrationsDir, withDatabase } from '../apps/vault/src/testing/test-vault.ts';
import type { RackOptions } from './options.ts';
import { openRackPostgres } from './postgres.ts';
import { rekeyUnderMatches, type RekeyOutcome, type RekeyPerson } from './rekey.ts';
import type { Report } from './report.ts';
import { createSeeded } from './seeded.ts';

const templatesByDefault = { run: 100_000, control: 2_000 } as const;
const clientsByDefault = 2;
/** Those of the group photos whose every look passes the gate: what is tried here is who is found, not what is a good picture. */
const peopleCount = 6;
const enrolmentFrames = 4;
const lookFrames = 3;
const looksEach = 4;
const looksAround = 6;
const jobTimeoutMs = 120_000;

export async function runRekey({ seed, numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const synthetic = numbers['templates'] ?? templatesByDefault[control ? 'control' : 'run'];
  const clients = numbers['clients'] ?? clientsByDefault;
  const folder = mkdtempSync(join(tmpdir(), 'sonrisa-rekey-'));
  const postgres = await openRackPostgres();
  const { engine, people } = await openPeople(folder);
  try {
    const url = await postgres.createDatabase('rekey');
    await withDatabase(url, (db) => migrate(db, migrationsDir));
    const outcome = await rekeyUnderMatches({ url, keysDir: join(folder, 'keys'), engine, synthetic, people, clients, looksAround, random: createSeeded(seed), control, progress });
    return {
      title: control ? 'rekey, control: old keys destroyed at once' : 'rekey',
      control,
      findings: outcome.findings,
      verdict: 'no look failed, no record is under the old keys, no template changed',
      facts: factsOf(outcome, { seed, synthetic, people: people.length, clients }),
    };
  } finally {
    await engine.close();
    await postgres.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function openPeople(folder: string) {
  const { profile, files } = await loadPack({ cacheFolder: join(folder, 'pack') });
  const workerFile = fileURLToPath(new URL('../apps/vault/src/pack/face-worker.ts', import.meta.url));
  const pool = await createFacePool({ workerFile, files, size: 1, jobTimeoutMs });
  const { curve, embeddingLength: dimensions, sameBurstScoreMin } = profile;
  const engine = createFaceEngine({ pool, packId: profile.id, curve, dimensions, sameBurstScoreMin, pad: null, workers: 1 });
  const people: RekeyPerson[] = [];
  for (const [index, { burst }] of samplePeople(peopleCount).shoppers.entries()) {
    const looks: RekeyPerson['looks'][number][] = [];
    for (let seed = 1; seed <= looksEach; seed++) looks.push(await burst({ kind: 'till', seed: 100 * index + seed, count: lookFrames }));
    people.push({ payerRef: `pyr_${index}`, lastFour: String(1234 + 1117 * index).slice(-4), enrolment: await burst({ kind: 'enrolment', seed: index + 1, count: enrolmentFrames }), looks });
  }
  return { engine, people };
}

function factsOf({ records, resealed, resealMs, looks, withDigits }: RekeyOutcome, of: { seed: number; synthetic: number; people: number; clients: number }): string[] {
  const seconds = resealMs / 1000;
  const all = looks.before.length + looks.during.length + looks.after.length;
  return [
    `seed ${of.seed}, ${of.synthetic} made-up templates and ${of.people} people of the group photos, embedded pack, 2 vaults in one process, ${of.clients} clients`,
    `${resealed} of ${records} records under new keys in ${seconds.toFixed(1)} s, ${Math.round(resealed / seconds)} a second`,
    `${all} looks, each among everybody enrolled; ${withDigits} of them ended with the four digits`,
    ...(['before', 'during', 'after'] as const).map((phase) => `looks ${phase}: ${looks[phase].length}, median ${quantile(looks[phase], 0.5)} ms, 95 % within ${quantile(looks[phase], 0.95)} ms`),
  ];
}

function quantile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(0);
}
