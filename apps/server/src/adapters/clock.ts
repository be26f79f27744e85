// Wall-clock time as an argument: nothing else in the server asks the system for it.
export type Clock = { nowMs(): number };

export const systemClock: Clock = { nowMs: () => Date.now() };
