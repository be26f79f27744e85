// The runs of the rack by name, each with its defaults: what `npm run torture` does when no number is given.
import { runAudit } from './audit-run.ts';
import { runCaptures } from './captures.ts';
import { crash } from './crash.ts';
import { runDisk } from './disk.ts';
import { runIdem, runNet } from './idem-run.ts';
import { faketimeLibrary } from './movable-clock.ts';
import { runModel } from './model.ts';
import { runLiveness } from './liveness.ts';
import { firstAtMs } from './movements.ts';
import type { RackOptions } from './options.ts';
import { runRace } from './race-run.ts';
import { runRekey } from './rekey-run.ts';
import type { Report } from './report.ts';
import type { Seeded } from './seeded.ts';

export type Run = (options: RackOptions, progress: (line: string) => void) => Promise<Report>;

export const runs: Readonly<Record<string, Run>> = {
  crash: runCrash,
  race: runRace,
  idem: runIdem,
  net: runNet,
  model: runModel,
  disk: runDisk,
  clock: runClock,
  liveness: runLiveness,
  audit: runAudit,
  captures: runCaptures,
  rekey: runRekey,
};

function runCrash(options: RackOptions, progress: (line: string) => void): Promise<Report> {
  const title = options.control ? 'crash, control: synchronous_commit off' : 'crash';
  return runKills(options, { title, progress, forgetful: options.control });
}

// Years back and forth: what clients say from one request to the next, and under PostgreSQL and the processes themselves.
async function runClock(options: RackOptions, progress: (line: string) => void): Promise<Report> {
  const faketime = faketimeLibrary();
  if (!faketime) return { title: 'clock', control: false, findings: ["not run: libfaketime is not installed (Debian's package faketime)"], facts: [] };
  const clock = (random: Seeded) => firstAtMs + (random.int(2 * clockJumpMaxMs) - clockJumpMaxMs);
  const title = options.control ? 'clock, control: synchronous_commit off' : 'clock';
  return runKills(options, { title, progress, forgetful: options.control, clock, faketime });
}

type Kills = { title: string; progress: (line: string) => void; forgetful: boolean; clock?: (random: Seeded) => number; faketime?: string };

async function runKills({ seed, numbers, control }: RackOptions, { title, progress, forgetful, clock, faketime }: Kills): Promise<Report> {
  const cycles = numbers['cycles'] ?? (control ? 10 : 20);
  const workers = numbers['workers'] ?? 2;
  const clients = numbers['clients'] ?? 16;
  const begunMs = performance.now();
  const onCycle = (cycle: number, victim: string) => progress(`${cycle + 1} of ${cycles}: ${victim}`);
  const { struck, told, findings } = await crash({ seed, cycles, clients, workers, forgetful, onCycle, ...(clock ? { clock } : {}), ...(faketime ? { faketime } : {}) });
  const strikes = Object.entries(struck).map(([name, times]) => `${name} ${times}`).join(', ');
  return {
    title,
    control,
    findings,
    facts: [
      `seed ${seed}, ${cycles} ${faketime ? 'kills with -9 and jumps of a clock' : 'kills with -9'} in ${minutes(begunMs)} minutes (${strikes}), ${clients} clients, ${workers} posting processes`,
      `${told.keys} keys asked, ${told.moved} told "done", ${told.refused} told "refused", ${told.brokenAnswers} errors heard`,
    ],
  };
}

/** Five years. */
const clockJumpMaxMs = 5 * 365 * 24 * 3_600_000;

const minutes = (sinceMs: number): string => ((performance.now() - sinceMs) / 60_000).toFixed(1);
