// The key that PINs are sealed for: ECDH P-256, made on the first start and kept with mode 0600 outside the database.
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicJwkSchema, type PublicJwk } from '@sonrisa/protocol/capture.ts';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';

export type ServerKeys = { publicJwk: PublicJwk; thumbprint: string; privateKey: CryptoKey };

const fileName = 'pin-sealing.json';

export async function loadServerKeys({ keysDir }: { keysDir: string }): Promise<ServerKeys> {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  const file = join(keysDir, fileName);
  const jwk = readKey(file) ?? (await makeKey(file));
  const publicJwk = publicJwkSchema.parse({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y });
  return {
    publicJwk,
    thumbprint: await calculateJwkThumbprint(publicJwk),
    privateKey: (await importJWK(jwk, 'ECDH-ES')) as CryptoKey,
  };
}

function readKey(file: string): JWK | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The key file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function makeKey(file: string): Promise<JWK> {
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(await exportJWK(pair.privateKey)), { mode: 0o600, flag: 'wx' });
  try {
    // A link fails where the name is taken: of two processes that start together one key wins for both.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  const kept = readKey(file);
  if (!kept) throw new Error(`The key file ${file} vanished while it was being made`);
  return kept;
}
