// Templates at rest: what opens, and that nothing altered or moved to another owner does.
import { describe, expect, test } from 'vitest';
import { systemRandom } from './adapters/system.ts';
import { SecretTemplate } from './secret-template.ts';
import { createTemplateSealer } from './templates.ts';

const masterKey = systemRandom.bytes(32);
const transformKey = systemRandom.bytes(32);
const settings = { installationId: 'here', masterKey, transformKey, keyVersion: 1, random: systemRandom };
const owner = { payerRef: 'pyr_ana', epoch: 3, packId: 'embedded-1' };
const numbers = () => Float32Array.from({ length: 128 }, (_, i) => Math.sin(i) / 8);
const sealer = createTemplateSealer(settings);
const sealed = sealer.seal(new SecretTemplate(numbers()), owner);

describe('a sealed template', () => {
  test('opens for its owner, number by number', () => {
    sealer.open(sealed, owner).reveal().forEach((value, i) => expect(value).toBeCloseTo(numbers()[i] ?? 0, 6));
  });

  test.each([
    ['payer', { ...owner, payerRef: 'pyr_ben' }],
    ['epoch', { ...owner, epoch: 4 }],
    ['pack', { ...owner, packId: 'embedded-2' }],
  ])('does not open for another %s', (_what, other) => {
    expect(() => sealer.open(sealed, other)).toThrow();
  });

  test.each([
    ['installation', { installationId: 'there' }],
    ['master key', { masterKey: systemRandom.bytes(32) }],
    ['transform key', { transformKey: systemRandom.bytes(32) }],
    ['transform, namely none', { transformKey: undefined }],
    ['key version', { keyVersion: 2 }],
  ])('does not open under another %s', (_what, change) => {
    expect(() => createTemplateSealer({ ...settings, ...change }).open(sealed, owner)).toThrow();
  });

  test('does not open when a record of version 1 is relabelled for a key of version 2', () => {
    const second = createTemplateSealer({ ...settings, keyVersion: 2 });
    expect(() => second.open({ ...sealed, keyVersion: 2 }, owner)).toThrow();
  });

  test('does not open with the data key of another record of the same owner', () => {
    const twin = sealer.seal(new SecretTemplate(numbers()), owner);
    expect(() => sealer.open({ ...sealed, wrappedKey: twin.wrappedKey }, owner)).toThrow();
    expect(twin.ciphertext.equals(sealed.ciphertext)).toBe(false);
  });

  test('does not open with any byte altered, or cut off', () => {
    for (const part of ['wrappedKey', 'ciphertext'] as const) {
      for (let i = 0; i < sealed[part].length; i++) {
        const altered = Buffer.from(sealed[part]);
        altered.writeUInt8(altered.readUInt8(i) ^ 1, i);
        expect(() => sealer.open({ ...sealed, [part]: altered }, owner), `${part} ${i}`).toThrow();
      }
      expect(() => sealer.open({ ...sealed, [part]: sealed[part].subarray(0, 20) }, owner)).toThrow();
    }
  });

  test('does not contain its numbers', () => {
    const plain = Buffer.from(numbers().buffer).subarray(4, 16);
    expect(Buffer.from(numbers().buffer).includes(plain)).toBe(true);
    expect(Buffer.concat([sealed.ciphertext, sealed.wrappedKey]).includes(plain)).toBe(false);
  });
});
