// Chance that replays: the same seed gives the same plan of requests, kills and cuts. What the machine makes of the plan
// (who is quicker) is not in a seed's power.

export type Seeded = {
  /** From 0 up to, not including, `below`. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** An independent stream, so that one part's appetite does not shift another part's plan. */
  fork(name: string): Seeded;
};

export function createSeeded(seed: number): Seeded {
  let state = seed >>> 0;
  // mulberry32, public domain, by Tommy Ettinger.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (from) => from[int(from.length)]!,
    fork: (name) => createSeeded(hashOf(`${seed}:${name}`)),
  };
}

// FNV-1a: spreads names that differ in one letter.
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
