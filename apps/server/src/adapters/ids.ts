// New public ids from the random adapter.
import { makeId, type IdKind } from '@sonrisa/protocol/ids.ts';
import type { Random } from './random.ts';

export type Ids = { make(kind: IdKind): string };

export function createIds({ random }: { random: Random }): Ids {
  return { make: (kind) => makeId(kind, random.bytes(16)) };
}
