// `sonrisa audit verify`: an exported audit log against a public key, on any machine, with no database and no network.
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createLogVerifier, type LogFinding, type LogVerdict, type LogVerifier } from '@sonrisa/ledger/audit-log.ts';
import { type LogKey, parseKey, type VerifySignature } from '@sonrisa/ledger/checkpoint.ts';
import { PlainError } from '../plain-error.ts';
import { parseLine } from './log-file.ts';

export type Verified = LogVerdict & {
  /** The file's own word for it: to be compared with the key from another place. */
  readonly keyFromFile: string | undefined;
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
export const sha256Bytes = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** Without a public key, the one in the file is taken: that shows mistakes, not malice. */
export async function verifyLogFile({ file, publicKey, known }: { file: string; publicKey?: string; known: readonly string[] }): Promise<Verified> {
  if (!existsSync(file)) throw new PlainError(`${file} is not there.`);
  const unreadable: LogFinding[] = [];
  const notes: string[] = [];
  let keyFromFile: string | undefined;
  let verifier: LogVerifier | undefined;
  let lineNumber = 0;
  const begin = () => createLogVerifier({ hash: sha256, hashBytes: sha256Bytes, verify: createVerifySignature(), key: keyOf(publicKey ?? keyFromFile), notes, known });
  const say = (what: string) => void unreadable.push({ check: 'readable', sentence: `line ${lineNumber} ${what}` });
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    lineNumber += 1;
    const line = parseLine(text);
    if (!line) say('is not a line of an audit log: it was damaged or changed');
    else if (line.is === 'head') {
      if (lineNumber > 1) say('names a key, which only the first line may');
      else keyFromFile = line.publicKey;
    } else if (line.is === 'checkpoint') {
      if (verifier) say('is a checkpoint among transfers');
      notes.push(line.note);
    } else (verifier ??= begin()).take(line.logged);
  }
  const verdict = (verifier ?? begin()).end();
  const otherKey: LogFinding[] = publicKey !== undefined && keyFromFile !== undefined && publicKey.trim() !== keyFromFile ? [{ check: 'signature', sentence: 'the file names another public key than the one given' }] : [];
  return { ...verdict, findings: [...otherKey, ...unreadable, ...verdict.findings], keyFromFile };
}

export function keyOf(text: string | undefined): LogKey {
  const key = text === undefined ? null : parseKey(sha256Bytes, text);
  if (!key) throw new PlainError('There is no public key to verify with: give it with --public-key, as the server wrote it into audit-public-key.txt.');
  return key;
}

export function createVerifySignature(): VerifySignature {
  let parsed: KeyObject | undefined;
  return ({ message, signature, publicKey }) => {
    parsed ??= createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') }, format: 'jwk' });
    return verify(null, message, parsed, signature);
  };
}
