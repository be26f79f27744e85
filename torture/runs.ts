// The runs of the rack by name, each with its defaults: what `npm run torture` does when no number is given.
import { crash } from './crash.ts';
import { runIdem, runNet } from './idem-run.ts';
import { runModel } from './model.ts';
import type { RackOptions } from './options.ts';
import type { Report } from './report.ts';
import { runRace } from './race-run.ts';

export type Run = (options: RackOptions, progress: (line: string) => void) => Promise<Report>;

export const runs: Readonly<Record<string, Run>> = {
  crash: runCrash,
  race: runRace,
  idem: runIdem,
  net: runNet,
  model: runModel,
};

async function runCrash({ seed, numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const cycles = numbers['cycles'] ?? (control ? 10 : 20);
  const workers = numbers['workers'] ?? 2;
  const clients = numbers['clients'] ?? 16;
  const begunMs = performance.now();
  const onCycle = (cycle: number, victim: string) => progress(`kill ${cycle + 1} of ${cycles}: ${victim}`);
  const { struck, told, findings } = await crash({ seed, cycles, clients, workers, forgetful: control, onCycle });
  const strikes = Object.entries(struck).map(([name, times]) => `${name} ${times}`).join(', ');
  return {
    title: control ? 'crash, control: synchronous_commit off' : 'crash',
    control,
    findings,
    facts: [
      `seed ${seed}, ${cycles} kills with -9 in ${minutes(begunMs)} minutes (${strikes}), ${clients} clients, ${workers} posting processes`,
      `${told.keys} keys asked, ${told.moved} told "done", ${told.refused} told "refused", ${told.brokenAnswers} errors heard`,
    ],
  };
}

const minutes = (sinceMs: number): string => ((performance.now() - sinceMs) / 60_000).toFixed(1);
