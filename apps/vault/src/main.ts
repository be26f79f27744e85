// The vault process: reads its settings, opens what they name, serves, and drains when it is told to stop.
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyWrappingsOf } from './adapters/key-wrappings.ts';
import { systemClock, systemRandom, systemSchedule } from './adapters/system.ts';
import { readConfig } from './config.ts';
import { openDatabase } from './db/database.ts';
import type { Database } from './db/database.ts';
import { migrate } from './db/migrate.ts';
import { keepMode } from './db/one-mode.ts';
import type { FaceEngine } from './face-engine.ts';
import { forgetOldChanges } from './gallery.ts';
import { openKeyFiles } from './key-files.ts';
import { openKeyRing } from './keys.ts';
import { createLog } from './log.ts';
import { openEngine } from './open-engine.ts';
import { createPatience } from './patience.ts';
import { PlainError } from './plain-error.ts';
import { openScanThreads } from './search/scan-threads.ts';
import { createVault } from './vault.ts';
import type { Vault } from './vault.ts';

const sweepEveryMs = 60_000;
const forgetChangesEveryMs = 60 * 60_000;
const catchUpEveryMs = 1_000;
const rekeyEveryMs = 2_000;
const drainTimeoutMs = 20_000;

async function main(): Promise<void> {
  const config = readConfig();
  const log = createLog({ level: config.logLevel });
  const { stopAsked, isStopping } = listenForStop();
  const db = openDatabase({ url: config.databaseUrl, onIdleError: (error) => log.warn({ err: error }, 'an idle database connection broke') });
  await inWords(`The vault's database cannot be opened`, () => migrate(db, config.migrationsDir));
  const patience = createPatience({ log, isStopping, pause: (ms) => Promise.race([sleep(ms), stopAsked.then(() => undefined)]) });
  const files = openKeyFiles(config.keysDir, ...keyWrappingsOf(config, systemRandom));
  const keys = await patience.whileServiceIsAway(() => openKeyRing({ files, random: systemRandom }));
  const engine = await inWords('The face models cannot be loaded', () => openEngine(config));
  log.info({ pack: engine.packId, workers: engine.workers }, 'face models are ready');
  const { mode, secret, errorBudget: budget } = config;
  const system = { clock: systemClock, random: systemRandom, schedule: systemSchedule };
  const scanWorkerFile = config.scanWorkerFile ?? fileURLToPath(new URL('./search/scan-worker.ts', import.meta.url));
  const search = { openScans: openScanThreads(scanWorkerFile), threads: config.searchThreads, peopleMax: config.peopleMax };
  const deps = { db, engine, keys, log, ...system, mode, secret, budget, search, keepsRegulars: config.keepsRegulars };
  // The keys of templates are the first thing it opens: before them there is nothing to be undone.
  const vault = await patience.whileServiceIsAway(() => createVault(deps));
  await inWords(`The vault's database cannot be used`, () => keepMode(db, mode));
  const { host, port } = config;
  await inWords(`The vault cannot listen on ${host}:${port}`, () => vault.app.listen({ host, port }));
  await inWords('The gallery cannot be loaded', () => vault.load());
  const people = await vault.waiting.count();
  if (people > 0) log.warn({ people, pack: engine.packId }, 'people whom another pack enrolled wait for a new look on their phone');
  const stopChores = startChores({ vault, db }, (error) => log.warn({ err: error }, 'a chore failed and will be tried again'));
  const address = vault.app.server.address();
  if (process.connected) process.send?.({ kind: 'ready', port: typeof address === 'object' ? address?.port : port });
  log.info(`stopping: ${await stopAsked}`);
  stopChores();
  await drain({ vault, engine, db });
}

// A parent that vanishes takes its end of the channel with it: no vault is left running alone.
function listenForStop(): { stopAsked: Promise<string>; isStopping: () => boolean } {
  let stopping = false;
  const stopAsked = new Promise<string>((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    process.once('SIGINT', () => resolve('SIGINT'));
    process.once('disconnect', () => resolve('the parent process is gone'));
  });
  void stopAsked.then(() => (stopping = true));
  return { stopAsked, isStopping: () => stopping };
}

function startChores({ vault, db }: { vault: Vault; db: Database }, onError: (error: unknown) => void): () => void {
  const sweep = setInterval(() => void Promise.all([vault.looks.sweep(), vault.enroller.sweep(), vault.marks.sweep(), vault.regulars.sweep()]).catch(onError), sweepEveryMs);
  const forget = setInterval(() => void forgetOldChanges(db).catch(onError), forgetChangesEveryMs);
  const catchUp = setInterval(() => void vault.gallery.catchUp().catch(onError), catchUpEveryMs);
  const rekey = setInterval(() => void vault.rekeying.round().catch(onError), rekeyEveryMs);
  return () => {
    clearInterval(sweep);
    clearInterval(forget);
    clearInterval(catchUp);
    clearInterval(rekey);
  };
}

async function drain(input: { vault: Vault; engine: FaceEngine; db: Database }): Promise<void> {
  const tooLong = setTimeout(() => process.exit(1), drainTimeoutMs);
  await input.vault.app.close();
  await input.engine.close();
  await input.db.close();
  clearTimeout(tooLong);
}

async function inWords<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PlainError) throw error;
    throw new PlainError(`${what}: ${error instanceof Error ? error.message : 'unknown reason'}.`, { cause: error });
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof PlainError ? error.message : ((error as Error).stack ?? 'The vault failed.')}\n`);
  process.exit(1);
}
