// `sonrisa audit verify` of an erasure receipt: genuine as signed, not with any line changed, nor under another key.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keyText, signedNote } from '@sonrisa/ledger/checkpoint.ts';
import { erasureReceiptBody } from '@sonrisa/ledger/erasure-receipt.ts';
import { runCommandLine } from '../program.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-receipt-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = { name: 'sonrisa-audit/test', publicKey: new Uint8Array(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')) };
  return { key, text: keyText(hash, key), sign: (body: string) => new Uint8Array(sign(null, Buffer.from(body), privateKey)) };
}
const own = newKey();
const body = erasureReceiptBody({ origin: own.key.name, id: 'era_1', payerId: 'pyr_1', reason: 'owner', atMs: 0, templatesErased: 1, remains: ['ledger entries'] });
const note = signedNote(hash, { body, key: own.key, signature: own.sign(body) });

async function verified(text: string, publicKey = own.text) {
  const file = join(folder, 'receipt.txt');
  writeFileSync(file, text);
  const printed: string[] = [];
  const code = await runCommandLine(['audit', 'verify', file, '--public-key', publicKey], (line) => void printed.push(line), (line) => void printed.push(line));
  return { code, printed };
}

test('as it was signed it is genuine, and says what remains', async () => {
  const { code, printed } = await verified(note);
  expect(code).toBe(0);
  expect(printed).toEqual(['The erasure receipt is genuine: era_1, the face of pyr_1, 1970-01-01T00:00:00.000Z, templates erased: 1.', '- remains: ledger entries']);
});

test.each([
  ['another payer', note.replace('pyr_1', 'pyr_2')],
  ['another time', note.replace('1970', '1971')],
  ['a sentence less', note.replace('remains ledger entries\n', '')],
  ['another origin', note.replace('origin sonrisa-audit/test', 'origin sonrisa-audit/other')],
  ['no signature', note.slice(0, note.indexOf('—'))],
])('with %s it is not', async (_what, text) => expect((await verified(text)).code).toBe(1));

test('of a closed account it says so, and one of a face is not taken for it', async () => {
  const closed = erasureReceiptBody({ origin: own.key.name, id: 'era_2', payerId: 'pyr_1', reason: 'closed', atMs: 0, templatesErased: 0, remains: [] });
  const signed = signedNote(hash, { body: closed, key: own.key, signature: own.sign(closed) });
  expect(await verified(signed)).toEqual({ code: 0, printed: ['The erasure receipt is genuine: era_2, the account of pyr_1, 1970-01-01T00:00:00.000Z, templates erased: 0.'] });
  for (const changed of [signed.replace('erased account', 'erased face'), note.replace('erased face', 'erased account').replace('reason owner', 'reason closed')]) expect((await verified(changed)).code).toBe(1);
});

test('of a review it is genuine, and with another reason it is not', async () => {
  const review = erasureReceiptBody({ origin: own.key.name, id: 'era_3', payerId: 'pyr_1', reason: 'review', atMs: 0, templatesErased: 1, remains: [] });
  const signed = signedNote(hash, { body: review, key: own.key, signature: own.sign(review) });
  expect(await verified(signed)).toMatchObject({ code: 0 });
  for (const reason of ['owner', 'unused', 'whim']) expect((await verified(signed.replace('reason review', `reason ${reason}`))).code).toBe(1);
});

test('under the key of another installation it is not', async () => expect((await verified(note, newKey().text)).code).toBe(1));
