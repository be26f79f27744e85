// Enrolled, recognised, forgotten: what the gallery holds is only ever a cache of the database.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeJwt, importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import { receiptLifetimeMs, verifyReceipt } from '@sonrisa/protocol/receipt.ts';
import { verificationBudget } from './verify.ts';
import type { Confirmed } from './confirm.ts';
import { pendingKeptMs } from './enrol.ts';
import { lookKeptMs, lookLifetimeMs } from './looks.ts';
import { vaultPaths } from '@sonrisa/protocol/vault-api.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { createHeldEngine, encodeFrame, personFrame, resembling, vectorOf } from './testing/fake-engine.ts';
import type { FakeFrame } from './testing/fake-engine.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault, withDatabase } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

const framesOf = (frame: FakeFrame, count = 4) => Array.from({ length: count }, () => encodeFrame(frame));
const ana = framesOf(personFrame(1));
const ben = framesOf(personFrame(2));

let keys: ReturnType<typeof temporaryKeys>;
let database: TestDatabase;
let vault: TestVault;
let subjects = 0;
const freshPayment = (at: TestVault = vault) => at.payment(`pay_${(subjects += 1)}`);
const pay = async (frames: typeof ana, at: TestVault = vault) => (await at.take(freshPayment(at), frames)).body;
const isAnybodyIn = ({ shards }: TestVault) =>
  shards.some(({ memory, layout }) => new Uint8Array(memory.buffer, layout.chunksStart).some((byte) => byte !== 0));
const claims = (body: Record<string, unknown>) => decodeJwt(body.receipt as string);

beforeEach(async () => {
  keys = temporaryKeys();
  database = await createVaultDatabase('faces');
  vault = await startTestVault({ url: database.url, keysDir: keys.dir });
});
afterEach(async () => {
  await vault.stop();
  await database.drop();
  keys.remove();
});

describe('a child by guardian', () => {
  const child = (payerRef: string, unlike?: string) => ({ ...vault.enrolment(payerRef), ...(unlike === undefined ? {} : { unlike }) });
  beforeEach(() => vault.enrol(vault.enrolment('pyr_ana'), ana));

  test('is not the guardian: their own face is refused before anything is kept; another one is enrolled', async () => {
    expect(await vault.take(child('pyr_child', 'pyr_ana'), framesOf(resembling(1, 0.999)))).toMatchObject({ status: 422, body: { code: 'face_of_guardian' } });
    expect((await vault.activate('pyr_child', 1)).body).toEqual({ activated: false });
    expect(await vault.enrol(child('pyr_child', 'pyr_ana'), ben)).toMatchObject({ status: 200, body: { outcome: 'enrolled' } });
    expect(claims(await pay(ben))).toMatchObject({ payerRef: 'pyr_child' });
    // Control: where nobody is named the same face goes in.
    expect(await vault.enrol(child('pyr_other'), ana)).toMatchObject({ status: 200, body: { outcome: 'enrolled' } });
  });

  test('who is alike is named to the server, of either face', async () => {
    await vault.enrol(child('pyr_child'), ben);
    await vault.enrol(child('pyr_again'), ben);
    const alike = async (payerRef: string) => (await vault.call({ method: 'GET', url: vaultPaths.lookAlikes(payerRef) })).body;
    const as = (payerRef: string) => ({ alikes: [{ payerRef, score: expect.closeTo(1, 2), scoreMin: expect.any(Number) }] });
    expect([await alike('pyr_child'), await alike('pyr_again'), await alike('pyr_ana')]).toEqual([as('pyr_again'), as('pyr_child'), { alikes: [] }]);
  });
});

describe('recognising', () => {
  beforeEach(async () => {
    expect(await vault.enrol(vault.enrolment('pyr_ana', { lastFour: '4321' }), ana)).toEqual({
      status: 200,
      body: { outcome: 'enrolled', faceEpoch: 1, framesUsed: 4 },
    });
    await vault.enrol(vault.enrolment('pyr_ben', { lastFour: '9999' }), ben);
  });

  test('the receipt says who, for what, and on what grounds', async () => {
    const body = await pay(ana);
    expect(body).toMatchObject({ outcome: 'identified', rung: 'face' });
    expect(claims(body)).toMatchObject({
      iss: 'sonrisa-vault',
      purpose: 'payment',
      amountMinor: '1250',
      currency: 'CNY',
      merchantId: 'mer_1',
      storeId: 'sto_1',
      signerThumbprint: vault.terminal.thumbprint,
      payerRef: 'pyr_ana',
      faceEpoch: 1,
      rung: 'face',
      candidateCount: 2,
      budget: 1e-3,
      liveness: 'simulated',
      packId: 'fake-1',
      curveId: 'decades-1',
      scene: { faceCount: 1, secondFaceRatio: 0, faceLuma: 120, padScore: null },
    });
  });

  test('the receipt holds under the published key, for two minutes, and with no letter changed', async () => {
    const receipt = (await pay(ana)).receipt as string;
    const publicKey = (await importJWK(vault.keys.exported.receipts.jwk, 'EdDSA')) as CryptoKey;
    const check = (text: string, afterMs: number) => verifyReceipt(text, { publicKey, nowMs: vault.time.nowMs + afterMs });
    expect(await check(receipt, receiptLifetimeMs - 1000)).toMatchObject({ ok: true, claims: { payerRef: 'pyr_ana' } });
    expect(await check(receipt, receiptLifetimeMs)).toEqual({ ok: false, code: 'receipt_expired' });
    expect(await check(receipt.replace('.', '.A'), 0)).toEqual({ ok: false, code: 'receipt_invalid' });
  });

  test('a stranger is not recognised, and neither is a likeness too weak for any rung', async () => {
    expect(await pay(framesOf(personFrame(9)))).toEqual({ outcome: 'not_recognised' });
    expect(await pay(framesOf(resembling(1, 0.85)))).toEqual({ outcome: 'not_recognised' });
  });

  test('one to one: the claimed person is verified, another is not', async () => {
    const verified = await vault.take(vault.verification('pyr_ana'), ana);
    expect(claims(verified.body)).toMatchObject({ purpose: 'verification', payerRef: 'pyr_ana', candidateCount: 1, budget: verificationBudget });
    expect((await vault.take(vault.verification('pyr_ben'), ana)).body).toEqual({ outcome: 'not_verified' });
    expect((await vault.take(vault.verification('pyr_nobody'), ana)).body).toEqual({ outcome: 'not_verified' });
  });

  test('the default budget carries no face alone with this little data: it asks for digits instead', async () => {
    const strict = await startTestVault({ url: database.url, keysDir: keys.dir, budget: 1e-6 });
    expect(await pay(ana, strict)).toMatchObject({ outcome: 'needs_digits' });
    await strict.stop();
  });

  test('production refuses to mint a payment while every terminal is a sandbox terminal', async () => {
    const production = await startTestVault({ url: database.url, keysDir: keys.dir, mode: 'production' });
    expect(await production.mint(freshPayment(production))).toMatchObject({ status: 403, body: { code: 'production_refuses_sandbox' } });
    await production.stop();
  });
});

describe('bursts that are refused', () => {
  test.each([
    [{ problem: 'no_face' }, 422, 'face_none'],
    [{ problem: 'several_faces' }, 422, 'face_several'],
    [{ problem: 'too_small' }, 422, 'face_too_small'],
    [{ problem: 'too_dark' }, 422, 'face_too_dark'],
    [{ problem: 'too_bright' }, 422, 'face_too_bright'],
    [{ problem: 'too_blurred' }, 422, 'face_blurred'],
    [{ problem: 'turned_away' }, 422, 'face_turned'],
    [{ problem: 'off_frame' }, 422, 'face_off_frame'],
    [{ refusal: 'image_broken' }, 422, 'image_broken'],
    [{ refusal: 'image_animated' }, 422, 'image_animated'],
    [{ refusal: 'image_format_refused' }, 415, 'image_format_refused'],
  ] as const)('%o', async (frame, status, code) => {
    const frames = [...framesOf(frame, 3), encodeFrame(personFrame(1))];
    expect(await vault.take(freshPayment(), frames)).toMatchObject({ status, body: { code } });
    expect(await vault.take(vault.enrolment('pyr_x'), frames)).toMatchObject({ status, body: { code } });
  });

  test('two people taking turns in one burst', async () => {
    const frames = [1, 2, 1, 2].map((person) => encodeFrame(personFrame(person)));
    expect((await vault.take(vault.enrolment('pyr_x'), frames)).body).toMatchObject({ code: 'face_not_one_person' });
    expect((await vault.take(freshPayment(), frames)).body).toMatchObject({ code: 'face_not_one_person' });
  });

  test('enrolment wants three good frames, a look at a till one of one or two of more', async () => {
    expect((await vault.take(vault.enrolment('pyr_x'), ana.slice(0, 2))).status).toBe(422);
    expect((await vault.enrol(vault.enrolment('pyr_x'), ana.slice(0, 3))).status).toBe(200);
    expect((await vault.take(freshPayment(), ana.slice(0, 1))).body.outcome).toBe('identified');
  });
});

describe('look-alikes', () => {
  test('get the same answer at enrolment, are both marked, and are never charged on the face alone', async () => {
    const first = await vault.enrol(vault.enrolment('pyr_ana', { lastFour: '1111' }), ana);
    expect(await pay(ana)).toMatchObject({ rung: 'face' });
    const second = await vault.enrol(vault.enrolment('pyr_twin', { lastFour: '2222' }), framesOf(resembling(1, 0.97)));
    expect(second).toEqual(first);
    expect((await vault.stats()).body).toMatchObject({ faces: 2, templates: 2, lookAlikes: 2 });
    const look = await vault.look(freshPayment(), ana);
    expect((await look.submit()).body).toMatchObject({ outcome: 'needs_digits' });
    expect(claims((await vault.digits(look.nonce, '1111')).body)).toMatchObject({ payerRef: 'pyr_ana' });
  });

  test('enrolling at the same moment are found as well', async () => {
    const looks = await Promise.all([1, 2, 3, 4].map((n) => vault.look(vault.enrolment(`pyr_${n}`), ana)));
    expect((await Promise.all(looks.map((look) => look.submit()))).map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    await Promise.all([1, 2, 3, 4].map((n) => vault.activate(`pyr_${n}`, 1)));
    expect((await vault.stats()).body).toMatchObject({ faces: 4, lookAlikes: 4 });
  });

  test('a second capture of the same payer replaces the first and is no look-alike', async () => {
    await vault.enrol(vault.enrolment('pyr_ana'), ana);
    await vault.enrol(vault.enrolment('pyr_ana'), framesOf(resembling(1, 0.97)));
    expect((await vault.stats()).body).toMatchObject({ faces: 1, templates: 1, lookAlikes: 0 });
  });
});

describe('a face whose account is not open yet', () => {
  test('is found by no search, counted nowhere and verified for nobody, here and after a restart', async () => {
    expect((await vault.take(vault.enrolment('pyr_ana', { lastFour: '1111' }), ana)).body).toMatchObject({ outcome: 'enrolled' });
    const again = await startTestVault({ url: database.url, keysDir: keys.dir });
    for (const each of [vault, again]) {
      expect(await pay(ana, each)).toEqual({ outcome: 'not_recognised' });
      expect(each.gallery.peopleCount).toBe(0);
      expect((await each.stats()).body).toMatchObject({ faces: 0, templates: 0 });
    }
    expect((await vault.take(vault.verification('pyr_ana'), ana)).body).toEqual({ outcome: 'not_verified' });
    expect((await vault.activate('pyr_ana', 1)).body).toEqual({ activated: true });
    for (const each of [vault, again]) expect(claims(await pay(ana, each))).toMatchObject({ payerRef: 'pyr_ana', candidateCount: 1 });
    expect((await vault.take(vault.verification('pyr_ana', 'ver_later'), ana)).body).toMatchObject({ outcome: 'verified' });
    await again.stop();
  });

  test('stands in the way of nobody: left half-way, then enrolled again under the same number', async () => {
    await vault.take(vault.enrolment('pyr_left', { lastFour: '1111' }), ana);
    await vault.enrol(vault.enrolment('pyr_ana', { lastFour: '1111' }), ana);
    expect((await vault.stats()).body).toMatchObject({ faces: 1, lookAlikes: 0 });
    const paid = await pay(ana);
    expect(paid).toMatchObject({ outcome: 'identified', rung: 'face' });
    expect(claims(paid)).toMatchObject({ payerRef: 'pyr_ana', candidateCount: 1 });
    const look = await vault.look(freshPayment(), framesOf(resembling(1, 0.935)));
    await look.submit();
    expect(claims((await vault.digits(look.nonce, '1111')).body)).toMatchObject({ payerRef: 'pyr_ana' });
  });

  test('is activated once or twice with one answer, and never once it is forgotten or of another epoch', async () => {
    await vault.take(vault.enrolment('pyr_ana'), ana);
    expect((await vault.activate('pyr_ana', 2)).body).toEqual({ activated: false });
    const answers = await Promise.all([vault.activate('pyr_ana', 1), vault.activate('pyr_ana', 1)]);
    expect(answers.map(({ body }) => body)).toEqual([{ activated: true }, { activated: true }]);
    await vault.take(vault.enrolment('pyr_ben'), ben);
    expect((await vault.forget('pyr_ben', 1)).body).toMatchObject({ templatesErased: 1 });
    for (const gone of ['pyr_ben', 'pyr_nobody']) expect((await vault.activate(gone, 1)).body).toEqual({ activated: false });
    expect((await vault.stats()).body).toMatchObject({ faces: 1 });
  });

  test('is erased when it stayed so for two hours; an active one is not', async () => {
    await vault.take(vault.enrolment('pyr_left'), ana);
    await vault.enrol(vault.enrolment('pyr_ben'), ben);
    const kept = async () => (await vault.db.rows<{ payer_ref: string }>('SELECT payer_ref FROM face JOIN face_template USING (payer_ref) ORDER BY 1')).map((row) => row.payer_ref);
    vault.time.nowMs += pendingKeptMs;
    await vault.enroller.sweep();
    expect(await kept()).toEqual(['pyr_ben', 'pyr_left']);
    vault.time.nowMs += 1;
    await vault.enroller.sweep();
    expect(await kept()).toEqual(['pyr_ben']);
    expect((await vault.activate('pyr_left', 1)).body).toEqual({ activated: false });
  });
});

describe('forgetting', () => {
  test('at once, in the database and in memory, and nothing older brings it back', async () => {
    await vault.enrol(vault.enrolment('pyr_ana'), ana);
    const lateLook = await vault.look(vault.enrolment('pyr_ana', { subjectId: 'enr_late' }), ana);
    expect(isAnybodyIn(vault)).toBe(true);
    expect((await vault.forget('pyr_ana', 2)).body).toEqual({ forgotten: true, templatesErased: 1 });
    expect(isAnybodyIn(vault)).toBe(false);
    expect(await pay(ana)).toEqual({ outcome: 'not_recognised' });
    expect((await lateLook.submit()).body).toMatchObject({ code: 'nonce_unknown' });
    expect(await vault.take(vault.enrolment('pyr_ana', { faceEpoch: 1, subjectId: 'enr_old' }), ana)).toMatchObject({ status: 409, body: { code: 'face_paused' } });
    expect((await vault.enrol(vault.enrolment('pyr_ana', { faceEpoch: 2 }), ana)).body).toMatchObject({ outcome: 'enrolled', faceEpoch: 2 });
    expect(claims(await pay(ana))).toMatchObject({ payerRef: 'pyr_ana', faceEpoch: 2 });
  });

  test('in the middle of an enrolment: nothing is enrolled; without the forgetting, the control, it is', async () => {
    for (const [payerRef, forgotten] of [['pyr_gone', true], ['pyr_stays', false]] as const) {
      const engine = createHeldEngine();
      const slow = await startTestVault({ url: database.url, keysDir: keys.dir, engine });
      const answer = slow.take(slow.enrolment(payerRef), ana);
      await engine.reached;
      if (forgotten) await vault.forget(payerRef, 1);
      engine.release();
      expect((await answer).body).toMatchObject(forgotten ? { code: 'face_paused' } : { outcome: 'enrolled' });
      expect((await slow.activate(payerRef, 1)).body).toEqual({ activated: !forgotten });
      await slow.stop();
    }
    expect((await vault.stats()).body).toMatchObject({ faces: 1, templates: 1 });
  });

  test('somebody unknown, or twice, is no error', async () => {
    expect((await vault.forget('pyr_nobody', 1)).body).toEqual({ forgotten: true, templatesErased: 0 });
    expect((await vault.forget('pyr_nobody', 1)).body).toEqual({ forgotten: true, templatesErased: 0 });
  });

  describe('while a memory elsewhere still holds the face', () => {
    const stale = { wrapGallery: (gallery: TestVault['gallery']) => ({ ...gallery, catchUp: async () => undefined, peopleCount: 2 }) };
    let other: TestVault;
    const otherWith = async (more: { confirm?: (probe: Float32Array, refs: readonly string[]) => Promise<Confirmed[]> }) => {
      await vault.enrol(vault.enrolment('pyr_ana'), ana);
      other = await startTestVault({ url: database.url, keysDir: keys.dir, ...stale, ...more });
      expect(claims(await pay(ana, other))).toMatchObject({ payerRef: 'pyr_ana' });
      await vault.forget('pyr_ana', 2);
    };
    afterEach(() => other.stop());

    test('the database row decides: not recognised', async () => {
      await otherWith({});
      expect(await other.gallery.search(vectorOf({ 1: 1 }), 1)).toHaveLength(1);
      expect(await pay(ana, other)).toEqual({ outcome: 'not_recognised' });
    });

    test('control: without that confirmation the erased face would have paid', async () => {
      await otherWith({ confirm: async (_probe, refs) => refs.map((payerRef) => ({ payerRef, epoch: 1, score: 1, lookAlike: false })) });
      expect(await pay(ana, other)).toMatchObject({ outcome: 'identified' });
    });
  });
});

describe('several processes and restarts', () => {
  test('a face enrolled here is recognised there, and after a restart', async () => {
    const other = await startTestVault({ url: database.url, keysDir: keys.dir });
    await vault.enrol(vault.enrolment('pyr_ana'), ana);
    expect(claims(await pay(ana, other))).toMatchObject({ payerRef: 'pyr_ana' });
    await other.stop();
    const again = await startTestVault({ url: database.url, keysDir: keys.dir });
    expect(again.gallery.peopleCount).toBe(1);
    expect(claims(await pay(ana, again))).toMatchObject({ payerRef: 'pyr_ana' });
    await again.stop();
  });

  test('two processes enrol and forget twenty people at once, and end up with the same gallery', async () => {
    const other = await startTestVault({ url: database.url, keysDir: keys.dir });
    const people = Array.from({ length: 20 }, (_, n) => n);
    const at = (n: number) => (n % 2 === 0 ? vault : other);
    const enrolled = await Promise.all(people.map((n) => at(n).enrol(at(n).enrolment(`pyr_${n}`), framesOf(personFrame(n)))));
    expect(enrolled.map((answer) => answer.status)).toEqual(people.map(() => 200));
    await Promise.all(people.slice(10).map((n) => at(n + 1).forget(`pyr_${n}`, 2)));
    for (const gallery of [vault.gallery, other.gallery]) {
      await gallery.catchUp();
      const best = await Promise.all(people.map((n) => gallery.search(vectorOf({ [n]: 1 }), 1)));
      expect(people.filter((n) => (best[n]?.[0]?.score ?? 0) > 0.99)).toEqual(people.slice(0, 10));
    }
    await other.stop();
  });

  test('twins that enrol at two processes at the same moment are marked all the same', async () => {
    const other = await startTestVault({ url: database.url, keysDir: keys.dir });
    const pairs = Array.from({ length: 10 }, (_, n) => n);
    for (const n of pairs) {
      const [one, two] = await Promise.all([
        vault.look(vault.enrolment(`pyr_${n}_a`), framesOf(personFrame(n))),
        other.look(other.enrolment(`pyr_${n}_b`), framesOf(personFrame(n))),
      ]);
      await Promise.all([one.submit(), two.submit()]);
      await Promise.all([vault.activate(`pyr_${n}_a`, 1), other.activate(`pyr_${n}_b`, 1)]);
    }
    expect((await vault.stats()).body).toMatchObject({ faces: 20, lookAlikes: 20 });
    await other.stop();
  });

  test('other keys than the database was made with are refused at the start', async () => {
    const foreign = temporaryKeys();
    await expect(startTestVault({ url: database.url, keysDir: foreign.dir })).rejects.toThrow(/keys folder belongs to another database/);
    foreign.remove();
  });

  test('a damaged record leaves out that face only', async () => {
    await vault.enrol(vault.enrolment('pyr_ana'), ana);
    await vault.enrol(vault.enrolment('pyr_ben'), ben);
    await vault.db.rows("UPDATE face_template SET ciphertext = set_byte(ciphertext, 20, get_byte(ciphertext, 20) # 1) WHERE payer_ref = 'pyr_ana'");
    expect(await pay(ana)).toEqual({ outcome: 'not_recognised' });
    expect(claims(await pay(ben))).toMatchObject({ payerRef: 'pyr_ben' });
  });
});

describe('what is kept', () => {
  const marked: FakeFrame = { mix: { 3: 0.5772, 5: 0.3141, 7: 0.2718, 11: 0.1618 } };
  const readAll = (url: string) =>
    withDatabase(url, async (db) => {
      const tables = await db.rows<{ name: string }>("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'");
      const bytes = await Promise.all(tables.map(({ name }) => db.rows<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)));
      return bytes.flat().map(({ row }) => row).join('\n');
    });
  const hexOf = (vector: Float32Array) => Buffer.from(vector.buffer, 12, 12).toString('hex');

  test('no table holds the numbers of a template or the digits, and the log no frame; a planted row is found', async () => {
    const lines: string[] = [];
    const logged = await startTestVault({ url: database.url, keysDir: keys.dir, logTo: { write: (line) => void lines.push(line) } });
    await logged.enrol(logged.enrolment('pyr_marked', { lastFour: '7301' }), framesOf(marked));
    await logged.take(freshPayment(logged), framesOf(marked));
    await logged.stop();
    const needle = hexOf(vectorOf(marked.mix ?? {}));
    const kept = await readAll(database.url);
    expect(kept).toContain('pyr_marked');
    expect(kept).not.toContain(needle);
    // By itself, or as bytes: four digits in a row turn up in any ciphertext now and then.
    const digits = /(?<![0-9a-z])7301(?![0-9a-z])/i;
    expect(kept).not.toMatch(digits);
    expect(kept).not.toContain(Buffer.from('7301').toString('hex'));
    expect(lines.join('')).toContain('/v1/looks');
    expect(lines.join('')).not.toMatch(/0\.5772|mix/);
    expect(lines.join('')).not.toMatch(digits);
    await withDatabase(database.url, (db) => db.rows('CREATE TABLE planted AS SELECT $1::bytea AS leak', [Buffer.from(needle, 'hex')]));
    expect(await readAll(database.url)).toContain(needle);
    await withDatabase(database.url, (db) => db.rows("CREATE TABLE planted_digits AS SELECT '7301' AS leak"));
    expect(await readAll(database.url)).toMatch(digits);
  });
});

test('old looks are swept an hour after they expired, not before', async () => {
  const lookRows = () => vault.db.rows<{ n: number }>('SELECT count(*)::int AS n FROM look');
  await vault.look(freshPayment(), ana);
  await vault.looks.sweep();
  expect(await lookRows()).toEqual([{ n: 1 }]);
  vault.time.nowMs += lookLifetimeMs + lookKeptMs + 1;
  await vault.looks.sweep();
  expect(await lookRows()).toEqual([{ n: 0 }]);
});
