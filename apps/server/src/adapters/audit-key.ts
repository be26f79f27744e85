// The key that checkpoints of the audit log are signed with: Ed25519, made on the first start and kept with mode 0600 outside
// the database. Its public half lies beside it for whoever verifies.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyText, type LogKey } from '@sonrisa/ledger/checkpoint.ts';
import { keepFirst, readIfThere } from './key-file.ts';

export type AuditKey = {
  readonly key: LogKey;
  /** `name+hash+key`, as C2SP signed-note writes it. */
  readonly text: string;
  sign(message: Uint8Array): Uint8Array;
};

const fileName = 'audit-signing.pem';
const publicFileName = 'audit-public-key.txt';
const nameBytes = 6;

export function loadAuditKey({ keysDir }: { keysDir: string }): AuditKey {
  const file = join(keysDir, fileName);
  const pem = readIfThere(file) ?? keepFirst(file, newKey());
  const privateKey = createPrivateKey(pem);
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
  // Named after itself: two installations never mistake each other's checkpoints.
  const key = { name: `sonrisa-audit/${createHash('sha256').update(publicKey).digest('hex').slice(0, 2 * nameBytes)}`, publicKey };
  const text = keyText((bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()), key);
  writeFileSync(join(keysDir, publicFileName), `${text}\n`);
  return { key, text, sign: (message) => new Uint8Array(sign(null, message, privateKey)) };
}

function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
