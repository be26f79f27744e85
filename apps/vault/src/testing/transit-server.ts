// HashiCorp Vault's transit engine on this machine, for tests: the paths, bodies and errors of its HTTP API, tokens with policies,
// key versions, and a seal.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { startKeyServiceServer, type Answer, type KeyServiceServer } from './key-service-server.ts';

export interface TransitServer extends KeyServiceServer {
  readonly keyName: string;
  readonly token: string;
  /** Paths of the calls that were let through, in order. */
  readonly calls: string[];
  readonly headers: IncomingMessage['headers'][];
  sealed: boolean;
  /** The policy of the token; without it 403 as for a token that has expired. */
  allowed: boolean;
  /** As `vault write -f transit/keys/…/rotate`. */
  rotate(): void;
  /** As `vault delete transit/keys/…`. */
  deleteKey(): void;
}

const keyName = 'sonrisa-vault';
const token = 'hvs.a-token-of-a-test';
const prefix = '/v1/transit/';

export async function startTransitServer(): Promise<TransitServer> {
  let versions = [randomBytes(32)];
  const server = await startKeyServiceServer({
    headers: { 'content-type': 'application/json' },
    faults: { throttled: errors(429, 'request path "transit/": rate limit quota exceeded'), broken: errors(500, 'internal error') },
    answerTo,
  });
  const transit: TransitServer = {
    ...server,
    keyName,
    token,
    calls: [],
    headers: [],
    sealed: false,
    allowed: true,
    rotate: () => void versions.push(randomBytes(32)),
    deleteKey: () => void (versions = []),
  };

  function answerTo(request: IncomingMessage, body: Buffer): Answer {
    if (transit.sealed) return errors(503, 'Vault is sealed');
    const path = request.url ?? '';
    if (request.headers['x-vault-token'] !== token || !transit.allowed) return errors(403, '1 error occurred:\n\t* permission denied\n\n');
    if (!path.startsWith(prefix)) return errors(404, `no handler for route "${path.slice('/v1/'.length)}". route entry not found.`);
    if (request.method !== 'POST') return errors(405, 'unsupported operation');
    const fields = JSON.parse(body.toString('utf8')) as { bits?: number; ciphertext?: string };
    const call = path.slice(prefix.length);
    transit.calls.push(call);
    transit.headers.push(request.headers);
    if (call === `datakey/plaintext/${keyName}`) return versions.length === 0 ? errors(400, 'encryption key not found') : generated(versions, fields.bits ?? 256);
    if (call === `decrypt/${keyName}`) return versions.length === 0 ? errors(400, 'encryption key not found') : decrypted(fields.ciphertext ?? '');
    return errors(400, 'encryption key not found');
  }

  function decrypted(ciphertext: string): Answer {
    const [, version, text = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? [];
    const key = versions[Number(version) - 1];
    if (!key) return errors(400, 'invalid ciphertext: no prefix');
    const box = Buffer.from(text, 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(box.subarray(box.length - 16));
      const plain = Buffer.concat([decipher.update(box.subarray(12, box.length - 16)), decipher.final()]);
      return { status: 200, body: { request_id: 'a-request', lease_id: '', data: { plaintext: plain.toString('base64') } } };
    } catch {
      return errors(400, 'cipher: message authentication failed');
    }
  }

  return transit;
}

function generated(versions: readonly Buffer[], bits: number): Answer {
  const key = randomBytes(bits / 8);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', versions.at(-1) ?? '', iv);
  const box = Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  return { status: 200, body: { request_id: 'a-request', lease_id: '', data: { plaintext: key.toString('base64'), ciphertext: `vault:v${versions.length}:${box.toString('base64')}`, key_version: versions.length } } };
}

const errors = (status: number, ...said: string[]): Answer => ({ status, body: { errors: said } });
