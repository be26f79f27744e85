// Closing an account: what stands in the way is said, everything that names its owner or lets anybody in is gone from every table, the
// books add up, and the receipt is signed only when vault and card processor have forgotten. Over the real API; vault and Stripe are
// the labelled doubles.
import { parseErasureReceipt } from '@sonrisa/ledger/erasure-receipt.ts';
import { makeId } from '@sonrisa/protocol/ids.ts';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { startStripeDouble } from '../testing/stripe-double.ts';
import { activate, enrol, freshKey, recognised, sealedPin, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';
import { isGenuineReceipt } from './erased-receipt.fixture.ts';

let server: TestServer;
let stripe: Awaited<ReturnType<typeof startStripeDouble>>;
let till: string;
let operator: string;
beforeAll(async () => {
  stripe = await startStripeDouble({ nowMs: () => server.clock.ms });
  server = await startTestServer({ name: 'close_account', environment: { SONRISA_STRIPE_SECRET_KEY: 'sk_test_made_up', SONRISA_STRIPE_URL: stripe.url.href } });
  till = (await activate(server)).token;
  operator = (await server.ask('GET', '/api/sandbox/keys')).body.operatorToken;
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
  await stripe.stop();
});

type Owner = Awaited<ReturnType<typeof newOwner>>;
let lastPhone = 13_700_000_000;
async function newOwner(topUpMinor?: string) {
  const phone = `+86${++lastPhone}`;
  // Nobody else's, and found nowhere by chance.
  const name = `林晓${String.fromCodePoint(0x5000 + (lastPhone % 1_000))}`;
  return { ...(await enrol(server, { phone, name, pin: '294615', face: phone, ...(topUpMinor === undefined ? {} : { topUpMinor }) })), phone, name };
}
const newReceiptId = () => makeId('erasure', randomBytes(16));
const proofOf = async ({ payerId }: Owner, pin = '294615') => ({ pin: await sealedPin(server, { pin, subjectId: payerId }) });
async function close(owner: Owner, { pin, receiptId = newReceiptId() }: { pin?: string; receiptId?: string } = {}) {
  const json = { receiptId, proof: await proofOf(owner, pin) };
  return server.ask('POST', '/api/phone/me/close', { token: owner.session, json });
}
const post = (owner: Owner, path: string, json?: unknown) => server.ask('POST', `/api/phone${path}`, { token: owner.session, key: freshKey(), ...(json === undefined ? {} : { json }) });
const blocksOf = async (owner: Owner): Promise<string[]> => (await server.ask('GET', '/api/phone/me/closing', { token: owner.session })).body.blocks;
async function paid(owner: Owner, amountMinor = '1200') {
  const { paymentId } = await recognised(server, { token: till, amountMinor, face: owner.phone });
  const answer = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
  return { paymentId, answer };
}
async function withdrawAll(owner: Owner) {
  await server.ask('PUT', '/api/phone/bank-account', { token: owner.session, key: freshKey(), json: { holder: owner.name, number: '6222021234567890', bic: null, currency: 'CNY' } });
  const { body: me } = await server.ask('GET', '/api/phone/me', { token: owner.session });
  expect((await post(owner, '/withdrawals', { amount: me.balance })).status).toBe(201);
}

/** Tables with a row that has this text in any column. */
async function tablesNaming(text: string): Promise<string[]> {
  const { rows: tables } = await server.pool.query<{ name: string }>("SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1");
  const naming: string[] = [];
  for (const { name } of tables) {
    const { rowCount } = await server.pool.query(`SELECT FROM "${name}" t WHERE strpos(t::text, $1) > 0 LIMIT 1`, [text]);
    if ((rowCount ?? 0) > 0) naming.push(name);
  }
  return naming;
}

describe('what stands in the way', () => {
  it('is money that is left; a withdrawal takes it out of the way', async () => {
    const owner = await newOwner('50000');
    expect(await blocksOf(owner)).toEqual(['closing_money_left']);
    expect(await close(owner)).toMatchObject({ status: 409, body: { code: 'closing_money_left', facts: { amountMinor: '50000' } } });
    await withdrawAll(owner);
    expect(await blocksOf(owner)).toEqual([]);
    expect((await close(owner)).status).toBe(200);
  });

  it('is a wrong PIN, and a receipt id that somebody has', async () => {
    const owner = await newOwner();
    expect(await close(owner, { pin: '111222' })).toMatchObject({ status: 422, body: { code: 'pin_wrong' } });
    const { body: mine } = await close(await newOwner());
    expect(await close(owner, { receiptId: mine.id })).toMatchObject({ status: 400, body: { code: 'input_invalid' } });
    expect((await server.ask('GET', '/api/phone/me', { token: owner.session })).status).toBe(200);
  });

  it('is a recovery, which may be somebody else\'s', async () => {
    const owner = await newOwner();
    const [now, later] = [new Date(server.clock.ms), new Date(server.clock.ms + 3_600_000)];
    await server.pool.query(
      "INSERT INTO recovery (id, payer_id, kind, state, proofs, asked_at, effective_at, expires_at, guarded_until) VALUES ($1, $2, 'pin', 'cooling', '{}', $3, $4, $4, $4)",
      [makeId('recovery', randomBytes(16)), owner.payerId, now, later],
    );
    expect(await blocksOf(owner)).toEqual(['recovery_guards']);
    expect((await close(owner)).body.code).toBe('recovery_guards');
    server.clock.ms += 3_600_001;
    expect((await close(owner)).status).toBe(200);
  });

  it('is a payment on its way, a first payment, a case, a top-up without an answer', async () => {
    const shown = await newOwner('2000');
    await recognised(server, { token: till, amountMinor: '1200', face: shown.phone });
    expect(await blocksOf(shown)).toEqual(['closing_payment_open', 'closing_money_left']);

    const first = await newOwner('1200');
    const { paymentId } = await paid(first);
    await server.pool.query('UPDATE limit_use SET undo_until = $2 WHERE payment_id = $1', [paymentId, new Date(server.clock.ms + 3_600_000)]);
    expect(await blocksOf(first)).toEqual(['closing_first_payment']);
    // Taking it back was cut off before the money moved: it can still be tapped again.
    await server.pool.query('UPDATE limit_use SET undone_at = $2 WHERE payment_id = $1', [paymentId, new Date(server.clock.ms)]);
    expect(await blocksOf(first)).toEqual(['closing_first_payment']);

    const robbed = await newOwner('1200');
    await post(robbed, `/me/payments/${(await paid(robbed)).paymentId}/not-me`);
    await withdrawAll(robbed);
    expect(await blocksOf(robbed)).toEqual(['closing_case_open']);

    const waits = await newOwner();
    expect((await post(waits, '/top-ups', { amount: { amountMinor: '1017', currency: 'CNY' }, source: 'test_bank' })).body.code).toBe('payment_source_unknown');
    expect(await blocksOf(waits)).toEqual(['closing_top_up_open']);
    for (const [owner, code] of [[shown, 'closing_payment_open'], [first, 'closing_first_payment'], [robbed, 'closing_case_open'], [waits, 'closing_top_up_open']] as const) {
      expect((await close(owner)).body.code).toBe(code);
    }
  });
});

describe('a closed account', () => {
  it('names nobody in any table, lets nobody in, and keeps its postings', async () => {
    const owner = await newOwner('1200');
    await paid(owner);
    await withEverything(owner);
    await server.pool.query("INSERT INTO payer (id, name, guardian_id, born_on, child_closed_at) VALUES ($1, '丘丘丘', $2, '2018-03-04', now())", [makeId('payer', randomBytes(16)), owner.payerId]);
    const waiting = await recognised(server, { token: till, amountMinor: '900', face: owner.phone });
    const asked = await server.ask('POST', `/api/terminal/payments/${waiting.paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, waiting.paymentId) } });
    expect(asked.body.state).toBe('awaiting_phone');
    // The control: looked for in this way, they are found.
    expect(await tablesNaming(owner.phone)).toEqual(['enrolment', 'payer', 'recovery', 'sms_outbox']);
    expect([await tablesNaming('丘丘丘'), await tablesNaming('2018-03-04')]).toEqual([['payer'], ['payer']]);
    expect(await tablesNaming(owner.name)).toEqual(expect.arrayContaining(['bank_account', 'enrolment', 'identity_attestation', 'payer']));

    const closed = await close(owner);
    expect(closed.status).toBe(200);
    const note: string = closed.body.receipt;
    expect(parseErasureReceipt(note)).toMatchObject({ payerId: owner.payerId, reason: 'closed', templatesErased: 1, id: closed.body.id });
    expect([isGenuineReceipt(server.keysDir, note), isGenuineReceipt(server.keysDir, note.replace('erased account', 'erased face'))]).toEqual([true, false]);
    expect(await tablesNaming(owner.phone)).toEqual([]);
    for (const gone of [owner.name, '丘丘丘', '2018-03-04']) expect(await tablesNaming(gone)).toEqual([]);
    const left = await tablesNaming(owner.payerId);
    for (const gone of ['session', 'passkey', 'payment_code', 'push_subscription', 'own_limit', 'bank_account', 'payer_card', 'face_look', 'recovery', 'account_event', 'identity_attestation']) expect(left).not.toContain(gone);
    expect(left).toEqual(expect.arrayContaining(['account', 'payer', 'payment', 'hold', 'consent_record', 'erasure']));
    expect((await server.ask('GET', `/api/terminal/payments/${waiting.paymentId}`, { token: till })).body.state).toBe('declined');
    expect((await server.ask('GET', '/api/phone/me', { token: owner.session })).status).toBe(401);
    expect(server.vault.forgotten).toContain(owner.payerId);
    expect(stripe.state.forgotten).toContain(`cus_${owner.payerId}`);
    expect((await recognised(server, { token: till, amountMinor: '900', face: owner.phone })).result.body.outcome).toBe('not_recognised');
  });

  it('is closed once under one key, and its receipt can be had without a session; nobody else has it', async () => {
    const owner = await newOwner();
    const json = { receiptId: newReceiptId(), proof: await proofOf(owner) };
    const key = freshKey();
    const ask = () => server.ask('POST', '/api/phone/me/close', { token: owner.session, key, json });
    const first = await ask();
    expect((await ask()).text).toBe(first.text);
    expect((await server.ask('GET', `/api/phone/closings/${json.receiptId}`)).body).toEqual(first.body);
    expect((await server.ask('GET', `/api/phone/closings/${newReceiptId()}`)).status).toBe(404);
  });

  it('leaves its number free for a new account, which has nothing of the old one', async () => {
    const owner = await newOwner();
    await close(owner);
    const again = await enrol(server, { phone: owner.phone, name: owner.name, pin: '835172', face: `${owner.phone} again` });
    expect(again.payerId).not.toBe(owner.payerId);
    expect((await server.ask('GET', '/api/phone/me/export', { token: again.session })).body).toMatchObject({ account: { payerId: again.payerId, phone: owner.phone }, payments: [], face: { erasures: [] } });
  });

  it('is off at once while the vault or the card processor do not answer, and signed when both have forgotten', async () => {
    const owner = await newOwner();
    await post(owner, '/cards', { paymentMethod: 'pm_card_visa' });
    const json = { receiptId: newReceiptId(), proof: await proofOf(owner) };
    server.vault.up = false;
    expect(await server.ask('POST', '/api/phone/me/close', { token: owner.session, json })).toMatchObject({ status: 200, body: { id: json.receiptId, receipt: null } });
    expect((await server.ask('GET', '/api/phone/me', { token: owner.session })).status).toBe(401);
    const receipt = async (): Promise<string | null> => (await server.ask('GET', `/api/phone/closings/${json.receiptId}`)).body.receipt;
    server.vault.up = true;
    stripe.state.cardsAreDown = true;
    await server.runRound('deleted faces')?.catch(() => undefined);
    expect(await receipt()).toBeNull();
    stripe.state.cardsAreDown = false;
    await server.runRound('deleted faces');
    expect(isGenuineReceipt(server.keysDir, (await receipt()) ?? '')).toBe(true);
  });

  it('gets what a shop refunds later, under its number', async () => {
    const owner = await newOwner('1200');
    const { paymentId } = await paid(owner);
    expect((await close(owner)).status).toBe(200);
    const { merchantKey } = (await server.ask('GET', '/api/sandbox/keys')).body;
    expect((await server.ask('POST', `/api/merchant/payments/${paymentId}/refunds`, { token: merchantKey, key: freshKey(), json: { reason: 'stale bread' } })).status).toBe(201);
    const { rows } = await server.pool.query("SELECT balance_minor::text FROM account WHERE class = 'payer_wallet' AND owner_id = $1", [owner.payerId]);
    expect(rows).toEqual([{ balance_minor: '1200' }]);
    expect((await server.ask('GET', '/api/operator/trial-balance', { token: operator })).body.isCoherent ?? true).toBe(true);
  });
});

/** Something in every table that is the owner's. */
async function withEverything(owner: Owner) {
  await server.ask('PUT', '/api/phone/bank-account', { token: owner.session, key: freshKey(), json: { holder: owner.name, number: '6222021234567890', bic: null, currency: 'CNY' } });
  await post(owner, '/cards', { paymentMethod: 'pm_card_visa' });
  await post(owner, '/me/payment-code');
  await post(owner, '/me/push', { endpoint: `https://fcm.googleapis.com/fcm/send/${owner.payerId}`, keys: { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) } });
  await server.ask('PUT', '/api/phone/me/limits/month', { token: owner.session, json: { maxMinor: '8000000' } });
  await server.ask('PUT', '/api/phone/me/ask-phone-from', { token: owner.session, json: { amountMinor: '0' } });
  await server.pool.query(
    `WITH asked AS (INSERT INTO recovery (id, payer_id, kind, state, proofs, old_phone_e164, session_hash, asked_at, effective_at, expires_at)
     SELECT $1, $1, 'pin', 'cooling', '{sms}', $2, token_hash, now(), now(), now() + interval '30 years' FROM session WHERE payer_id = $1 LIMIT 1 RETURNING id)
     INSERT INTO account_event (payer_id, kind, recovery_id, at) SELECT $1, 'pin_cooling', id, now() FROM asked`, [owner.payerId, owner.phone]);
  await server.pool.query("INSERT INTO identity_attestation (payer_id, name, born_on, source, document, set_by, at) VALUES ($1, $2, '1990-05-17', 'staff', 'passport', 'a test', now())", [owner.payerId, owner.name]);
  await server.pool.query("INSERT INTO passkey (id, payer_id, name, public_key, counter, transports, created_at) VALUES ($1, $1, 'phone', '\\x00', 0, '{}', now())", [owner.payerId]);
}
