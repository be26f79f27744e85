// Sealing and signing of captures: what opens, and that nothing altered, misdirected or re-bound does.
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { openBurst, packBurst, webCryptoSigner } from './burst.ts';
import { toBase64Url } from './bytes.ts';
import { publicJwkSchema, type AssociatedData } from './capture.ts';
import { openPin, sealCapture, sealPin, unsealCapture } from './seal.ts';

async function ecKeys(algorithm: 'ES256' | 'ECDH-ES') {
  const pair = await generateKeyPair(algorithm, { crv: 'P-256', extractable: true });
  const publicJwk = publicJwkSchema.parse(await exportJWK(pair.publicKey));
  return { ...pair, publicJwk, thumbprint: await calculateJwkThumbprint(publicJwk) };
}

async function sealedExample() {
  const terminal = await ecKeys('ES256');
  const vault = await ecKeys('ECDH-ES');
  const associatedData: AssociatedData = {
    nonce: toBase64Url(crypto.getRandomValues(new Uint8Array(32))),
    purpose: 'payment',
    subjectId: 'pay_1',
    signerThumbprint: terminal.thumbprint,
  };
  const frames = [1, 2, 3].map((n) => ({ bytes: crypto.getRandomValues(new Uint8Array(1000 * n)), atMs: n * 100 }));
  const signer = webCryptoSigner({ publicJwk: terminal.publicJwk, privateKey: terminal.privateKey });
  const burst = await packBurst({ associatedData, frames, capturedAtMs: 5, promptedAtMs: 4, camera, signer });
  const sealed = await sealCapture({ burst, associatedData, vaultKey: vault.publicJwk });
  return { terminal, vault, associatedData, frames, signer, burst, sealed };
}

const camera = { label: 'Front', deviceIdHash: 'A'.repeat(43), width: 1280, height: 720, frameRate: 30, facingMode: 'user' } as const;

describe('a sealed capture', () => {
  it('opens for the vault it was sealed for, frame by frame', async () => {
    const { vault, sealed, frames, associatedData } = await sealedExample();
    const unsealed = await unsealCapture(sealed, vault.privateKey);
    if (!unsealed.ok) throw new Error(unsealed.code);
    expect(unsealed.associatedData).toEqual(associatedData);
    const opened = await openBurst(unsealed.burst, unsealed.associatedData);
    if (!opened.ok) throw new Error(opened.code);
    expect(opened.frames.map((frame) => [...frame])).toEqual(frames.map((frame) => [...frame.bytes]));
  });

  it('does not open for another vault', async () => {
    const { sealed } = await sealedExample();
    const other = await ecKeys('ECDH-ES');
    expect(await unsealCapture(sealed, other.privateKey)).toEqual({ ok: false, code: 'capture_sealed_for_another' });
  });

  it('does not open with any region of it altered', async () => {
    const { vault, sealed } = await sealedExample();
    for (let offset = 0; offset < sealed.length; offset += 97) {
      const altered = sealed.slice();
      altered[offset] = (altered[offset] ?? 0) ^ 1;
      expect((await unsealCapture(altered, vault.privateKey)).ok, `byte ${offset}`).toBe(false);
    }
  });

  it('says nothing of another camera than was signed', async () => {
    const { burst, associatedData } = await sealedExample();
    const at = Buffer.from(burst).indexOf('"Front"');
    expect(at).toBeGreaterThan(0);
    const opened = await openBurst(burst, associatedData);
    expect(opened).toMatchObject({ ok: true, manifest: { camera } });
    burst.set(new TextEncoder().encode('"Other"'), at);
    expect(await openBurst(burst, associatedData)).toEqual({ ok: false, code: 'capture_signature_invalid' });
  });

  it('refuses truncated bytes', async () => {
    const { vault, sealed } = await sealedExample();
    for (const length of [0, 3, 5, 40, 400, sealed.length - 1]) {
      expect((await unsealCapture(sealed.slice(0, length), vault.privateKey)).ok).toBe(false);
    }
  });
});

describe('a burst', () => {
  it('does not hold for another payment: the signature covers the associated data', async () => {
    const { burst, associatedData } = await sealedExample();
    expect(await openBurst(burst, { ...associatedData, subjectId: 'pay_2' })).toEqual({ ok: false, code: 'capture_signature_invalid' });
  });

  it('does not hold for a signer other than the one in the associated data', async () => {
    const { burst, associatedData } = await sealedExample();
    const stranger = await ecKeys('ES256');
    const result = await openBurst(burst, { ...associatedData, signerThumbprint: stranger.thumbprint });
    expect(result).toEqual({ ok: false, code: 'capture_signature_invalid' });
  });

  it('does not hold with a frame swapped for one of the same length', async () => {
    const { burst, associatedData } = await sealedExample();
    const swapped = burst.slice();
    swapped.set(crypto.getRandomValues(new Uint8Array(1000)), burst.length - 6000);
    expect(await openBurst(swapped, associatedData)).toEqual({ ok: false, code: 'capture_malformed' });
  });

  it('refuses trailing bytes and too many frames', async () => {
    const { burst, associatedData, signer } = await sealedExample();
    const longer = new Uint8Array(burst.length + 1);
    longer.set(burst);
    expect(await openBurst(longer, associatedData)).toEqual({ ok: false, code: 'capture_malformed' });
    const frames = Array.from({ length: 17 }, () => ({ bytes: new Uint8Array(10), atMs: 0 }));
    await expect(packBurst({ associatedData, frames, capturedAtMs: 0, promptedAtMs: 0, signer })).rejects.toThrow(RangeError);
  });
});

describe('a sealed PIN', () => {
  it('opens for its subject and key only', async () => {
    const server = await ecKeys('ECDH-ES');
    const other = await ecKeys('ECDH-ES');
    const sealed = await sealPin({ pin: '294615', subjectId: 'pay_1', sealedAtMs: 1, serverKey: server.publicJwk });
    expect(await openPin(sealed, { subjectId: 'pay_1', privateKey: server.privateKey })).toBe('294615');
    expect(await openPin(sealed, { subjectId: 'pay_2', privateKey: server.privateKey })).toBeUndefined();
    expect(await openPin(sealed, { subjectId: 'pay_1', privateKey: other.privateKey })).toBeUndefined();
    expect(await openPin('rubbish', { subjectId: 'pay_1', privateKey: server.privateKey })).toBeUndefined();
  });
});
