// FOR TESTS: whether an erasure receipt is one that this server's audit key has signed.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSignedBy, parseKey } from '@sonrisa/ledger/checkpoint.ts';
import { parseErasureReceipt } from '@sonrisa/ledger/erasure-receipt.ts';

export function isGenuineReceipt(keysDir: string, note: string): boolean {
  const receipt = parseErasureReceipt(note);
  const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
  const key = parseKey(hash, readFileSync(join(keysDir, 'audit-public-key.txt'), 'utf8'));
  if (!receipt || !key) return false;
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.publicKey).toString('base64url') }, format: 'jwk' });
  return isSignedBy(receipt, { hash, key, verify: ({ message, signature }) => verify(null, message, publicKey, signature) });
}
