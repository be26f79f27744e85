// What a process takes from its machine: the time, timers and randomness.
import { randomBytes } from 'node:crypto';

export interface Clock {
  nowMs(): number;
}

export interface Random {
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** Runs `work` once, later; the answer cancels it. */
export type Schedule = (work: () => void, afterMs: number) => () => void;

export const systemClock: Clock = { nowMs: () => Date.now() };
// A waiting timer must not keep a process alive that is told to stop.
export const systemSchedule: Schedule = (work, afterMs) => {
  const timer = setTimeout(work, afterMs).unref();
  return () => clearTimeout(timer);
};
export const systemRandom: Random = { bytes: (length) => Uint8Array.from(randomBytes(length)) };
