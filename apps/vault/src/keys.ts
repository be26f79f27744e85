// The vault's secrets: with one it opens captures, with one it signs receipts, with those of template-keys.ts it protects
// templates, with others it hides phone digits, marks frames it has seen, and knows who may command its keys. None is ever in a
// database, so a database's backup opens nothing.
import { createHmac } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose';
import type { CryptoKey, JWK } from 'jose';
import { vaultKeysSchema } from '@sonrisa/protocol/vault-api.ts';
import type { VaultKeys } from '@sonrisa/protocol/vault-api.ts';
import { toBase64Url } from '@sonrisa/protocol/bytes.ts';
import type { Random } from './adapters/system.ts';
import type { KeyFiles } from './key-files.ts';
import { PlainError } from './plain-error.ts';
import { createTemplateKeys } from './template-keys.ts';
import type { TemplateKeys } from './template-keys.ts';

export interface VaultKeyRing {
  /** Names this set of keys; templates and the database are bound to it. */
  readonly installationId: string;
  /** What GET /v1/keys answers. */
  readonly exported: VaultKeys;
  readonly unsealing: CryptoKey;
  readonly receiptSigning: { readonly privateKey: CryptoKey; readonly keyId: string };
  readonly templateKeys: TemplateKeys;
  /** Bearer token of key operations: whoever can read the keys folder may ask for them, the server may not. */
  readonly operationsToken: string;
  /** Keyed hash of the last four digits: 10,000 values are too few to hide without a key. */
  hideLastFour(digits: string): Buffer;
  /** Keyed hash of what a frame is known again by; 16 bytes. */
  markFrame(what: string, bytes: Uint8Array): Buffer;
}

const symmetricKeyBytes = 32;
const markBytes = 16;
export const operationsFile = 'operations.key';

/** Throws PlainError when a key file is unreadable. */
export async function openKeyRing(input: { files: KeyFiles; random: Random }): Promise<VaultKeyRing> {
  const { files, random } = input;
  const randomKey = (): Uint8Array => random.bytes(symmetricKeyBytes);
  const installation = await files.readOrMake('installation-id', () => Buffer.from(toBase64Url(random.bytes(16))));
  const sealing = await readJwk(files, { name: 'sealing.jwk', make: () => makeJwk('ECDH-ES') });
  const receipts = await readJwk(files, { name: 'receipts.jwk', make: () => makeJwk('EdDSA') });
  const digitsKey = await readSymmetric(files, { name: 'digits.key', make: randomKey });
  const framesKey = await readSymmetric(files, { name: 'frames.key', make: randomKey });
  const operations = await readSymmetric(files, { name: operationsFile, make: randomKey });
  const installationId = installation.toString('utf8');
  const keyId = await calculateJwkThumbprint(receipts);
  return {
    installationId,
    exported: vaultKeysSchema.parse({
      sealing: { jwk: sealing, thumbprint: await calculateJwkThumbprint(sealing) },
      receipts: { jwk: receipts, keyId },
    }),
    unsealing: await importPrivate(sealing, 'ECDH-ES'),
    receiptSigning: { privateKey: await importPrivate(receipts, 'EdDSA'), keyId },
    templateKeys: createTemplateKeys({ files, random, installationId }),
    operationsToken: operations.toString('base64url'),
    hideLastFour: (digits) => createHmac('sha256', digitsKey).update(`sonrisa-last-four\0${digits}`).digest(),
    markFrame: (what, bytes) => createHmac('sha256', framesKey).update(`sonrisa-frame\0${what}\0`).update(bytes).digest().subarray(0, markBytes),
  };
}

async function makeJwk(algorithm: 'ECDH-ES' | 'EdDSA'): Promise<Uint8Array> {
  const pair = await generateKeyPair(algorithm, { crv: algorithm === 'EdDSA' ? 'Ed25519' : 'P-256', extractable: true });
  return Buffer.from(JSON.stringify(await exportJWK(pair.privateKey)));
}

async function readJwk(files: KeyFiles, input: { name: string; make: () => Promise<Uint8Array> }): Promise<JWK> {
  const bytes = await files.readOrMake(input.name, input.make);
  try {
    return JSON.parse(bytes.toString('utf8')) as JWK;
  } catch {
    throw new PlainError(`The vault's key ${input.name} is damaged: bring it back from the backup of the keys folder.`);
  } finally {
    bytes.fill(0);
  }
}

async function readSymmetric(files: KeyFiles, input: { name: string; make: () => Uint8Array }): Promise<Buffer> {
  const bytes = await files.readOrMake(input.name, input.make);
  if (bytes.length !== symmetricKeyBytes) {
    throw new PlainError(`The vault's key ${input.name} is damaged: bring it back from the backup of the keys folder.`);
  }
  return bytes;
}

async function importPrivate(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm, { extractable: false });
  if (key instanceof Uint8Array) throw new PlainError('A private key of the vault is damaged: bring it back from the backup of the keys folder.');
  return key;
}
