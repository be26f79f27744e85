// Kills things at random moments, again and again, and brings them back. Between two kills the load must get somewhere:
// killing what stands still proves nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Seeded } from './seeded.ts';

export type Victim = { readonly name: string; readonly share: number; strike(): Promise<void>; revive(): Promise<void> };
export type KillOptions = {
  readonly victims: readonly Victim[];
  readonly cycles: number;
  readonly random: Seeded;
  /** Answers heard so far. */
  readonly progress: () => number;
  /** How many answers must come between two kills. */
  readonly answersBetween?: number;
  /** True: the load is over, enough is killed. */
  readonly isOver?: () => boolean;
  readonly onCycle?: (cycle: number, victim: string) => void;
};

const pauseMaxMs = 400;
const deadMaxMs = 150;
const answersBetweenDefault = 20;
const stuckAfterMs = 120_000;
const pollIntervalMs = 10;

/** Returns how often each victim was struck. */
export async function strikeAgainAndAgain(options: KillOptions): Promise<Map<string, number>> {
  const { victims, cycles, random, onCycle } = options;
  const struck = new Map<string, number>();
  const lots = victims.flatMap((victim) => Array<Victim>(victim.share).fill(victim));
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    if (!(await untilProgress(options))) return struck;
    await sleep(random.int(pauseMaxMs));
    const victim = random.pick(lots);
    await victim.strike();
    await sleep(random.int(deadMaxMs));
    await victim.revive();
    struck.set(victim.name, (struck.get(victim.name) ?? 0) + 1);
    onCycle?.(cycle, victim.name);
  }
  return struck;
}

// False: the load is over.
async function untilProgress({ progress, answersBetween = answersBetweenDefault, isOver }: KillOptions): Promise<boolean> {
  const from = progress();
  for (let waitedMs = 0; progress() - from < answersBetween; waitedMs += pollIntervalMs) {
    if (isOver?.()) return false;
    if (waitedMs > stuckAfterMs) throw new Error(`only ${progress() - from} answers in ${stuckAfterMs / 1000} s: the system does not recover`);
    await sleep(pollIntervalMs);
  }
  return true;
}
