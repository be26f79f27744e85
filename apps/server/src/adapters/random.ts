// Unpredictable bytes and digits as an argument: nothing else in the server asks the system for them.
import { randomBytes, randomInt } from 'node:crypto';

export type Random = {
  bytes(count: number): Uint8Array;
  /** Decimal digits, each equally likely. */
  digits(count: number): string;
};

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  digits: (count) => Array.from({ length: count }, () => randomInt(10)).join(''),
};
