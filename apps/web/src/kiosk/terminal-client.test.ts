import { webCryptoSigner } from '@sonrisa/protocol/burst.ts';
import { publicJwkSchema } from '@sonrisa/protocol/capture.ts';
import { expect, it } from 'vitest';
import { createApi } from '../api.ts';
import { createTerminalClient } from './terminal-client.ts';

async function openKey() {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  return webCryptoSigner({ publicJwk: publicJwkSchema.parse(await crypto.subtle.exportKey('jwk', pair.publicKey)), privateKey: pair.privateKey });
}

it('asks a key store that did not open again for the next request, and one that opened no more', async () => {
  let [asked, sent] = [0, 0];
  const signer = async () => {
    asked += 1;
    if (asked === 1) throw new Error('the key store did not open');
    return openKey();
  };
  const send = async (_path: unknown, options?: RequestInit): Promise<Response> => {
    if (new Headers(options?.headers).has('signature')) sent += 1;
    return new Response('{"currency":"CNY","items":[]}');
  };
  const client = createTerminalClient({ api: createApi({ fetch: send, pause: async () => {} }), signer, now: () => 0 });
  await expect(client.menu('token')).rejects.toThrow('did not open');
  expect(await client.menu('token')).toEqual({ currency: 'CNY', items: [] });
  await client.menu('token');
  expect({ asked, sent }).toEqual({ asked: 2, sent: 2 });
});
