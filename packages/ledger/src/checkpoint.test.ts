import { describe, expect, it } from 'vitest';
import { checkpointBody, fromBase64, isSignedBy, keyText, parseKey, parseNote, toBase64 } from './checkpoint.ts';
import { createVerifySignature, hashBytes, newSigner } from './testing/made-up-log.ts';

const signer = newSigner('sonrisa-audit/test');
const checkpoint = { size: 12, root: hashBytes(new Uint8Array(0)), number: 3, atMs: Date.UTC(2026, 10, 25, 1, 2, 3, 4) };
const note = signer.note(checkpoint);
const tools = { hash: hashBytes, key: signer.key, verify: createVerifySignature() };

it('is a signed note: origin, size, root, number, time, then who signed', () => {
  const body = checkpointBody({ ...checkpoint, origin: 'sonrisa-audit/test' });
  expect(body).toBe('sonrisa-audit/test\n12\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nnumber 3\ntime 2026-11-25T01:02:03.004Z\n');
  expect(note.startsWith(`${body}\n— sonrisa-audit/test `)).toBe(true);
  expect(parseNote(note)).toMatchObject({ ...checkpoint, origin: 'sonrisa-audit/test', body, keyName: 'sonrisa-audit/test' });
  expect(isSignedBy(parseNote(note)!, tools)).toBe(true);
});

it('changed in any letter it is no checkpoint of this key any more', () => {
  const letters = [...note];
  letters.forEach((letter, at) => {
    for (const other of ['A', '\n']) {
      if (other === letter) continue;
      const changed = parseNote([...letters.slice(0, at), other, ...letters.slice(at + 1)].join(''));
      expect(changed !== null && isSignedBy(changed, tools)).toBe(false);
    }
    const shorter = parseNote([...letters.slice(0, at), ...letters.slice(at + 1)].join(''));
    expect(shorter !== null && isSignedBy(shorter, tools)).toBe(false);
  });
});

it('of another key, or of this key under another name, is not ours', () => {
  const other = newSigner('sonrisa-audit/test');
  expect(isSignedBy(parseNote(other.note(checkpoint))!, tools)).toBe(false);
  expect(isSignedBy(parseNote(note)!, { ...tools, key: { ...signer.key, name: 'else' } })).toBe(false);
});

it('of a long log has numbers of several digits', () => {
  const later = { ...checkpoint, size: 1_234_567, number: 1_209 };
  expect(parseNote(signer.note(later))).toMatchObject(later);
});

describe('text that is no checkpoint', () => {
  it.each([
    ['', 'nothing'],
    [`${note}x`, 'more behind it'],
    [`more\n${note}`, 'more before it'],
    [note.replace('\n12\n', '\n012\n'), 'a number spelled otherwise'],
    [note.replace('.004Z', 'Z'), 'a time spelled otherwise'],
    [note.replace('2026-11-25', '2026-99-25'), 'a time that never was'],
    [note.replace('47DEQpj8HBSa', '47DEQpj8'), 'a root too short'],
    [note.replace('SuFU=', 'SuFV='), 'a root spelled otherwise'],
    [note.replace(/[A-Za-z0-9+/]{8}=*\n$/, '\n'), 'a signature too short'],
  ])('%#: %s', (text) => expect(parseNote(text)).toBeNull());
});

describe('a verifier key', () => {
  const text = keyText(hashBytes, signer.key);
  it('is name, hash and key, and comes back as it was', () => {
    expect(text).toMatch(/^sonrisa-audit\/test\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/);
    expect(parseKey(hashBytes, `${text}\n`)).toEqual(signer.key);
  });

  const { publicKey } = signer.key;
  /** Whatever stands behind the name, with a hash that fits. */
  const named = (algorithm: number, key: Uint8Array) => `a+${Buffer.from(hashBytes(new Uint8Array([97, 10, 1, ...key]))).toString('hex').slice(0, 8)}+${toBase64(new Uint8Array([algorithm, ...key]))}`;

  it('has eight digits of hash, zeros too', () => {
    const key = (name: string) => ({ name, publicKey: new Uint8Array(32) });
    for (const name of Array.from({ length: 40 }, (_, number) => `log-${number}`)) expect(parseKey(hashBytes, keyText(hashBytes, key(name)))).toEqual(key(name));
  });

  it('of any name', () => expect(parseKey(hashBytes, named(1, publicKey))).toEqual({ name: 'a', publicKey }));

  it.each([
    ['', 'nothing'],
    ['key', 'a word'],
    [text.replace('+', '-'), 'parts run together'],
    [text.slice(0, -4), 'a key cut short'],
    [`x${text}`, 'another name'],
    [`more ${text}`, 'more before it'],
    [`${text} more`, 'more behind it'],
    [text.replace(/\+[0-9a-f]{8}\+/, '+00000000+'), 'a hash that does not fit'],
    ['a+00000000+A', 'no base64'],
    [named(2, publicKey), 'another algorithm'],
    [named(1, publicKey.slice(1)), 'a key too short'],
    [named(1, new Uint8Array([...publicKey, 0])), 'a key too long'],
  ])('%#: %s is none: %s', (other) => expect(parseKey(hashBytes, other)).toBeNull());
});

it('base64 has one spelling', () => {
  expect(fromBase64(toBase64(new Uint8Array([0, 255, 7])))).toEqual(new Uint8Array([0, 255, 7]));
  for (const text of ['AA', 'AB==', 'A A=', 'é']) expect(fromBase64(text)).toBeNull();
});
