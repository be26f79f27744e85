// FOR TESTS: a small log of made-up transfers with real SHA-256 and real Ed25519 keys.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { LoggedTransfer, LogVerifierDeps } from '../audit-log.ts';
import { type Checkpoint, checkpointBody, type LogKey, signedNote, type VerifySignature } from '../checkpoint.ts';
import { contentHashOf, type JournalLink, type JournalTransfer, linkAfter, linkText } from '../journal.ts';
import { createGrowingTree, leafHashOf } from '../merkle.ts';

export const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
export const hashBytes = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
/** Parsing a key costs more than using it, and tests use one key thousands of times. */
export function createVerifySignature(): VerifySignature {
  const parsed = new Map<string, KeyObject>();
  return ({ message, signature, publicKey }) => {
    const x = Buffer.from(publicKey).toString('base64url');
    const key = parsed.get(x) ?? createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    parsed.set(x, key);
    return verify(null, message, key, signature);
  };
}

export type Signer = { readonly key: LogKey; note(checkpoint: Omit<Checkpoint, 'origin'>, origin?: string): string; noteOf(body: string): string };

export function newSigner(name: string): Signer {
  const pair: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ed25519');
  const key = { name, publicKey: new Uint8Array(Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')) };
  const noteOf = (body: string) => signedNote(hashBytes, { body, key, signature: new Uint8Array(sign(null, Buffer.from(body), pair.privateKey)) });
  return { key, note: (checkpoint, origin = name) => noteOf(checkpointBody({ ...checkpoint, origin })), noteOf };
}

export type MadeUpLog = { readonly entries: readonly LoggedTransfer[]; readonly notes: readonly string[] };

const firstAtMs = Date.UTC(2026, 10, 25);

/** Checkpoints at these sizes. */
export function makeLog(signer: Signer, { transfers, sizes }: { transfers: number; sizes: readonly number[] }): MadeUpLog {
  const entries = chained(Array.from({ length: transfers }, (_, index) => transferOf(index)));
  const tree = createGrowingTree(hashBytes);
  const notes: string[] = [];
  for (const entry of entries) {
    tree.add(leafHashOf(hashBytes, new TextEncoder().encode(linkText(entry))));
    if (sizes.includes(tree.size)) notes.push(signer.note({ size: tree.size, root: tree.root(), number: notes.length + 1, atMs: firstAtMs + tree.size * 60_000 }));
  }
  return { entries, notes };
}

function transferOf(index: number): JournalTransfer {
  const amountMinor = BigInt(100 + index * 7);
  const isTopUp = index % 3 === 0;
  return {
    id: `${isTopUp ? 'top' : 'trf'}_${index}`,
    kind: isTopUp ? 'top_up' : 'capture',
    currency: 'CNY',
    amountMinor,
    feeMinor: isTopUp ? 0n : 1n,
    holdId: isTopUp ? null : `pay_${index}`,
    reason: index % 4 === 0 ? 'cake' : '',
    atMs: firstAtMs + index * 1_000,
    legs: [
      { accountId: isTopUp ? 'funding_clearing:platform:CNY' : 'payer_hold:ana:CNY', amountMinor: -amountMinor },
      { accountId: isTopUp ? 'payer_wallet:ana:CNY' : 'merchant_payable:bakery:CNY', amountMinor },
    ],
  };
}

/** Links of their own from the first transfer on: what somebody who can write everything but sign would do. */
export function chained(transfers: readonly JournalTransfer[]): LoggedTransfer[] {
  let previous: JournalLink | null = null;
  return transfers.map((transfer) => {
    const link: JournalLink = linkAfter(hash, previous, contentHashOf(hash, transfer));
    previous = link;
    return { ...link, transfer };
  });
}

export const verifierTools = (key: LogKey): Omit<LogVerifierDeps, 'notes'> => ({ hash, hashBytes, verify: createVerifySignature(), key });
