// The hashes the ledger's journal, its Merkle tree and the idempotency keys are given.
import { createHash } from 'node:crypto';
import type { Hash } from '@sonrisa/ledger/journal.ts';
import type { HashBytes } from '@sonrisa/ledger/merkle.ts';

export const sha256: Hash = (text) => createHash('sha256').update(text).digest('hex');

export const sha256Bytes: HashBytes = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
