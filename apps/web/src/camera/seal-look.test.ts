// A swapped vault key is refused, whether it lies about its own thumbprint or is merely another key than the pinned one.
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { isKnownKey, type KnownKey } from './seal-look.ts';

async function newKey(): Promise<KnownKey> {
  const pair = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const { x = '', y = '' } = await exportJWK(pair.publicKey);
  const jwk = { kty: 'EC' as const, crv: 'P-256' as const, x, y };
  return { jwk, thumbprint: await calculateJwkThumbprint(jwk) };
}

describe('a vault key', () => {
  it('is known when it is the pinned one, or the first one there is', async () => {
    const key = await newKey();
    expect(await isKnownKey(key, key.thumbprint)).toBe(true);
    expect(await isKnownKey(key, null)).toBe(true);
  });

  it('is refused when another one is pinned', async () => {
    const [key, pinned] = [await newKey(), await newKey()];
    expect(await isKnownKey(key, pinned.thumbprint)).toBe(false);
  });

  it('is refused when it goes by the name of the pinned one', async () => {
    const [key, pinned] = [await newKey(), await newKey()];
    expect(await isKnownKey({ jwk: key.jwk, thumbprint: pinned.thumbprint }, pinned.thumbprint)).toBe(false);
    expect(await isKnownKey({ jwk: key.jwk, thumbprint: pinned.thumbprint }, null)).toBe(false);
  });
});
