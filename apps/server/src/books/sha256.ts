// The hash the ledger's journal and the idempotency keys are given.
import { createHash } from 'node:crypto';
import type { Hash } from '@sonrisa/ledger/journal.ts';

export const sha256: Hash = (text) => createHash('sha256').update(text).digest('hex');
