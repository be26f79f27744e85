// `npm run torture -- rekey`: people of the group photos pay by face with the embedded pack, among --templates made-up ones.
import type { RackOptions } from './options.ts';
import { rekeyUnderPayments } from './rekey.ts';
import type { RekeyOutcome } from './rekey.ts';
import type { Phase } from './rekey-tills.ts';
import type { Report } from './report.ts';
import { createSeeded } from './seeded.ts';

const templatesByDefault = { run: 100_000, control: 2_000 } as const;
const tillsByDefault = 2;
/** Those of the group photos whose every look passes the gate: what is tried here is who is found, not what is a good picture. */
const people = 6;
const looksEach = 4;
const paymentsAround = 20;

export async function runRekey({ seed, numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const synthetic = numbers['templates'] ?? templatesByDefault[control ? 'control' : 'run'];
  const tills = numbers['clients'] ?? tillsByDefault;
  const outcome = await rekeyUnderPayments({ synthetic, people, tills, looksEach, paymentsAround, random: createSeeded(seed), control, progress });
  return {
    title: control ? 'rekey, control: a new number over the old seal' : 'rekey',
    control,
    findings: outcome.findings,
    verdict: 'everybody was found and charged once, no record is under the old keys, which are gone, no template changed, books coherent',
    facts: factsOf(outcome, { seed, synthetic, tills }),
  };
}

function factsOf({ records, rekeyed, rekeyMs, times, payments, withDigits }: RekeyOutcome, of: { seed: number; synthetic: number; tills: number }): string[] {
  const seconds = rekeyMs / 1000;
  return [
    `seed ${of.seed}, ${of.synthetic} made-up templates and ${people} people of the group photos who pay at ${of.tills} tills of one whole instance: server, vault (embedded pack, one face thread, no regulars) and PostgreSQL`,
    `${rekeyed} of ${records} records under new keys in ${seconds.toFixed(1)} s, ${Math.round(rekeyed / seconds)} a second`,
    `${payments} payments, from a sealed capture that is searched for among everybody to paid; digits were asked for at ${withDigits} of them`,
    ...(['before', 'during', 'after'] as const).map((phase) => timesOf(times, phase)),
    ...(Object.values(times).every(({ length }) => length > 0) ? [ratioOf(times)] : []),
  ];
}

function timesOf(times: RekeyOutcome['times'], phase: Phase): string {
  if (times[phase].length === 0) return `paid ${phase}: none`;
  const ms = (share: number): string => quantile(times[phase], share).toFixed(0);
  return `paid ${phase}: ${times[phase].length}, median ${ms(0.5)} ms, 95 % within ${ms(0.95)} ms, slowest ${ms(1)} ms`;
}

// Against both: on a machine with other work to do, what was before and what was after differ too.
function ratioOf({ before, during, after }: RekeyOutcome['times']): string {
  const median = quantile(during, 0.5);
  return `a payment took ${(median / quantile(before, 0.5)).toFixed(1)} times as long during the re-keying as before it, ${(median / quantile(after, 0.5)).toFixed(1)} times as long as after it (medians)`;
}

/** NaN where there are none. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}
