// Before the database tests: one PostgreSQL in a temporary folder. After them: stopped and removed, and
// so is one that a killed test run left behind.
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { removeDataFolder } from '../apps/cli/src/postgres/cluster.ts';
import { isAlive } from '../apps/cli/src/postgres/postmaster.ts';
import { startPostgres } from '../apps/cli/src/postgres/start.ts';
import './test-database.ts';

const folderPrefix = 'sonrisa-test-postgres-';
const runnerFile = 'runner-pid';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandoned();
  const dataDir = mkdtempSync(join(tmpdir(), folderPrefix));
  writeFileSync(join(dataDir, runnerFile), String(process.pid));
  const postgres = await startPostgres({ dataDir, log: () => undefined });
  project.provide('databaseAdminUrl', postgres.adminUrl);
  return async () => {
    await postgres.stop();
    removeDataFolder(dataDir);
  };
}

async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const dataDir = join(tmpdir(), name);
    const runner = runnerOf(dataDir);
    if (runner === undefined || isAlive(runner)) continue;
    const left = await startPostgres({ dataDir, log: () => undefined });
    await left.stop();
    removeDataFolder(dataDir);
  }
}

// Undefined for a folder that another run is only just making: left alone.
function runnerOf(dataDir: string): number | undefined {
  try {
    return Number(readFileSync(join(dataDir, runnerFile), 'utf8'));
  } catch {
    return undefined;
  }
}
