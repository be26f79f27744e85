// Adapters that need no network and no database: sub-keys, tokens, PIN hashes, the test bank, the sandbox's identity provider.
import { describe, expect, it } from 'vitest';
import { createPinHashes } from './pin-hashes.ts';
import { systemRandom } from './random.ts';
import { createSandboxIdentity } from './sandbox-identity.ts';
import { deriveSubKey } from './sub-keys.ts';
import { createTestBank } from './test-bank.ts';
import { createTokens } from './tokens.ts';

describe('sub-keys', () => {
  it('are stable, differ by use and by secret, and are not the secret', () => {
    const secret = new Uint8Array(32).fill(1);
    const other = new Uint8Array(32).fill(2);
    const keys = [deriveSubKey(secret, 'sms-code'), deriveSubKey(secret, 'sandbox-merchant-key'), deriveSubKey(other, 'sms-code'), Buffer.from(secret)];
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(4);
    expect(deriveSubKey(secret, 'sms-code')).toEqual(keys[0]);
  });
});

describe('tokens', () => {
  it('carry 256 bits and are found by their hash alone', () => {
    const tokens = createTokens({ random: systemRandom });
    const { token, hash } = tokens.mint();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(tokens.hash(token)).toBe(hash);
    expect(hash).not.toContain(token);
    expect(tokens.mint().token).not.toBe(token);
  });
});

describe('a PIN hash', () => {
  it('is argon2id, holds for its PIN, and for nobody without the pepper', async () => {
    const pins = createPinHashes({ pepper: new Uint8Array(32).fill(1) });
    const elsewhere = createPinHashes({ pepper: new Uint8Array(32).fill(2) });
    const hash = await pins.hash('294615');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await pins.verify(hash, '294615')).toBe(true);
    expect(await pins.verify(hash, '294616')).toBe(false);
    expect(await elsewhere.verify(hash, '294615')).toBe(false);
    expect(await pins.hash('294615')).not.toBe(hash);
  });
});

describe('the test bank', () => {
  it('goes by the last two digits of the minor units', async () => {
    const bank = createTestBank({ clock: { nowMs: () => 0 } });
    const collect = async (amountMinor: bigint) => (await bank.collect({ id: 'top_1', amountMinor, currency: 'CNY', createdAtMs: 0, sentAtMs: 0, card: null })).is;
    expect(await Promise.all([10_000n, 1_300n, 1_013n, 1_017n, 1_019n].map(collect))).toEqual(['succeeded', 'succeeded', 'failed', 'unknown', 'unknown']);
  });
});

describe('the identity provider of the sandbox', () => {
  it('confirms everything but numbers ending in 0000, says what it is, and is not to be had in production', async () => {
    const provider = createSandboxIdentity({ mode: 'sandbox' });
    const check = (documentNumber: string) => provider.check({ name: 'Ana', bornOn: '1990-05-17', documentNumber });
    expect([provider.isSandbox, await check('P1234567'), await check('P0000 ')]).toEqual([true, 'confirmed', 'refused']);
    expect(() => createSandboxIdentity({ mode: 'production' })).toThrow('refused in production');
  });
});

describe('random digits', () => {
  it('are six decimal digits', () => expect(systemRandom.digits(6)).toMatch(/^\d{6}$/));
});
