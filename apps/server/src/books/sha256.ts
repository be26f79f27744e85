// The hashes the ledger's journal, its Merkle tree and the idempotency keys are given.
import { createHash, hash } from 'node:crypto';
import type { Hash } from '@sonrisa/ledger/journal.ts';
import type { HashBytes } from '@sonrisa/ledger/merkle.ts';

// The one-shot form: a posting makes two of these, and it takes half the time.
export const sha256: Hash = (text) => hash('sha256', text, 'hex');

export const sha256Bytes: HashBytes = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());
