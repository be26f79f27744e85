// A checkpoint: how long the journal was at a moment and the root of its Merkle tree, signed. The text is a signed note with
// the body of a transparency log's checkpoint (C2SP signed-note and tlog-checkpoint), so that tools for those read it too;
// two extension lines carry its number and its time. Signing and hashing come in as arguments.
import type { HashBytes, TreeHead } from './merkle.ts';
import { isSame } from './merkle.ts';

export type Checkpoint = TreeHead & {
  readonly origin: string;
  /** 1 for the first of a log, then one more each: a checkpoint that was taken away leaves a gap. */
  readonly number: number;
  readonly atMs: number;
};
export type SignedCheckpoint = Checkpoint & {
  /** What was signed, to its last newline. */
  readonly body: string;
  readonly keyName: string;
  readonly keyHash: Uint8Array;
  readonly signature: Uint8Array;
};
/** An Ed25519 public key with the name it signs under. */
export type LogKey = { readonly name: string; readonly publicKey: Uint8Array };

const ed25519 = 0x01;
const keyHashBytes = 4;
const signatureBytes = 64;
const publicKeyBytes = 32;
const rootBytes = 32;

export function checkpointBody({ origin, size, root, number, atMs }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\nnumber ${number}\ntime ${new Date(atMs).toISOString()}\n`;
}

export function signedNote(hash: HashBytes, { body, key, signature }: { body: string; key: LogKey; signature: Uint8Array }): string {
  return `${body}\n— ${key.name} ${toBase64(joined(keyHashOf(hash, key), signature))}\n`;
}

/** Null for any text that is not exactly what `signedNote` writes. */
export function parseNote(note: string): SignedCheckpoint | null {
  const parts = /^(([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/=]+)\nnumber ([1-9][0-9]{0,15})\ntime ([0-9TZ:.-]+)\n)\n— (\S+) ([A-Za-z0-9+/=]+)\n$/.exec(note);
  if (!parts) return null;
  const [, body = '', origin = '', size = '', root64 = '', number = '', time = '', keyName = '', signed64 = ''] = parts;
  const root = fromBase64(root64);
  const signed = fromBase64(signed64);
  const atMs = Date.parse(time);
  if (root?.length !== rootBytes || signed?.length !== keyHashBytes + signatureBytes || Number.isNaN(atMs)) return null;
  const checkpoint = { origin, size: Number(size), root, number: Number(number), atMs };
  // One spelling for each content.
  if (checkpointBody(checkpoint) !== body) return null;
  return { ...checkpoint, body, keyName, keyHash: signed.slice(0, keyHashBytes), signature: signed.slice(keyHashBytes) };
}

/** The first four bytes of SHA-256 over name, newline, algorithm and key (C2SP signed-note). */
export function keyHashOf(hash: HashBytes, { name, publicKey }: LogKey): Uint8Array {
  const named = new TextEncoder().encode(`${name}\n`);
  return hash(joined(named, joined(Uint8Array.of(ed25519), publicKey))).slice(0, keyHashBytes);
}

/** `name+hash+key`, the verifier key of C2SP signed-note. */
export function keyText(hash: HashBytes, key: LogKey): string {
  return `${key.name}+${toHex(keyHashOf(hash, key))}+${toBase64(joined(Uint8Array.of(ed25519), key.publicKey))}`;
}

/** Null for any text that is no verifier key of Ed25519. */
export function parseKey(hash: HashBytes, text: string): LogKey | null {
  const [, name = '', keyHash = '', key64 = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const bytes = fromBase64(key64);
  if (bytes?.length !== 1 + publicKeyBytes || bytes[0] !== ed25519) return null;
  const key = { name, publicKey: bytes.slice(1) };
  return toHex(keyHashOf(hash, key)) === keyHash ? key : null;
}

export function isSignedBy(checkpoint: Pick<SignedCheckpoint, 'body' | 'keyName' | 'keyHash' | 'signature'>, { hash, key, verify }: { hash: HashBytes; key: LogKey; verify: VerifySignature }): boolean {
  if (checkpoint.keyName !== key.name || !isSame(checkpoint.keyHash, keyHashOf(hash, key))) return false;
  return verify({ message: new TextEncoder().encode(checkpoint.body), signature: checkpoint.signature, publicKey: key.publicKey });
}
export type VerifySignature = (input: { message: Uint8Array; signature: Uint8Array; publicKey: Uint8Array }) => boolean;

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Null unless it is the one base64 spelling of some bytes. */
export function fromBase64(text: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return toBase64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
