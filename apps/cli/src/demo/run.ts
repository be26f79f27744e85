// The demo: a throw-away Sonrisa, real photos, and every claim tried through the public API.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Listr } from 'listr2';
import { startInstance } from '../instance.ts';
import type { Instance } from '../instance.ts';
import { PlainError } from '../plain-error.ts';
import { freePort } from '../postgres/port.ts';
import { createClaims } from './claims.ts';
import type { Claims } from './claims.ts';
import { peakMemoryBytes } from './memory.ts';
import { anotherPhotoPays, everybodyPays, largeAmountAsksForPin, lastCoinIsNotSpentTwice, poorPictureAsksForDigits } from './paying.ts';
import { peopleFromFolder, samplePeople, samplePeopleMax } from './people.ts';
import { groupsAreRefused, replayIsRefused, strangersAreRefused } from './refusing.ts';
import { renderReport } from './report.ts';
import type { DemoReport } from './report.ts';
import { booksBalance, refundsGoBack } from './settling.ts';
import { enrolShopper, openStage } from './stage.ts';
import type { Stage } from './stage.ts';
import { createTimings } from './timings.ts';
import type { Timings } from './timings.ts';

export type DemoFlags = { readonly json?: boolean; readonly faces?: string; readonly people: string; readonly keep?: boolean };



/** Answers with the exit code: 0 only when everything was as said. */
export async function runDemo(flags: DemoFlags, print: (line: string) => void): Promise<number> {
  const beganAtMs = performance.now();
  const count = peopleCount(flags.people);
  const people = flags.faces === undefined ? samplePeople(count) : peopleFromFolder(flags.faces, count);
  const dataDir = mkdtempSync(join(tmpdir(), 'sonrisa-demo-'));
  const claims = createClaims();
  const timings = createTimings();
  const running: Running = { starting: undefined, instance: undefined, stage: undefined, trialBalance: undefined, peak: {} };
  const interruption = watchInterruption();
  try {
    await Promise.race([steps({ running, claims, timings, people, dataDir, flags }).run(), interruption.happens]);
  } finally {
    interruption.stopWatching();
    await (await running.starting?.catch(() => undefined))?.stop();
    if (flags.keep) print(`The data folder is kept: ${dataDir}`);
    else rmSync(dataDir, { recursive: true, force: true });
  }
  const report: DemoReport = {
    holds: claims.all.length > 0 && claims.all.every((claim) => claim.holds),
    people: running.stage?.shoppers.length ?? 0,
    errorBudget: running.stage?.terminal.profile.errorBudget ?? 0,
    claims: claims.all,
    timings: timings.table(),
    trialBalance: running.trialBalance,
    peakMemoryBytes: running.peak,
    wallTimeMs: performance.now() - beganAtMs,
  };
  print(flags.json ? JSON.stringify(report, null, 2) : renderReport(report));
  return report.holds ? 0 : 1;
}

type Running = {
  starting: Promise<Instance> | undefined;
  instance: Instance | undefined;
  stage: Stage | undefined;
  trialBalance: DemoReport['trialBalance'];
  peak: Record<string, number | undefined>;
};

function steps(input: { running: Running; claims: Claims; timings: Timings; people: ReturnType<typeof samplePeople>; dataDir: string; flags: DemoFlags }) {
  const { running, claims, timings, people, dataDir, flags } = input;
  const scene = (title: string, play: (stage: Stage) => Promise<void>) => ({
    title,
    task: async () => {
      if (!running.stage) throw new Error('the stage is not open');
      await play(running.stage);
    },
  });
  return new Listr(
    [
      {
        title: 'Start a throw-away Sonrisa (the first time, face models are prepared)',
        task: async () => {
          const port = await freePort();
          running.starting = startInstance({ dataDir, port, mode: 'sandbox', logLevel: 'warn' });
          running.instance = await timings.measure('start', () => running.starting as Promise<Instance>);
          const { url, activationCode = '' } = running.instance;
          running.stage = await openStage({ url, activationCode, people, timings });
        },
      },
      scene(`Enrol ${people.shoppers.length} people by SMS code and face`, (stage) => enrolAll(stage, claims)),
      scene('Everybody pays by face', (stage) => everybodyPays(stage, claims)),
      scene('Another photo of the same person', (stage) => anotherPhotoPays(stage, claims)),
      scene('A large amount: PIN', (stage) => largeAmountAsksForPin(stage, claims)),
      scene('A poor picture: digits', (stage) => poorPictureAsksForDigits(stage, claims)),
      scene('Strangers', (stage) => strangersAreRefused(stage, claims)),
      scene('Two people in view', (stage) => groupsAreRefused(stage, claims)),
      scene('A recorded capture', (stage) => replayIsRefused(stage, claims)),
      scene('Not enough money', (stage) => lastCoinIsNotSpentTwice(stage, claims)),
      scene('Refunds', (stage) => refundsGoBack(stage, claims)),
      scene('The books', async (stage) => {
        running.trialBalance = await booksBalance(stage, claims);
        running.peak = { server: peakMemoryBytes(running.instance?.server.pid), vault: peakMemoryBytes(running.instance?.vault.pid) };
      }),
    ],
    // With --json only the report may reach the output.
    flags.json ? { renderer: 'silent', registerSignalListeners: false } : { registerSignalListeners: false, fallbackRendererCondition: !process.stdout.isTTY },
  );
}

async function enrolAll(stage: Stage, claims: Claims): Promise<void> {
  await claims.attempt('An account opens only on the own phone: SMS code, consent, face, PIN', async () => {
    const wanted = stage.people.shoppers.length;
    const refused: string[] = [];
    for (let index = 0; index < wanted; index++) {
      try {
        await enrolShopper(stage, index);
      } catch (error) {
        refused.push(`${stage.people.shoppers[index]?.name ?? '?'}: ${(error as Error).message}`);
      }
    }
    const enrolled = stage.shoppers.length;
    return { seen: `${enrolled} of ${wanted} enrolled${refused.length > 0 ? `; ${refused.join('; ')}` : ''}`, holds: stage.people.exact ? enrolled === wanted : enrolled > 0 };
  });
}

// Ctrl-C ends the demo as any failure does: everything is stopped and the folder removed.
function watchInterruption(): { happens: Promise<never>; stopWatching(): void } {
  let interrupt: () => void = () => undefined;
  const happens = new Promise<never>((_resolve, reject) => {
    interrupt = () => reject(new PlainError('Stopped.'));
  });
  // Raced only while the demo runs; afterwards nobody waits for it.
  happens.catch(() => undefined);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  return { happens, stopWatching: () => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt) };
}

function peopleCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 2) throw new PlainError(`--people takes a number from 2, at most ${samplePeopleMax} without --faces.`);
  return count;
}
