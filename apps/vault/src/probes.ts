// Probes that wait for the shopper's last four digits: in memory only, for at most a minute and three tries, then
// overwritten with zeros.
import { digitsTriesMax } from '@sonrisa/face/decide.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import type { Clock, Schedule } from './adapters/system.ts';
import type { Look } from './looks.ts';
import type { Sighting } from './receipts.ts';
import type { SearchedScope } from './scoping.ts';

export const digitsWindowMs = 60_000;
export const waitingProbesMax = 1000;

export interface WaitingProbe {
  readonly look: Look;
  readonly probe: Embedding;
  /** Where to look for whoever has the digits, narrowest first. */
  readonly scopes: readonly SearchedScope[];
  readonly sighting: Sighting;
}

export interface Probes {
  /** Takes the probe over. */
  keep(waiting: WaitingProbe): { untilMs: number };
  /** Takes one try; undefined when the window is closed or the tries are used up. */
  takeTry(nonce: string): { waiting: WaitingProbe; triesLeft: number } | undefined;
  /** Ends the wait and clears the probe; false if it had ended already. */
  drop(nonce: string): boolean;
  dropAll(): void;
}

type Entry = { waiting: WaitingProbe; tries: number; untilMs: number; cancel: () => void };

export function createProbes(deps: { clock: Clock; schedule: Schedule }): Probes {
  const entries = new Map<string, Entry>();

  function keep(waiting: WaitingProbe): { untilMs: number } {
    const { nonce } = waiting.look;
    const oldest = entries.keys().next();
    if (entries.size >= waitingProbesMax && !oldest.done) drop(oldest.value);
    const untilMs = deps.clock.nowMs() + digitsWindowMs;
    entries.set(nonce, { waiting, tries: 0, untilMs, cancel: deps.schedule(() => void drop(nonce), digitsWindowMs) });
    return { untilMs };
  }

  function takeTry(nonce: string): ReturnType<Probes['takeTry']> {
    const entry = entries.get(nonce);
    if (!entry || entry.tries >= digitsTriesMax || entry.untilMs <= deps.clock.nowMs()) return undefined;
    entry.tries += 1;
    return { waiting: entry.waiting, triesLeft: digitsTriesMax - entry.tries };
  }

  function drop(nonce: string): boolean {
    const entry = entries.get(nonce);
    if (!entry) return false;
    entries.delete(nonce);
    entry.cancel();
    entry.waiting.probe.fill(0);
    return true;
  }

  return { keep, takeTry, drop, dropAll: () => [...entries.keys()].forEach(drop) };
}
