// Public ids: a three-letter prefix that says what it names, an underscore, and 128 random bits in hex.
// The random part comes from an adapter; this file only fixes the shape.
import { z } from 'zod';

export const idPrefixes = {
  payment: 'pay',
  merchant: 'mer',
  store: 'sto',
  terminal: 'ter',
  payer: 'pyr',
  enrolment: 'enr',
  invite: 'inv',
  refund: 'ref',
  topUp: 'top',
  staff: 'stf',
  message: 'msg',
  transfer: 'trf',
  settlement: 'set',
  payout: 'out',
  payoutFile: 'pof',
  dispute: 'dis',
  adjustment: 'adj',
  operatorPerson: 'opp',
  bankStatement: 'bst',
  statementLine: 'bsl',
  reconciliationBreak: 'brk',
  erasure: 'era',
  phoneRequest: 'phr',
  phoneNonce: 'phn',
  paymentCode: 'pcd',
  faceCase: 'cas',
  recovery: 'rcv',
  faceReview: 'rev',
  merchantKey: 'mky',
  proposal: 'prp',
} as const;

export type IdKind = keyof typeof idPrefixes;

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Builds an id from 16 random bytes. Throws RangeError for any other length. */
export function makeId(kind: IdKind, random16: Uint8Array): string {
  if (random16.length !== 16) throw new RangeError('an id takes exactly 16 random bytes');
  let hex = '';
  for (const byte of random16) hex += hexOf[byte];
  return `${idPrefixes[kind]}_${hex}`;
}

export const idSchema = (kind: IdKind) =>
  z.string().regex(new RegExp(`^${idPrefixes[kind]}_[0-9a-f]{32}$`), `not a ${kind} id`);

/** Client-made key that makes a write safe to repeat: 8 to 128 visible ASCII characters. */
export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{8,128}$/, 'an idempotency key is 8 to 128 visible ASCII characters');
