import { describe, expect, it } from 'vitest';
import { isSignedBy, keyHashOf } from './checkpoint.ts';
import { type ErasureReceipt, erasureReceiptBody, isOwnOrigin, parseErasureReceipt } from './erasure-receipt.ts';
import { createVerifySignature, hashBytes, newSigner } from './testing/made-up-log.ts';

const signer = newSigner('sonrisa-audit/test');
const receipt: ErasureReceipt = {
  origin: 'sonrisa-audit/test', id: 'era_7', payerId: 'pyr_ana', reason: 'owner', atMs: Date.UTC(2026, 10, 29, 1, 2, 3, 4), templatesErased: 3,
  remains: ['ledger entries, for ten years', 'backups until 2026-12-29'],
};
const noteOf = (changes: Partial<ErasureReceipt> = {}) => signer.noteOf(erasureReceiptBody({ ...receipt, ...changes }));
const tools = { hash: hashBytes, key: signer.key, verify: createVerifySignature() };

it('is a signed note: whose, what, why, when, how much, what remains, then who signed', () => {
  const body = erasureReceiptBody(receipt);
  const note = noteOf();
  expect(body).toBe(
    'sonrisa-erasure-receipt-v1\norigin sonrisa-audit/test\nreceipt era_7\npayer pyr_ana\nerased face\nreason owner\ntime 2026-11-29T01:02:03.004Z\ntemplates 3\n'
    + 'remains ledger entries, for ten years\nremains backups until 2026-12-29\n',
  );
  expect(note.startsWith(`${body}\n— sonrisa-audit/test `)).toBe(true);
  const parsed = parseErasureReceipt(note)!;
  const { signature, ...rest } = parsed;
  expect(rest).toEqual({ ...receipt, body, keyName: 'sonrisa-audit/test', keyHash: keyHashOf(hashBytes, signer.key) });
  expect(signature).toHaveLength(64);
  expect(isSignedBy(parsed, tools)).toBe(true);
});

it.each<[ErasureReceipt['reason'], string]>([
  ['owner', 'face'],
  ['unused', 'face'],
  ['review', 'face'],
  ['closed', 'account'],
])('for the reason %s it is the %s that went, and nothing else is read', (reason, erased) => {
  const other = erased === 'face' ? 'account' : 'face';
  expect(erasureReceiptBody({ ...receipt, reason })).toContain(`\nerased ${erased}\nreason ${reason}\n`);
  expect(parseErasureReceipt(noteOf({ reason }))).toMatchObject({ reason });
  expect(parseErasureReceipt(noteOf({ reason }).replace(`erased ${erased}`, `erased ${other}`))).toBeNull();
});

it.each<[string, Partial<ErasureReceipt>]>([
  ['no template was left', { templatesErased: 0 }],
  ['as many templates as nine digits say', { templatesErased: 123_456_789 }],
  ['nothing remains', { remains: [] }],
  ['one thing remains', { remains: ['x'] }],
  ['names of one letter', { id: 'e', payerId: 'p', origin: 'o' }],
])('comes back as it was: %s', (_what, changes) => expect(parseErasureReceipt(noteOf(changes))).toMatchObject({ ...receipt, ...changes }));

it('changed in any letter it is no receipt of this key any more', () => {
  const letters = [...noteOf()];
  letters.forEach((letter, at) => {
    const others = ['A', '\n'].filter((other) => other !== letter);
    for (const text of ['', ...others].map((other) => [...letters.slice(0, at), other, ...letters.slice(at + 1)].join(''))) {
      const changed = parseErasureReceipt(text);
      expect(changed !== null && isSignedBy(changed, tools)).toBe(false);
    }
  });
});

describe('text that is no receipt', () => {
  it.each<[string, changed: (text: string) => string]>([
    ['nothing', () => ''],
    ['more behind it', (text) => `${text}x`],
    ['more before it', (text) => `more\n${text}`],
    ['another form', (text) => text.replace('-v1\n', '-v2\n')],
    ['another reason', (text) => text.replace('reason owner', 'reason whim')],
    ['more templates than nine digits say', () => noteOf({ templatesErased: 1_234_567_890 })],
    ['a number spelled otherwise', (text) => text.replace('templates 3', 'templates 03')],
    ['a time spelled otherwise', (text) => text.replace('.004Z', 'Z')],
    ['a time that never was', (text) => text.replace('2026-11-29', '2026-99-29')],
    ['a payer of two words', () => noteOf({ payerId: 'ana maria' })],
    ['a sentence of nothing', () => noteOf({ remains: [''] })],
    ['a signature too short', (text) => text.replace(/[A-Za-z0-9+/]{7}=\n$/, '\n')],
    ['a signature too long', (text) => text.replace(/([A-Za-z0-9+/]{8}=*\n)$/, 'AAAA$1')],
    ['a signature spelled otherwise', (text) => text.replace(/=*\n$/, '=====\n')],
  ])('%s', (_what, changed) => expect(parseErasureReceipt(changed(noteOf()))).toBeNull());
});

it('speaks for the key of its origin, and for no other', () => {
  expect(isOwnOrigin(receipt, signer.key)).toBe(true);
  expect(isOwnOrigin({ ...receipt, origin: 'sonrisa-audit/else' }, signer.key)).toBe(false);
});
