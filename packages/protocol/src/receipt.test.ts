// The match receipt: signature, expiry and shape.
import { generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { signReceipt, verifyReceipt, type ReceiptClaims } from './receipt.ts';

const claims: ReceiptClaims = {
  iss: 'sonrisa-vault',
  jti: 'a'.repeat(22),
  iat: 1_000,
  exp: 1_120,
  purpose: 'payment',
  subjectId: 'pay_1',
  amountMinor: '1200',
  currency: 'CNY',
  merchantId: 'mer_1',
  storeId: 'sto_1',
  signerThumbprint: 'thumb',
  payerRef: 'pyr_1',
  faceEpoch: 1,
  rung: 'face',
  candidateCount: 20,
  score: 0.97,
  threshold: 0.957,
  bound: 1e-4,
  budget: 1e-3,
  curveId: 'embedded-provisional-1',
  packId: 'embedded',
  liveness: 'simulated',
  scene: { faceCount: 1, secondFaceRatio: 0, faceLuma: 120, padScore: null },
};

describe('a match receipt', () => {
  it('verifies until it expires', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA');
    const receipt = await signReceipt(claims, { privateKey, keyId: 'k1' });
    expect(await verifyReceipt(receipt, { publicKey, nowMs: 1_100_000 })).toEqual({ ok: true, claims });
    expect(await verifyReceipt(receipt, { publicKey, nowMs: 1_120_000 })).toEqual({ ok: false, code: 'receipt_expired' });
  });

  it('does not verify under another key, or with a claim altered', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA');
    const other = await generateKeyPair('EdDSA');
    const receipt = await signReceipt(claims, { privateKey, keyId: 'k1' });
    expect(await verifyReceipt(receipt, { publicKey: other.publicKey, nowMs: 1_100_000 })).toEqual({ ok: false, code: 'receipt_invalid' });
    const [header, , signature] = receipt.split('.');
    const forged = Buffer.from(JSON.stringify({ ...claims, amountMinor: '1' })).toString('base64url');
    expect((await verifyReceipt(`${header}.${forged}.${signature}`, { publicKey, nowMs: 1_100_000 })).ok).toBe(false);
  });

  it('is no other kind of token: a JWT of the same key without the type or the claims is refused', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA');
    const untyped = await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
    const empty = await new SignJWT({}).setProtectedHeader({ alg: 'EdDSA', typ: 'sonrisa-receipt+jwt' }).sign(privateKey);
    for (const token of [untyped, empty, 'x.y.z']) {
      expect(await verifyReceipt(token, { publicKey, nowMs: 1_100_000 })).toEqual({ ok: false, code: 'receipt_invalid' });
    }
  });
});
