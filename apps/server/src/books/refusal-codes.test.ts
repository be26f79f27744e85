import { isTransientRefusal, refusalCodes } from '@sonrisa/ledger/refusals.ts';
import { isProblemCode, isTransient } from '@sonrisa/protocol/problem.ts';
import { expect, it } from 'vitest';

// The ledger may not import the catalogue: here the two are held against each other.
it.each(refusalCodes)('%s is in the error catalogue, and as transient there as in the ledger', (code) => {
  expect(isProblemCode(code)).toBe(true);
  expect(isTransient(code)).toBe(isTransientRefusal(code));
});
