// Two accounts with one face: what an officer sees, what each finding does, what the owner is told, and the receipt.
import { randomBytes } from 'node:crypto';
import { parseErasureReceipt } from '@sonrisa/ledger/erasure-receipt.ts';
import { makeId } from '@sonrisa/protocol/ids.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { enrol, freshKey, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let operatorToken: string;
let pairs = 0;
let older: Awaited<ReturnType<typeof enrol>>;
let newer: Awaited<ReturnType<typeof enrol>>;
beforeAll(async () => {
  server = await startTestServer({ name: 'face_reviews' });
  operatorToken = (await server.ask('GET', '/api/sandbox/keys')).body.operatorToken;
});
afterAll(() => server.stop());
const phoneOf = (which: 'older' | 'newer', pair = pairs) => `+8613900050${which === 'older' ? 1 : 2}${String(pair).padStart(2, '0')}`;
beforeEach(async () => {
  pairs += 1;
  server.clock.ms += 24 * 60 * 60_000;
  server.vault.alike.push([`one${pairs}`, `two${pairs}`]);
  older = await enrol(server, { phone: phoneOf('older'), name: 'Ana', pin: '294615', face: `one${pairs}` });
  newer = await enrol(server, { phone: phoneOf('newer'), name: 'Ana B', pin: '294615', face: `two${pairs}` });
});

const list = async (state = 'open') => (await server.ask('GET', `/api/operator/face-reviews?state=${state}`, { token: operatorToken })).body;
const reviewOf = async () => (await list()).reviews.find(({ newer: { payerId } }: { newer: { payerId: string } }) => payerId === newer.payerId);
const close = (id: string, json: object) => server.ask('POST', `/api/operator/face-reviews/${id}/close`, { token: operatorToken, key: freshKey(), json: { note: 'looked at both documents', ...json } });
const notices = async (phone: string) => (await server.pool.query<{ body: string }>(`SELECT body FROM sms_outbox WHERE to_e164 = $1 AND purpose = 'notice' ORDER BY created_at`, [phone])).rows.map(({ body }) => body);
const attest = (payerId: string, name: string, bornOn: string) =>
  server.pool.query(`INSERT INTO identity_attestation (payer_id, name, born_on, source, document, set_by, at) VALUES ($1, $2, $3, 'staff', 'passport', 'a test', now())`, [payerId, name, bornOn]);
const faceOf = async (session: string) => (await server.ask('GET', '/api/phone/me/face', { token: session })).body;

it('shows figures, dates and what is equal, and nothing that names anybody', async () => {
  const before = await reviewOf();
  expect(before).toMatchObject({ score: 0.97, scoreMin: 0.93, names: 'unknown', birthDates: 'unknown', sameGuardian: false, state: 'open', newer: { phoneMasked: `+86 •••• ${phoneOf('newer').slice(-4)}`, enrolledBy: 'own_phone', faceState: 'on', payments: 0 } });
  await attest(older.payerId, 'Ana Bo', '1990-05-17');
  expect(await reviewOf()).toMatchObject({ names: 'unknown', birthDates: 'unknown' });
  await attest(newer.payerId, 'ANA  BO', '1991-05-17');
  expect(await reviewOf()).toMatchObject({ names: 'equal', birthDates: 'different' });
  const { text } = await server.ask('GET', '/api/operator/face-reviews', { token: operatorToken });
  for (const secret of ['Ana', 'ANA', '1990-', '1991-', phoneOf('newer'), phoneOf('older')]) expect(text).not.toContain(secret);
});

it.each(['newer', 'older'] as const)('the same person: the %s face goes, its owner is told the way back, and the receipt says why', async (party) => {
  const { id } = await reviewOf();
  const open = (await list()).open;
  const [gone, stays] = party === 'newer' ? [newer, older] : [older, newer];
  expect((await close(id, { finding: 'same', party })).body).toMatchObject({ state: 'closed', finding: 'same', party, note: 'looked at both documents', closedBy: 'token', [party]: { faceState: 'off' } });
  expect((await list()).open).toBe(open - 1);
  expect((await faceOf(stays.session)).state).toBe('on');
  const [erasure] = (await faceOf(gone.session)).erasures;
  expect(erasure.reason).toBe('review');
  expect(parseErasureReceipt(erasure.receipt)).toMatchObject({ payerId: gone.payerId, reason: 'review', templatesErased: 1 });
  expect(await notices(phoneOf(party))).toEqual([expect.stringMatching(/^【Sonrisa】.*删除.*重新同意并拍照。$/)]);
  expect(await notices(phoneOf(party === 'newer' ? 'older' : 'newer'))).toEqual([]);
  expect((await close(id, { finding: 'same', party })).body.code).toBe('review_closed');
  expect(await notices(phoneOf(party))).toHaveLength(1);
});

it('different people: nothing is erased and nobody is told', async () => {
  const { id } = await reviewOf();
  expect((await close(id, { finding: 'different' })).body).toMatchObject({ finding: 'different', party: null });
  expect([(await faceOf(newer.session)).state, (await faceOf(older.session)).state]).toEqual(['on', 'on']);
  expect([...(await notices(phoneOf('newer'))), ...(await notices(phoneOf('older')))]).toEqual([]);
});

it('different people: the vault hears of it, once', async () => {
  const { id } = await reviewOf();
  expect((await close(id, { finding: 'different' })).status).toBe(200);
  expect(server.vault.toldApart.filter((pair) => pair.includes(newer.payerId))).toEqual([[newer.payerId, older.payerId]]);
  await server.runRound('faces told apart');
  expect(server.vault.toldApart.filter((pair) => pair.includes(newer.payerId))).toHaveLength(1);
});

it('a vault that is away when two people are told apart hears of it when it is back, and of a pair that was found again since it does not', async () => {
  const { id } = await reviewOf();
  server.vault.up = false;
  expect((await close(id, { finding: 'different' })).body).toMatchObject({ state: 'closed', finding: 'different' });
  expect(server.vault.toldApart.some((pair) => pair.includes(newer.payerId))).toBe(false);
  server.vault.up = true;
  const round = () => server.runRound('faces told apart');
  await server.pool.query(`INSERT INTO face_review (id, payer_id, other_id, found_at) VALUES ($1, $2, $3, $4)`, [makeId('faceReview', randomBytes(16)), older.payerId, newer.payerId, new Date(server.clock.ms + 1)]);
  await round();
  expect(server.vault.toldApart.some((pair) => pair.includes(newer.payerId))).toBe(false);
  await server.pool.query('DELETE FROM face_review WHERE payer_id = $1', [older.payerId]);
  await server.pool.query('UPDATE face_review SET vault_told_at = NULL WHERE id = $1', [id]);
  await round();
  expect(server.vault.toldApart.filter((pair) => pair.includes(newer.payerId))).toEqual([[newer.payerId, older.payerId]]);
});

it('a new look: its owner is asked for one and nothing is erased', async () => {
  const { id } = await reviewOf();
  expect((await close(id, { finding: 'new_look', party: 'older' })).body).toMatchObject({ finding: 'new_look', party: 'older', older: { faceState: 'on' } });
  expect(await notices(phoneOf('older'))).toEqual([expect.stringContaining('重新拍一次')]);
  expect(await notices(phoneOf('newer'))).toEqual([]);
});

it('a finding that needs a party is refused without one, and one that needs none with one', async () => {
  const { id } = await reviewOf();
  for (const json of [{ finding: 'same' }, { finding: 'new_look' }, { finding: 'different', party: 'newer' }, { finding: 'same', party: 'both' }]) expect((await close(id, json)).body.code).toBe('input_invalid');
});

it('of two officers who each name a face, one is erased', async () => {
  const { id } = await reviewOf();
  const answers = await Promise.all([close(id, { finding: 'same', party: 'newer' }), close(id, { finding: 'same', party: 'older' })]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect([(await faceOf(newer.session)).state, (await faceOf(older.session)).state].sort()).toEqual(['off', 'on']);
});

it('a vault that is away leaves the review open, and the next try tells the owner once', async () => {
  const { id } = await reviewOf();
  server.vault.up = false;
  expect((await close(id, { finding: 'same', party: 'newer' })).body.code).toBe('vault_unavailable');
  expect(await reviewOf()).toMatchObject({ state: 'open', party: 'newer' });
  // One face of the two is erased, not both.
  expect((await close(id, { finding: 'same', party: 'older' })).body.code).toBe('review_closed');
  expect((await close(id, { finding: 'different' })).body.code).toBe('review_closed');
  server.vault.up = true;
  expect((await close(id, { finding: 'same', party: 'newer' })).body).toMatchObject({ state: 'closed' });
  expect(await notices(phoneOf('newer'))).toHaveLength(1);
});
