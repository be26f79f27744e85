// Every bad capture through the public API, against a real server and vault: a code of the catalogue, a fitting status, a
// sentence that says what to do, and nothing changed. Each has a twin that differs in that one thing and is accepted.
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateKeyPair, exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packBurst } from '@sonrisa/protocol/burst.ts';
import { publicJwkSchema } from '@sonrisa/protocol/capture.ts';
import type { AssociatedData, PublicJwk } from '@sonrisa/protocol/capture.ts';
import { createRequestSigner } from '@sonrisa/protocol/request-signature.ts';
import type { ProblemCode } from '@sonrisa/protocol/problem.ts';
import { sealCapture } from '@sonrisa/protocol/seal.ts';
import type { CaptureSigner } from '@sonrisa/protocol/burst.ts';
import type { ApiAnswer } from '../apps/cli/src/demo/api.ts';
import { createDeviceKey } from '../apps/cli/src/demo/device-key.ts';
import type { DeviceKey } from '../apps/cli/src/demo/device-key.ts';
import { enrolShopper } from '../apps/cli/src/demo/stage.ts';
import type { Shopper } from '../apps/cli/src/demo/stage.ts';
import { activateTerminal } from '../apps/cli/src/demo/terminal-client.ts';
import { repositoryRoot } from '../apps/cli/src/repository.ts';
import { animatedWebp, giant, heavy, noFace, pdf, tenFaces, tiny, truncated } from './harness/bad-frames.ts';
import type { Bytes } from './harness/bad-frames.ts';
import { assertBooksCoherent } from './harness/books.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { expectRefusal, fingerprint } from './harness/refusal.ts';

let running: TestInstance;
let shopper: Shopper;
let stranger: DeviceKey;

beforeAll(async () => {
  running = await startTestInstance({ people: 2, logLevel: 'warn' });
  shopper = await enrolShopper(running.stage, 0);
  stranger = await createDeviceKey();
});
afterAll(async () => {
  try {
    if (running) await assertBooksCoherent(running);
  } finally {
    await running?.stop();
  }
});

/** What a capture is made of; a bad one changes one of these. */
type Parts = {
  frames: Bytes[];
  paymentId: string;
  associatedData: AssociatedData;
  signer: CaptureSigner;
  vaultKey: PublicJwk;
};

async function freshParts(): Promise<Parts> {
  const { terminal } = running.stage;
  const payment = await terminal.createPayment({ amountMinor: '1100' });
  const ticket = await terminal.openLook(payment.id);
  return {
    frames: await shopper.person.burst({ kind: 'till', seed: 5, count: ticket.framesWanted }),
    paymentId: payment.id,
    associatedData: { nonce: ticket.nonce, purpose: 'payment', subjectId: payment.id, signerThumbprint: terminal.device.thumbprint },
    signer: terminal.device.signer,
    vaultKey: terminal.profile.vaultKey.jwk,
  };
}

async function seal(parts: Parts): Promise<Bytes> {
  const { frames, associatedData, signer, vaultKey } = parts;
  const nowMs = Date.now();
  const burst = await packBurst({ associatedData, frames: frames.map((bytes, index) => ({ bytes, atMs: index * 150 })), capturedAtMs: nowMs, promptedAtMs: nowMs, signer });
  return sealCapture({ burst, associatedData, vaultKey });
}

function put(input: { paymentId: string; nonce: string; sealed: Bytes; contentType?: string }): Promise<ApiAnswer> {
  const { terminal } = running.stage;
  const path = `/api/terminal/payments/${input.paymentId}/looks/${input.nonce}/capture`;
  return terminal.api.raw({ method: 'PUT', path, token: terminal.token, bytes: input.sealed, ...(input.contentType ? { contentType: input.contentType } : {}) });
}

/** Says how large the body will be and sends none of it: an answer must come without reading it. */
async function announce(input: { paymentId: string; nonce: string; bytes: number }): Promise<ApiAnswer> {
  const { terminal } = running.stage;
  const path = `/api/terminal/payments/${input.paymentId}/looks/${input.nonce}/capture`;
  const url = new URL(path, running.instance.url);
  const known = { authorization: `Bearer ${terminal.token}`, 'content-type': 'application/octet-stream' };
  const signature = await createRequestSigner({ signer: terminal.device.signer, nowMs: Date.now }).sign({ method: 'PUT', target: path, headers: known, body: new Uint8Array(1) });
  const headers = { ...known, ...signature, 'content-length': input.bytes };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PUT', headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      resolve({ status: answer.statusCode ?? 0, headers: new Headers(answer.headers as Record<string, string>), body: JSON.parse(Buffer.concat(chunks).toString()) });
      sent.destroy();
    });
    sent.on('error', reject);
    sent.flushHeaders();
  });
}

async function expectRefusedAndHarmless(parts: Parts, sealed: Bytes, code: ProblemCode): Promise<void> {
  const before = await fingerprint(running);
  expectRefusal(await put({ paymentId: parts.paymentId, nonce: parts.associatedData.nonce, sealed }), code);
  expect(await fingerprint(running)).toEqual(before);
  const payment = await running.stage.terminal.payment(parts.paymentId);
  expect(payment.payer).toBeNull();
  expect(payment.paid).toBeNull();
  await running.stage.terminal.cancel(parts.paymentId);
}

test('the twin: an untampered capture is accepted', async () => {
  const parts = await freshParts();
  const answer = await put({ paymentId: parts.paymentId, nonce: parts.associatedData.nonce, sealed: await seal(parts) });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ outcome: 'identified' });
});

describe('frames', () => {
  const cases: { what: string; code: ProblemCode; spoil: (frame: Bytes) => Bytes | Promise<Bytes>; all?: boolean }[] = [
    { what: 'a truncated JPEG', code: 'image_broken', spoil: truncated },
    { what: 'a PDF sent as a picture', code: 'image_format_refused', spoil: pdf },
    { what: 'an animated WebP', code: 'image_animated', spoil: animatedWebp },
    { what: 'giant dimensions', code: 'image_too_many_pixels', spoil: giant },
    { what: 'a picture too small to show a face', code: 'image_too_small', spoil: tiny },
    { what: 'no face', code: 'face_none', spoil: noFace, all: true },
    { what: 'ten faces', code: 'face_several', spoil: tenFaces, all: true },
  ];
  test.each(cases)('$what: $code', async ({ code, spoil, all }) => {
    const parts = await freshParts();
    const first = parts.frames[0];
    if (!first) throw new Error('no frame');
    const spoiled = await spoil(first);
    const frames = all ? parts.frames.map(() => spoiled) : [spoiled, ...parts.frames.slice(1)];
    await expectRefusedAndHarmless(parts, await seal({ ...parts, frames }), code);
  });

  test('a frame of too many bytes', async () => {
    const parts = await freshParts();
    const frames = parts.frames.map((frame, index) => (index === 0 ? heavy(frame) : frame));
    // The manifest states each frame's size, so this one is refused before any picture is looked at.
    await expectRefusedAndHarmless(parts, await seal({ ...parts, frames }), 'capture_malformed');
  });

  test('a body larger than any capture', async () => {
    const parts = await freshParts();
    const before = await fingerprint(running);
    expectRefusal(await announce({ paymentId: parts.paymentId, nonce: parts.associatedData.nonce, bytes: 8 * 1024 * 1024 + 1 }), 'body_too_large');
    expect(await fingerprint(running)).toEqual(before);
  });

  test('another content type', async () => {
    const parts = await freshParts();
    const before = await fingerprint(running);
    const sealed = await seal(parts);
    expectRefusal(await put({ paymentId: parts.paymentId, nonce: parts.associatedData.nonce, sealed, contentType: 'image/jpeg' }), 'media_type_unsupported');
    expect(await fingerprint(running)).toEqual(before);
  });
});

describe('sealing and binding', () => {
  const cases: { what: string; code: ProblemCode; spoil: (parts: Parts) => Promise<Parts> | Parts }[] = [
    { what: 'sealed for another vault', code: 'capture_sealed_for_another', spoil: async (parts) => ({ ...parts, vaultKey: await foreignKey() }) },
    { what: 'sealed for another nonce', code: 'capture_binding_mismatch', spoil: (parts) => bound(parts, { nonce: 'A'.repeat(43) }) },
    { what: 'sealed for another payment', code: 'capture_binding_mismatch', spoil: (parts) => bound(parts, { subjectId: `pay_${'0'.repeat(32)}` }) },
    { what: 'sealed for another purpose', code: 'capture_binding_mismatch', spoil: (parts) => bound(parts, { purpose: 'enrolment' }) },
    { what: 'made by another terminal', code: 'capture_binding_mismatch', spoil: (parts) => ({ ...bound(parts, { signerThumbprint: stranger.thumbprint }), signer: stranger.signer }) },
    { what: 'signed with another key under this terminal\'s name', code: 'capture_signature_invalid', spoil: (parts) => ({ ...parts, signer: { ...parts.signer, sign: stranger.signer.sign } }) },
  ];
  test.each(cases)('$what: $code', async ({ code, spoil }) => {
    const parts = await freshParts();
    await expectRefusedAndHarmless(parts, await seal(await spoil(parts)), code);
  });

  test('sent under a nonce that is none', async () => {
    const parts = await freshParts();
    const before = await fingerprint(running);
    expectRefusal(await put({ paymentId: parts.paymentId, nonce: 'B'.repeat(43), sealed: await seal(parts) }), 'nonce_unknown');
    expect(await fingerprint(running)).toEqual(before);
  });

  test('sent for another payment of the same terminal', async () => {
    const parts = await freshParts();
    const other = await freshParts();
    const before = await fingerprint(running);
    expectRefusal(await put({ paymentId: other.paymentId, nonce: parts.associatedData.nonce, sealed: await seal(parts) }), 'capture_binding_mismatch');
    expect(await fingerprint(running)).toEqual(before);
  });

  test('replayed', async () => {
    const parts = await freshParts();
    const sealed = await seal(parts);
    const group = await running.stage.people.group(parts.frames.length);
    // Spent on a picture of two people: the payment stays open, the nonce does not.
    expectRefusal(await put({ paymentId: parts.paymentId, nonce: parts.associatedData.nonce, sealed: await seal({ ...parts, frames: group }) }), 'face_several');
    await expectRefusedAndHarmless(parts, sealed, 'nonce_used');
  });

  test('from another terminal of the same shop', async () => {
    const { instance } = running;
    const parts = await freshParts();
    const other = await activateTerminal({ url: instance.url, activationCode: instance.activationCode ?? '' });
    const before = await fingerprint(running);
    const path = `/api/terminal/payments/${parts.paymentId}/looks/${parts.associatedData.nonce}/capture`;
    expectRefusal(await other.api.raw({ method: 'PUT', path, token: other.token, bytes: await seal(parts) }), 'payment_not_found');
    expect(await fingerprint(running)).toEqual(before);
  });
});

describe('one byte altered', () => {
  const malformed: ProblemCode = 'capture_malformed';
  const unopened: ProblemCode = 'capture_sealed_for_another';
  const regions: { where: string; code: ProblemCode; at: (sealed: Bytes) => number }[] = [
    { where: 'the magic', code: malformed, at: () => 0 },
    { where: 'the header of the JWE', code: unopened, at: () => 6 + 10 },
    { where: 'the sealed key', code: unopened, at: (sealed) => 6 + jweLength(sealed) - 60 },
    { where: 'the tag of the JWE', code: unopened, at: (sealed) => 6 + jweLength(sealed) - 10 },
    { where: 'the IV', code: unopened, at: (sealed) => 6 + jweLength(sealed) + 3 },
    { where: 'the manifest', code: unopened, at: (sealed) => 6 + jweLength(sealed) + 12 + 40 },
    { where: 'a frame', code: unopened, at: (sealed) => sealed.length >> 1 },
    { where: 'the tag of the body', code: unopened, at: (sealed) => sealed.length - 1 },
  ];
  test.each(regions)('in $where: $code', async ({ code, at }) => {
    const parts = await freshParts();
    const sealed = await seal(parts);
    const index = at(sealed);
    sealed[index] = (sealed[index] ?? 0) ^ 1;
    await expectRefusedAndHarmless(parts, sealed, code);
  });

  test.each([0, 3, 6, 100, 2_000, 20_000])('cut after %i bytes', async (length) => {
    const { terminal } = running.stage;
    const parts = await freshParts();
    const before = await fingerprint(running);
    expectRefusal(await put({ paymentId: parts.paymentId, nonce: parts.associatedData.nonce, sealed: (await seal(parts)).slice(0, length) }), length < 2_000 ? malformed : unopened);
    expect(await fingerprint(running)).toEqual(before);
    // The payment is not spoilt: a new look counts.
    const { outcome } = await terminal.look(parts.paymentId, (count) => shopper.person.burst({ kind: 'till', seed: 5, count }));
    expect(outcome).toBe('identified');
  });
});

// Last in this file, because it ends every face of the instance.
describe('template keys, by the command while everything runs', () => {
  const sonrisa = (...words: string[]) => promisify(execFile)(process.execPath, [join(repositoryRoot(), 'dist', 'cli.mjs'), 'vault', ...words, '--data', running.instance.dataDir]);
  const outcome = async () => {
    const { terminal } = running.stage;
    const payment = await terminal.createPayment({ amountMinor: '1100' });
    return (await terminal.look(payment.id, (count) => shopper.person.burst({ kind: 'till', seed: 5, count }))).outcome;
  };
  const newestKey = () => readdirSync(join(running.instance.dataDir, 'keys', 'vault')).filter((name) => name.startsWith('templates-')).sort().at(-1);

  test('rekey: says how far it is, and people are found under the new keys', async () => {
    expect([await outcome(), newestKey()]).toEqual(['identified', 'templates-1.key']);
    const { stdout } = await sonrisa('rekey');
    expect(stdout).toMatch(/ %  of \d+ templates under key 2\n[^]*All \d+ templates are under key 2\. /);
    expect([await outcome(), newestKey()]).toEqual(['identified', 'templates-2.key']);
  });

  test('destroy-templates: not without the word, then no key is left and nobody is found', async () => {
    await expect(sonrisa('destroy-templates')).rejects.toThrow(/Add --yes-all if you mean it/);
    expect(await outcome()).toBe('identified');
    expect((await sonrisa('destroy-templates', '--yes-all')).stdout).toMatch(/^Destroyed: \d+ templates of \d+ people, and template keys .*2/);
    expect([await outcome(), newestKey()]).toEqual(['not_recognised', undefined]);
  });
});

const jweLength = (sealed: Bytes): number => ((sealed[4] ?? 0) << 8) | (sealed[5] ?? 0);

const bound = (parts: Parts, change: Partial<AssociatedData>): Parts => ({ ...parts, associatedData: { ...parts.associatedData, ...change } });

async function foreignKey(): Promise<PublicJwk> {
  const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256' });
  return publicJwkSchema.parse(await exportJWK(publicKey));
}
