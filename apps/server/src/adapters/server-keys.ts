// The key that PINs are sealed for: ECDH P-256, made on the first start and kept with mode 0600 outside the database.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { publicJwkSchema, type PublicJwk } from '@sonrisa/protocol/capture.ts';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { keepFirst, readIfThere } from './key-file.ts';

export type ServerKeys = { publicJwk: PublicJwk; thumbprint: string; privateKey: CryptoKey };

const fileName = 'pin-sealing.json';

export async function loadServerKeys({ keysDir }: { keysDir: string }): Promise<ServerKeys> {
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  const file = join(keysDir, fileName);
  const jwk = readKey(file, readIfThere(file) ?? keepFirst(file, await newKey()));
  const publicJwk = publicJwkSchema.parse({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y });
  return {
    publicJwk,
    thumbprint: await calculateJwkThumbprint(publicJwk),
    privateKey: (await importJWK(jwk, 'ECDH-ES')) as CryptoKey,
  };
}

function readKey(file: string, text: string): JWK {
  try {
    return JSON.parse(text) as JWK;
  } catch (error) {
    throw new Error(`The key file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

async function newKey(): Promise<string> {
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  return JSON.stringify(await exportJWK(pair.privateKey));
}
