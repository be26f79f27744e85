// New public ids from the random adapter, and ids that follow from what they are for.
import { createHash } from 'node:crypto';
import { makeId, type IdKind } from '@sonrisa/protocol/ids.ts';
import type { Random } from './random.ts';

export type Ids = {
  make(kind: IdKind): string;
  /**
   * An id that sorts by the time it was made: 48 bits of milliseconds, then 80 random ones (as a UUID of version 7 has it,
   * RFC 9562 section 5.7). For rows of which there are very many: new ones then go to the end of an index instead of all over it. A payment's
   * stands in the keys of its hold, transfers and answers too.
   */
  makeInOrder(kind: IdKind): string;
  /** The same text has the same id for ever: a write that is repeated after a crash finds what it made. */
  from(kind: IdKind, text: string): string;
};

const timeBytes = 6;
const randomBytes = 10;
/** Asked for at once: asking the system takes as long for ten bytes as for some hundred. */
const idsAtOnce = 64;

export function createIds({ random, nowMs }: { random: Random; nowMs: () => number }): Ids {
  let drawn: Uint8Array = new Uint8Array(0);
  let used = 0;
  return {
    make: (kind) => makeId(kind, random.bytes(16)),
    makeInOrder: (kind) => {
      if (used === drawn.length) {
        drawn = random.bytes(idsAtOnce * randomBytes);
        used = 0;
      }
      const bytes = Buffer.allocUnsafe(timeBytes + randomBytes);
      bytes.writeUIntBE(nowMs(), 0, timeBytes);
      bytes.set(drawn.subarray(used, (used += randomBytes)), timeBytes);
      return makeId(kind, bytes);
    },
    from: (kind, text) => makeId(kind, createHash('sha256').update(text).digest().subarray(0, 16)),
  };
}
