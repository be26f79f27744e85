// A whole Sonrisa for one test file: built once, in a folder and on a port of its own, its books checked at the end.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openStage } from '../../apps/cli/src/demo/stage.ts';
import type { Stage } from '../../apps/cli/src/demo/stage.ts';
import { samplePeople } from '../../apps/cli/src/demo/people.ts';
import { createTimings } from '../../apps/cli/src/demo/timings.ts';
import { startInstance } from '../../apps/cli/src/instance.ts';
import type { Instance } from '../../apps/cli/src/instance.ts';
import { freePort } from '../../apps/cli/src/postgres/port.ts';
import { repositoryRoot } from '../../apps/cli/src/repository.ts';
import { liftLimits } from './no-rules.ts';

export type TestInstance = {
  readonly instance: Instance;
  /** A terminal, a phone and the back offices, none of them with a screen. */
  readonly stage: Stage;
  /** Ends the processes and leaves the data folder to be looked at. */
  halt(): Promise<void>;
  /** Ends the processes and removes the data folder. */
  stop(): Promise<void>;
};

export async function startTestInstance(options: { people: number; logLevel?: string; limits?: 'lifted' | 'as_they_come'; settings?: Readonly<Record<string, string>> }): Promise<TestInstance> {
  ensureBuilt();
  const dataDir = mkdtempSync(join(tmpdir(), 'sonrisa-e2e-'));
  // One face at a time, and another file's instance beside this one: a second thread would only take longer to start.
  const instance = await startInstance({ dataDir, port: await freePort(), mode: 'sandbox', logLevel: options.logLevel ?? 'info', vaultThreads: 1, settings: options.settings });
  const { url, activationCode = '' } = instance;
  const halt = () => instance.stop();
  const stop = async () => {
    await halt();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const stage = await openStage({ url, activationCode, people: samplePeople(options.people), timings: createTimings() });
    if (options.limits !== 'as_they_come') await liftLimits(stage.offices);
    return { instance, halt, stop, stage };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Builds only when the sources have changed; a test of yesterday's build proves nothing. */
export function ensureBuilt(): void {
  // Whoever runs several files builds once and says so.
  if (process.env.SONRISA_BUILT === 'yes') return;
  const built = pathToFileURL(join(repositoryRoot(), 'tools', 'fresh', 'built.mjs')).href;
  execFileSync(process.execPath, ['--input-type=module', '-e', `const { ensureBuilt } = await import(${JSON.stringify(built)}); await ensureBuilt();`], { stdio: ['ignore', 'inherit', 'inherit'] });
}
