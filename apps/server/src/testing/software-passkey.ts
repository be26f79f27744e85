// FOR TESTS: a passkey without a phone: an ES256 key whose answers are those of an authenticator that verified its user (Web
// Authentication Level 3, sections 6.1 and 6.3.3; the public key as COSE, RFC 9053).
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { Pool } from '../db/pool.ts';

const userPresentAndVerified = 0x05;

export async function softwarePasskey({ pool, payerId, rpId, origin }: { pool: Pool; payerId: string; rpId: string; origin: string }) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const cose = Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), Buffer.from(x, 'base64url'), Buffer.from('225820', 'hex'), Buffer.from(y, 'base64url')]);
  const id = randomBytes(32).toString('base64url');
  await pool.query(`INSERT INTO passkey (id, payer_id, name, public_key, counter, transports, created_at) VALUES ($1, $2, 'test', $3, 0, '{}', now())`, [id, payerId, cose]);
  return {
    id,
    answer(challenge: string) {
      const clientData = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }));
      const authenticatorData = Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([userPresentAndVerified]), Buffer.alloc(4)]);
      const signature = sign('sha256', Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]), privateKey);
      const response = { clientDataJSON: clientData.toString('base64url'), authenticatorData: authenticatorData.toString('base64url'), signature: signature.toString('base64url') };
      return { id, rawId: id, type: 'public-key' as const, response, clientExtensionResults: {} };
    },
  };
}
