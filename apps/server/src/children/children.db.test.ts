// A guardian and their children over the real API, books and database: added, funded, capped, paid for at a till, confirmed on the
// guardian's phone, paused, erased, closed; and everybody who tries what is not theirs. Vault: the labelled double of ../testing.
import { guardianSubject } from '@sonrisa/protocol/children-api.ts';
import { ownerChallenge } from '@sonrisa/protocol/owner-proof.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { enrol, freshKey, newSigner, sealedPin, shownNonce, startTestServer, type TestServer } from '../testing/test-server.ts';
import { type Adult, codeOf, familiesAt, openTillAt, pin, root } from './families.fixture.ts';

let server: TestServer;
let till: string;
let operatorToken: string;
/** Of the tests that need no adult of their own. */
let parent: Adult;
beforeAll(async () => {
  ({ server, till } = await openTillAt('children'));
  operatorToken = (await server.ask('GET', '/api/sandbox/keys')).body.operatorToken;
  parent = await newAdult('parent', '1000000');
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
});
beforeEach(() => void (server.vault.rung = 'face'));

const { newAdult, of, newChildBody, add, look, give, newChild, atTill, walletOf, exportOf, exportedChild } = familiesAt(() => ({ server, till }));

describe('a guardian’s export', () => {
  it('holds what is kept about their children as their own, also on paper, and nothing of anybody else’s', async () => {
    const [guardian, stranger] = [await newAdult('exporting'), await newAdult('stranger')];
    const childId = await newChild(guardian, 'exported');
    const { paymentId, press } = await atTill('exported', '1200');
    expect((await press()).body).toMatchObject({ state: 'captured' });
    await of(guardian, 'PUT', `/${childId}/limits/day`, { json: { maxMinor: '4000' } });
    const exported = await exportedChild(guardian, childId);
    expect(exported).toMatchObject({
      name: '小米', bornOn: '2016-05-04', state: 'on', balance: { amountMinor: '8800' },
      data: { payments: [{ id: paymentId, state: 'captured' }], face: { state: 'on', looks: [{ paymentId, result: 'paid' }], consents: [{ agreedToFace: true, text: { version: '2026-11-guardian' } }] }, cases: [] },
    });
    // The newest of each kind: those of the form, then the one that was lowered.
    expect(exported.data.limits.own.filter(({ kind }: { kind: string }) => kind === 'day').map(({ maxMinor }: { maxMinor: string }) => maxMinor)).toEqual(['6000', '4000']);
    expect((await of(guardian, 'POST', `/${childId}/payments/${paymentId}/not-me`)).status).toBe(201);
    expect((await exportedChild(guardian, childId)).data.cases).toMatchObject([{ paymentId, state: 'open' }]);
    expect((await of(guardian, 'DELETE', `/${childId}/face`)).status).toBe(200);
    expect((await exportedChild(guardian, childId)).data.face).toMatchObject({ state: 'off', erasures: [{ receipt: expect.stringContaining('sonrisa-erasure-receipt') }] });

    // The guardian's own part has nothing of the child's, and neither has anybody else's file.
    const own = await exportOf(guardian);
    expect([own.payments, own.face.looks, own.cases]).toEqual([[], [], []]);
    expect(JSON.stringify(await exportOf(stranger))).not.toContain(childId);
    const pdf = await server.app.inject({ method: 'GET', url: '/api/phone/me/export.pdf?locale=zh', headers: { authorization: `Bearer ${guardian.session}` } });
    expect([pdf.statusCode, pdf.rawPayload.subarray(0, 5).toString()]).toEqual([200, '%PDF-']);
  });

  it('has what they gave each child and what came back, and what each may spend now', async () => {
    const [guardian, other] = [await newAdult('giving'), await newAdult('giving-too')];
    const [one, two, strange] = [await newChild(guardian, 'taking-one'), await newChild(guardian, 'taking-two', { name: '小麦' }), await newChild(other, 'taking-three')];
    await give(guardian, one, '250');
    await of(guardian, 'PUT', `/${one}/limits/day`, { json: { maxMinor: '4000' } });
    expect(codeOf(await (await atTill('taking-one', '1200')).press())).toBe('ok');
    expect((await of(guardian, 'POST', `/${two}/close`)).body).toMatchObject({ state: 'closed' });
    const shown = (list: { childId: string; direction: string; amount: { amountMinor: string } }[]) => list.map(({ childId, direction, amount }) => `${childId} ${direction} ${amount.amountMinor}`);
    const own = await exportOf(guardian);
    const ofOne = [`${one} given 10000`, `${one} given 250`];
    expect(shown(own.allowances)).toEqual([ofOne[0], `${two} given 10000`, ofOne[1], `${two} back 10000`]);
    const [exportedOne, exportedTwo] = [await exportedChild(guardian, one), await exportedChild(guardian, two)];
    expect(shown(exportedOne.data.allowances)).toEqual(ofOne);
    expect(shown(exportedTwo.data.allowances)).toEqual([`${two} given 10000`, `${two} back 10000`]);
    expect(shown((await exportOf(other)).allowances)).toEqual([`${strange} given 10000`]);
    // Whoever set it: the day the guardian's, gambling nobody's to open, and travel was not ticked.
    expect(Object.fromEntries(exportedOne.data.limits.caps.map(({ kind, maxMinor, usedMinor }: { kind: string; maxMinor: string | null; usedMinor: string | null }) => [kind, [maxMinor, usedMinor]]))).toMatchObject({
      payment: ['3000', null], day: ['4000', '1200'], month: ['50000', '1200'], food: [null, '1200'], transport: ['0', '0'], gambling: ['0', '0'],
    });
    expect(own.limits.caps.find(({ kind }: { kind: string }) => kind === 'day')).toMatchObject({ usedMinor: '0' });
  });
});

describe('a child', () => {
  it('is added by its guardian, gets money, pays by face like anybody, and the guardian sees it', async () => {
    const guardian = await newAdult('fang');
    const added = await add(guardian);
    expect(added).toMatchObject({ status: 201, body: { state: 'no_face', ageYears: 10, ofAgeOn: '2034-05-04', balance: { amountMinor: '0' }, face: { consents: [{ agreedToFace: true, text: { version: '2026-11-guardian' } }] } } });
    const childId: string = added.body.id;
    expect((await look(guardian, childId, 'mi')).body).toMatchObject({ state: 'on', face: { state: 'on' } });
    expect((await give(guardian, childId, '10000')).body).toMatchObject({ balance: { amountMinor: '40000' }, childBalance: { amountMinor: '10000' } });
    const { paymentId, result, press } = await atTill('mi', '1200');
    expect(result.body.payment).toMatchObject({ next: 'confirm', payer: { maskedName: expect.any(String) } });
    expect((await press()).body).toMatchObject({ state: 'captured' });
    expect((await of(guardian, 'GET', `/${childId}`)).body).toMatchObject({ balance: { amountMinor: '8800' }, payments: [{ id: paymentId, state: 'captured', way: 'face' }], face: { looks: [{ paymentId, result: 'paid' }] } });
    const notices = (await server.ask('GET', '/api/phone/me/notices', { token: guardian.session })).body.notices;
    expect(notices).toMatchObject([{ paymentId, child: { id: childId, name: '小米' }, isNew: true }]);
    // The guardian's own payments are their own.
    expect((await server.ask('GET', '/api/phone/me', { token: guardian.session })).body.payments).toEqual([]);
  });

  it('pays no more, nowhere else, and not without money', async () => {
    const guardian = await newAdult('caps');
    const childId = await newChild(guardian, 'capped');
    expect(codeOf(await (await atTill('capped', '3001')).press())).toBe('limit_payment');
    expect(codeOf(await (await atTill('capped', '3000')).press())).toBe('ok');
    expect(codeOf(await (await atTill('capped', '3000')).press())).toBe('ok');
    expect(codeOf(await (await atTill('capped', '1')).press())).toBe('limit_day');
    const other = await newChild(guardian, 'poor', { name: '小麦' });
    await of(guardian, 'PUT', `/${other}/limits/food`, { json: { maxMinor: '0' } });
    expect(codeOf(await (await atTill('poor', '100')).press())).toBe('limit_category');
    // Control: at another child of the same guardian the same shop is open until the day is over.
    expect((await of(guardian, 'GET', `/${childId}`)).body.limits.find(({ kind }: { kind: string }) => kind === 'food')).toMatchObject({ maxMinor: null, usedMinor: '6000' });
    const broke = (await add(guardian, { name: '小豆' })).body.id;
    await look(guardian, broke, 'broke');
    expect(codeOf(await (await atTill('broke', '100')).press())).toBe('balance_insufficient');
  });

  it('is confirmed on the guardian’s phone where an adult types a PIN, never by a PIN of its own', async () => {
    const [guardian, stranger] = [await newAdult('asked'), parent];
    const childId = await newChild(guardian, 'asking');
    server.vault.rung = 'face_pin';
    const { paymentId, result, press } = await atTill('asking', '900');
    expect(result.body.payment).toMatchObject({ next: 'confirm' });
    expect((await press()).body).toMatchObject({ state: 'awaiting_phone', next: 'wait_phone', phone: { pinInstead: false } });
    const requests = async (who: Adult) => (await server.ask('GET', '/api/phone/me/requests', { token: who.session })).body.requests;
    const [request] = await requests(guardian);
    expect(request).toMatchObject({ paymentId, reason: 'guardian', child: { id: childId, name: '小米' } });
    expect(await requests(stranger)).toEqual([]);
    const approve = async (who: Adult, typed = pin) => server.ask('POST', `/api/phone/me/requests/${request.id}/approve`, { token: who.session, key: freshKey(), json: { pin: await sealedPin(server, { pin: typed, subjectId: paymentId }) } });
    expect(codeOf(await approve(stranger))).toBe('phone_request_not_found');
    expect(codeOf(await approve(guardian, '111222'))).toBe('pin_wrong');
    const atTheTill = await server.ask('POST', `/api/terminal/payments/${paymentId}/phone-pin`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId), pin: await sealedPin(server, { pin, subjectId: paymentId }) } });
    expect([codeOf(atTheTill), (await requests(guardian)).length]).toEqual([expect.not.stringMatching('ok'), 1]);
    expect((await approve(guardian)).body).toMatchObject({ state: 'captured' });
    expect((await of(guardian, 'GET', `/${childId}`)).body.balance.amountMinor).toBe('9100');
    expect(await walletOf(guardian.session)).toBe('40000');
    // Control: the guardian's own face at the same rung is asked for the PIN.
    expect((await atTill('asked', '900')).result.body.payment).toMatchObject({ next: 'confirm_with_pin' });
  });

  it('answers for digits with those of the guardian’s number', async () => {
    const guardian = parent;
    await newChild(guardian, 'digits');
    server.vault.rung = 'face_digits';
    const { paymentId } = await atTill('digits', '500');
    const type = (digits: string) => server.ask('POST', `/api/terminal/payments/${paymentId}/digits`, { token: till, json: { digits } });
    expect(codeOf(await type('0000'))).toBe('digits_wrong');
    expect((await type(guardian.digits)).body).toMatchObject({ outcome: 'identified' });
  });
});

describe('what is refused', () => {
  it('to add: without consent, of another text, by a wrong PIN, grown up, unborn, or an eleventh', async () => {
    const guardian = await newAdult('strict');
    const { version } = (await of(guardian, 'GET', '/consent?locale=zh')).body;
    const consent = { version, locale: 'zh', agreedToService: true, agreedToFace: true };
    expect(codeOf(await add(guardian, { consent: { ...consent, agreedToFace: false } }))).toBe('consent_required');
    expect(codeOf(await add(guardian, { consent: { ...consent, version: '2026-11' } }))).toBe('consent_version_old');
    expect(codeOf(await add(guardian, { proof: { pin: await sealedPin(server, { pin: '111222', subjectId: guardian.payerId }) } }))).toBe('pin_wrong');
    expect(codeOf(await add(guardian, { bornOn: '2008-11-23' }))).toBe('child_of_age');
    expect(codeOf(await add(guardian, { bornOn: '2026-11-24' }))).toBe('born_on_invalid');
    expect(codeOf(await add(guardian, { bornOn: '2016-02-30' }))).toBe('input_invalid');
    expect(codeOf(await add(guardian, { categories: ['gambling'] }))).toBe('input_invalid');
    for (let n = 0; n < 8; n += 1) expect(codeOf(await add(guardian))).toBe('ok');
    // The last ones at once: they share what is left of the ten.
    const bodies = await Promise.all(Array.from({ length: 4 }, () => newChildBody(guardian)));
    const codes = (await Promise.all(bodies.map((json) => of(guardian, 'POST', '', { json })))).map(codeOf);
    expect(codes.sort()).toEqual(['children_many', 'children_many', 'ok', 'ok']);
    const [{ id }] = (await of(guardian, 'GET', '')).body.children;
    await of(guardian, 'POST', `/${id}/close`);
    expect(codeOf(await add(guardian))).toBe('ok');
  });

  it('everything of somebody else’s child, as if there was none', async () => {
    const [guardian, stranger] = [await newAdult('mine'), parent];
    const childId = await newChild(guardian, 'theirs');
    const consent = (await newChildBody(stranger)).consent;
    const proof = { pin: await sealedPin(server, { pin, subjectId: stranger.payerId }) };
    const tries: [Parameters<typeof of>[1], string, object?][] = [
      ['GET', ''], ['POST', '/consent', { consent, proof }], ['POST', '/looks', { signer: await newSigner() }], ['POST', '/allowance', { amount: { amountMinor: '1', currency: 'CNY' } }],
      ['PUT', '/limits/day', { maxMinor: '1' }], ['DELETE', '/limits/day/raise'], ['POST', '/pause'], ['POST', '/resume'], ['DELETE', '/face'], ['POST', '/close'],
    ];
    for (const [method, path, json] of tries) expect([path, codeOf(await of(stranger, method, `/${childId}${path}`, json ? { json } : {}))]).toEqual([path, 'child_not_found']);
    expect((await of(guardian, 'GET', `/${childId}`)).body).toMatchObject({ state: 'on', balance: { amountMinor: '10000' } });
    // An adult is nobody's child.
    expect(codeOf(await of(guardian, 'GET', `/${stranger.payerId}`))).toBe('child_not_found');
  });

  it('a child that signs in, has a child, or a PIN: the database says so too', async () => {
    const guardian = parent;
    const childId = await newChild(guardian, 'leaf');
    const refused = (text: string, values: unknown[]) => server.pool.query(text, values).then(() => 'ok', (error: { constraint?: string }) => error.constraint);
    expect(await refused(`INSERT INTO session (token_hash, payer_id, expires_at) VALUES ('h', $1, now() + interval '1 day')`, [childId])).toBe('session_of_no_child');
    expect(await refused(`INSERT INTO payer (id, name, guardian_id, born_on) VALUES ('pyr_x', 'x', $1, '2020-01-01')`, [childId])).toBe('payer_guardian_is_adult');
    expect(await refused(`UPDATE payer SET pin_hash = 'x' WHERE id = $1`, [childId])).toBe('payer_child');
    expect(await refused(`UPDATE payer SET phone_e164 = '+8613000000000' WHERE id = $1`, [childId])).toBe('payer_child');
    expect(await refused(`UPDATE payer SET guardian_id = NULL, born_on = NULL WHERE id = $1`, [childId])).toBe('payer_guardian_stays');
    // Control: an adult's session goes in.
    expect(await refused(`INSERT INTO session (token_hash, payer_id, expires_at) VALUES ('h', $1, now() + interval '1 day')`, [guardian.payerId])).toBe('ok');
  });

  it('raising limits without the guardian’s proof, taking them away, and gambling', async () => {
    const guardian = parent;
    const childId = await newChild(guardian, 'limited');
    const set = (kind: string, json: object) => of(guardian, 'PUT', `/${childId}/limits/${kind}`, { json });
    expect(codeOf(await set('day', { maxMinor: '6001' }))).toBe('limit_needs_proof');
    expect(codeOf(await set('day', { maxMinor: null }))).toBe('child_limit_refused');
    expect(codeOf(await set('gambling', { maxMinor: '1' }))).toBe('child_limit_refused');
    const proof = { pin: await sealedPin(server, { pin, subjectId: guardian.payerId }) };
    const raised = await set('day', { maxMinor: '9000', proof });
    const day = raised.body.limits.find(({ kind }: { kind: string }) => kind === 'day');
    expect(day).toMatchObject({ maxMinor: '6000', raise: { maxMinor: '9000' } });
    expect(codeOf(await set('day', { maxMinor: '100' }))).toBe('ok');
  });

  it('the guardian’s own face for the child’s; of that nothing is kept', async () => {
    const guardian = parent;
    const childId = (await add(guardian)).body.id;
    expect(codeOf(await look(guardian, childId, 'parent'))).toBe('face_of_guardian');
    expect((await of(guardian, 'GET', `/${childId}`)).body).toMatchObject({ state: 'no_face' });
    expect(server.vault.faces.get('parent')).toMatchObject({ payerRef: guardian.payerId });
  });

  it('a passkey’s signature over anything but this child and this text', async () => {
    const one = { payerId: 'pyr_1', name: '小米', bornOn: '2016-05-04', textSha256: 'a', nonce: 'n' };
    const changed = [{ payerId: 'pyr_2' }, { name: '小麦' }, { bornOn: '2016-05-05' }, { textSha256: 'b' }, { nonce: 'm' }];
    const signed = [{}, ...changed].map((change) => ({ ...one, ...change }));
    const challenges = await Promise.all(signed.map((each) => ownerChallenge({ payerId: each.payerId, nonce: each.nonce, act: 'guardian_consent', subject: guardianSubject(each) })));
    expect(new Set(challenges).size).toBe(challenges.length);
  });
});

describe('where a guardian has to be attested', () => {
  it('nobody adds a child before, and whoever is of age does afterwards', async () => {
    const strict = await startTestServer({ name: 'attested_guardians', environment: { SONRISA_GUARDIAN_ATTESTED: 'required' } });
    const guardian = await enrol(strict, { phone: '+8613900060001', name: '王芳', pin, face: 'guardian' });
    const { version } = (await strict.ask('GET', `${root}/consent?locale=zh`, { token: guardian.session })).body;
    const addNow = async () => strict.ask('POST', root, { token: guardian.session, key: freshKey(), json: {
      name: '小米', bornOn: '2016-05-04', consent: { version, locale: 'zh', agreedToService: true, agreedToFace: true }, limits: { payment: '3000', day: '6000', month: '50000' }, categories: ['food'],
      proof: { pin: await sealedPin(strict, { pin, subjectId: guardian.payerId }) },
    } });
    const attest = (bornOn: string) => strict.pool.query(`INSERT INTO identity_attestation (payer_id, name, born_on, source, document, set_by, at) VALUES ($1, '王芳', $2, 'staff', 'passport', 'a test', now())`, [guardian.payerId, bornOn]);
    expect(codeOf(await addNow())).toBe('guardian_not_attested');
    await attest('2012-01-01');
    expect(codeOf(await addNow())).toBe('guardian_not_adult');
    await attest('1988-01-01');
    expect((await addNow()).status).toBe(201);
    await strict.stop();
  });
});

describe('two guardians and one child', () => {
  it('are a duplicate for review; meanwhile each payment asks the guardian, and nobody is told why', async () => {
    const [first, second] = [await newAdult('mother'), parent];
    const firstChild = await newChild(first, 'twin a');
    server.vault.alike.push(['twin a', 'twin b']);
    const added = (await add(second)).body.id;
    expect((await look(second, added, 'twin b')).body).toMatchObject({ state: 'on' });
    await give(second, added, '5000');
    const reviews = async () => (await server.ask('GET', '/api/operator/face-reviews', { token: operatorToken })).body.reviews;
    const [review] = await reviews();
    expect(review).toMatchObject({ newer: { payerId: added, guardianId: second.payerId, faceState: 'on' }, older: { payerId: firstChild, guardianId: first.payerId } });
    const { paymentId, press } = await atTill('twin b', '300');
    await server.ask('POST', `/api/terminal/payments/${paymentId}/digits`, { token: till, json: { digits: second.digits } });
    expect((await press()).body).toMatchObject({ state: 'awaiting_phone', next: 'wait_phone' });
    const close = () => server.ask('POST', `/api/operator/face-reviews/${review.id}/close`, { token: operatorToken, key: freshKey(), json: { finding: 'same', party: 'newer', note: 'one child, separated parents' } });
    expect((await close()).body).toMatchObject({ state: 'closed', finding: 'same', newer: { faceState: 'off' }, older: { faceState: 'on' } });
    expect(codeOf(await close())).toBe('review_closed');
    expect(await reviews()).toEqual([]);
    expect((await of(second, 'GET', `/${added}`)).body).toMatchObject({ state: 'no_consent' });
    server.vault.alike.length = 0;
  });
});

describe('the end', () => {
  it('of the guardian’s account waits for the children', async () => {
    const guardian = await newAdult('leaver');
    const childId = await newChild(guardian, 'left');
    const blocks = async () => (await server.ask('GET', '/api/phone/me/closing', { token: guardian.session })).body.blocks;
    expect(await blocks()).toContain('closing_children');
    await of(guardian, 'POST', `/${childId}/close`);
    expect(await blocks()).not.toContain('closing_children');
  });

  it('pauses at once, erases with a receipt, and agrees anew for another look', async () => {
    const guardian = parent;
    const childId = await newChild(guardian, 'ending');
    const { press } = await atTill('ending', '100');
    expect((await of(guardian, 'POST', `/${childId}/pause`)).body).toMatchObject({ state: 'paused' });
    expect(codeOf(await press())).toBe('face_paused');
    expect((await of(guardian, 'DELETE', `/${childId}/face`)).body).toMatchObject({ state: 'no_consent', face: { state: 'off', erasures: [{ receipt: expect.stringContaining(childId) }], consents: [{ faceWithdrawnAtMs: expect.any(Number) }] } });
    expect(codeOf(await look(guardian, childId, 'ending'))).toBe('consent_required');
    const { consent, proof } = await newChildBody(guardian);
    expect((await of(guardian, 'POST', `/${childId}/consent`, { json: { consent, proof } })).body).toMatchObject({ state: 'no_face' });
    expect((await look(guardian, childId, 'ending')).body).toMatchObject({ state: 'on' });
    expect(codeOf(await (await atTill('ending', '100')).press())).toBe('ok');
  });

  it('closes: face gone, money back, and what comes back later goes on by itself', async () => {
    const guardian = await newAdult('closer');
    const childId = await newChild(guardian, 'closing');
    const { paymentId, press } = await atTill('closing', '1000');
    await press();
    expect((await of(guardian, 'POST', `/${childId}/close`)).body).toMatchObject({ state: 'closed', face: { state: 'off' }, balance: { amountMinor: '0' } });
    expect(await walletOf(guardian.session)).toBe('49000');
    // Where the child was leaves the page; what can still be reported, and what the guardian did themselves, stays.
    expect((await of(guardian, 'GET', `/${childId}`)).body).toMatchObject({ limits: [], payments: [{ id: paymentId }], face: { looks: [], unusedUntilMs: null, consents: [{ agreedToFace: true }], erasures: [{ receipt: expect.any(String) }] } });
    expect((await atTill('closing', '100')).result.body.outcome).toBe('not_recognised');
    for (const answer of [await give(guardian, childId, '1'), await look(guardian, childId, 'closing'), await of(guardian, 'PUT', `/${childId}/limits/day`, { json: { maxMinor: '1' } })]) expect(codeOf(answer)).toBe('child_closed');
    const { merchantKey } = (await server.ask('GET', '/api/sandbox/keys')).body;
    await server.ask('POST', `/api/merchant/payments/${paymentId}/refunds`, { token: merchantKey, key: freshKey(), json: { amount: { amountMinor: '1000', currency: 'CNY' }, reason: 'burnt' } });
    expect(await walletOf(guardian.session)).toBe('49000');
    await server.runRound('children');
    expect(await walletOf(guardian.session)).toBe('50000');
    await server.runRound('children');
    expect(await walletOf(guardian.session)).toBe('50000');
  });
});
