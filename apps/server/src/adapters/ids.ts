// New public ids from the random adapter, and ids that follow from what they are for.
import { createHash } from 'node:crypto';
import { makeId, type IdKind } from '@sonrisa/protocol/ids.ts';
import type { Random } from './random.ts';

export type Ids = {
  make(kind: IdKind): string;
  /** The same text has the same id for ever: a write that is repeated after a crash finds what it made. */
  from(kind: IdKind, text: string): string;
};

export function createIds({ random }: { random: Random }): Ids {
  return {
    make: (kind) => makeId(kind, random.bytes(16)),
    from: (kind, text) => makeId(kind, createHash('sha256').update(text).digest().subarray(0, 16)),
  };
}
