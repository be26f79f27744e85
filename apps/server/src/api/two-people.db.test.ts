// What one insider with a token could do to pay money out, tried on the real server: another bank account for a merchant or the platform, a
// payout that arrived marked as returned, by hand and by a file of the bank that they wrote themselves; to charge a merchant as they
// please, to give a friend a payment back at the cost of others, or say who pays for it. Each takes a second person.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorActKinds, operatorActName, operatorActsOfKind } from '@sonrisa/protocol/operator-acts.ts';
import { endToEndIdOf, writeCamt053 } from '../bank-files/index.ts';
import { assertBooksCoherent } from '../books/index.ts';
import { tableAccess } from '../db/access.ts';
import { activate, byTwo, enrol, freshKey, recognised, setBankAccountByTwo, shownNonce, startTestServer, type Ask, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let keys: { merchantKey: string; operatorToken: string };
let till: string;
let merchantId: string;
let ana: Awaited<ReturnType<typeof enrol>>;
let eve: { id: string; token: string };
let cai: { id: string; token: string };
const dayMs = 86_400_000;
const own = { holder: 'Bakery', number: '6222021234567890', bic: null, currency: 'CNY' };
const eves = { holder: 'Eve', number: '6222029999999999', bic: null, currency: 'CNY' };

beforeAll(async () => {
  server = await startTestServer({ name: 'two_people' });
  keys = (await server.ask('GET', '/api/sandbox/keys')).body;
  merchantId = (await server.pool.query('SELECT id FROM merchant')).rows[0].id;
  till = (await activate(server)).token;
  ana = await enrol(server, { phone: '+8613800138000', name: 'Ana', pin: '174920', face: 'ana', topUpMinor: '100000' });
  const add = async (name: string) => (await server.ask('POST', '/api/operator/people', { token: keys.operatorToken, key: freshKey(), json: { name } })).body;
  [eve, cai] = [await add('Eve'), await add('Cai')];
  const by = { ask: server.ask, operatorToken: keys.operatorToken };
  await setBankAccountByTwo(by, '/bank-account', { ...own, holder: 'Sonrisa', number: 'DE89370400440532013000' });
  await setBankAccountByTwo(by, `/merchants/${merchantId}/bank-account`, own);
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
});

const as = (person: { token: string }, method: 'GET' | 'POST' | 'PUT', path: string, json?: object, more: Ask = {}) =>
  server.ask(method, `/api/operator${path}`, { token: person.token, ...(method === 'GET' ? {} : { key: freshKey() }), ...(json === undefined ? {} : { json }), ...more });
const merchant = (path: string) => server.ask('GET', `/api/merchant${path}`, { token: keys.merchantKey });
const approve = (person: { token: string }, id: string) => as(person, 'POST', `/proposals/${id}/approve`);
const settledMinor = async () => String((await server.pool.query(`SELECT balance_minor FROM account WHERE class = 'merchant_settled' AND owner_id = $1`, [merchantId])).rows[0]?.balance_minor ?? 0n);

async function sale(): Promise<string> {
  server.vault.rung = 'face';
  const { paymentId } = await recognised(server, { token: till, amountMinor: '1000', face: 'ana' });
  await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
  return paymentId;
}
const cny = (amountMinor: string) => ({ amountMinor, currency: 'CNY' });
const disputeOf = async (paymentId: string) => (await server.pool.query('SELECT id, state, recovered_minor FROM dispute WHERE hold_id = $1', [paymentId])).rows[0];
async function purses(): Promise<{ wallet: string; payable: string; clearing: string }> {
  const { rows } = await server.pool.query(`SELECT class, sum(balance_minor)::text AS minor FROM account WHERE class IN ('payer_wallet', 'merchant_payable', 'dispute_clearing') GROUP BY 1`);
  const minorOf = (accountClass: string) => rows.find((row) => row.class === accountClass)?.minor ?? '0';
  return { wallet: minorOf('payer_wallet'), payable: minorOf('merchant_payable'), clearing: minorOf('dispute_clearing') };
}
const feeOfSale = async () => (await merchant(`/payments/${await sale()}`)).body.feeMinor;

/** A day's sale, settled and ordered: what the bank is told to pay. */
async function paidOut(person: { token: string }): Promise<{ payoutId: string; amountMinor: bigint; order: string }> {
  await sale();
  server.clock.ms += dayMs;
  await server.runRound('settlements');
  const { file } = (await as(person, 'POST', '/payout-files', { currency: 'CNY' })).body;
  const { payouts } = (await as(person, 'GET', '/payouts')).body;
  const { text: order } = await as(person, 'GET', `/payout-files/${file.id}`);
  const payout = payouts.find(({ fileId }: { fileId: string }) => fileId === file.id);
  return { payoutId: payout.id, amountMinor: BigInt(payout.amount.amountMinor), order };
}

describe('one person alone', () => {
  it('does not move a payout to their own bank account, nor the account it comes from', async () => {
    for (const path of [`/merchants/${merchantId}/bank-account`, '/bank-account']) {
      const proposed = await as(eve, 'PUT', path, eves);
      expect(proposed).toMatchObject({ status: 202, body: { state: 'proposed', makerId: eve.id, checkerId: null } });
      expect((await approve(eve, proposed.body.id)).body.code).toBe('same_person');
    }
    const { order } = await paidOut(eve);
    expect(order).toContain(own.number);
    expect(order).toContain('DE89370400440532013000');
    expect(order).not.toContain(eves.number);
    // The installation's token is nobody in particular, so it is no second person.
    const [waiting] = (await as(eve, 'GET', '/proposals')).body.proposals;
    expect((await approve({ token: keys.operatorToken }, waiting.id)).body.code).toBe('person_needed');
    expect((await as({ token: keys.operatorToken }, 'PUT', '/bank-account', eves)).body.code).toBe('person_needed');
  });

  it('has nothing paid twice by calling a payout returned that arrived, by hand or by a file of their own', async () => {
    const { payoutId } = await paidOut(eve);
    await as(eve, 'POST', `/payouts/${payoutId}/confirm`, { reason: 'it arrived' });
    const before = await settledMinor();
    const proposed = await as(eve, 'POST', `/payouts/${payoutId}/return`, { reason: 'account closed' });
    expect((await approve(eve, proposed.body.id)).body.code).toBe('same_person');
    const line = { reference: endToEndIdOf(payoutId), amountMinor: 994n, bookedOn: '2026-11-25', text: 'account closed', isReturn: true };
    const content = writeCamt053({ id: 'forged', account: 'DE89370400440532013000', currency: 'CNY', madeAtMs: 0, from: '2026-11-25', to: '2026-11-25', openingMinor: 0n, closingMinor: 994n, lines: [line] });
    expect((await as(eve, 'POST', '/bank-statements', { format: 'camt.053', content })).body).toMatchObject({ matched: 0 });
    const fromFile = (await as(eve, 'GET', '/proposals')).body.proposals.find((each: { payoutId: string; reason: string }) => each.payoutId === payoutId && each.reason.startsWith('bank statement'));
    expect(fromFile.makerId).toBe(eve.id);
    expect((await approve(eve, fromFile.id)).body.code).toBe('same_person');
    await server.runRound('reconciliation');
    expect(await settledMinor()).toBe(before);
    expect((await as(eve, 'POST', '/payout-files', { currency: 'CNY' })).body).toEqual({ file: null });
    expect((await as(eve, 'GET', '/payouts')).body.payouts[0]).toMatchObject({ id: payoutId, state: 'confirmed' });
    // Refused once, the file's word is not asked for again by the next round.
    expect((await as(cai, 'POST', `/proposals/${fromFile.id}/refuse`)).body.state).toBe('refused');
    await server.runRound('reconciliation');
    expect((await as(cai, 'GET', '/proposals')).body.proposals.map(({ id }: { id: string }) => id)).not.toContain(fromFile.id);
  });

  it('does not change what a merchant is charged', async () => {
    const proposed = await as(eve, 'PUT', `/merchants/${merchantId}/fees`, { basisPoints: 10_000, shares: [{ receiverId: 'eve', weight: '1' }], reason: 'a new contract' });
    expect(await feeOfSale()).toBe('6');
    expect(proposed).toMatchObject({ status: 202, body: { kind: 'merchant_fees', state: 'proposed', makerId: eve.id, checkerId: null, fees: { basisPoints: 10_000 }, currentFees: { basisPoints: 60 }, reason: 'a new contract' } });
    expect((await approve(eve, proposed.body.id)).body.code).toBe('same_person');
    expect((await approve({ token: keys.operatorToken }, proposed.body.id)).body.code).toBe('person_needed');
    expect((await as({ token: keys.operatorToken }, 'PUT', `/merchants/${merchantId}/fees`, { basisPoints: 0, reason: 'mine' })).body.code).toBe('person_needed');
    expect(await feeOfSale()).toBe('6');
    expect((await merchant('/fees')).body).toMatchObject({ fees: { basisPoints: 60 }, changes: [{ id: proposed.body.id, fees: { basisPoints: 10_000 }, reason: 'a new contract', state: 'waiting' }] });
    expect((await as(cai, 'POST', `/proposals/${proposed.body.id}/refuse`)).body.state).toBe('refused');
    expect((await approve(cai, proposed.body.id)).body.code).toBe('proposal_state_conflict');
    expect(await feeOfSale()).toBe('6');
  });

  it('gives no shopper a payment back, and does not say who pays for what one got back', async () => {
    const paymentId = await sale();
    const before = await purses();
    const proposed = await as(eve, 'POST', '/disputes', { paymentId, reason: 'a friend of mine' });
    expect(proposed).toMatchObject({ status: 202, body: { kind: 'dispute_open', state: 'proposed', makerId: eve.id, owner: 'merchant', ownerId: merchantId, reason: 'a friend of mine', dispute: { paymentId, disputeId: null, bearer: 'platform', amount: cny('1000') } } });
    expect((await approve(eve, proposed.body.id)).body.code).toBe('same_person');
    for (const path of [`/proposals/${proposed.body.id}/approve`, '/disputes']) expect((await as({ token: keys.operatorToken }, 'POST', path, path === '/disputes' ? { paymentId, reason: 'mine' } : undefined)).body.code).toBe('person_needed');
    // Another one beside it would be approved by mistake: one at a time.
    expect((await as(eve, 'POST', '/disputes', { paymentId, reason: 'once more' })).body.code).toBe('proposal_waiting');
    expect(await purses()).toEqual(before);
    expect((await merchant('/disputes')).body).toMatchObject({ disputes: [], changes: [{ id: proposed.body.id, kind: 'dispute_open', paymentId, state: 'waiting' }] });

    expect((await approve(cai, proposed.body.id)).body.state).toBe('done');
    const given = await purses();
    expect(BigInt(given.wallet) - BigInt(before.wallet)).toBe(1000n);
    const disputeId = (await disputeOf(paymentId)).id;
    for (const [path, body] of [['recoveries', { from: 'merchant', reason: 'their fault' }], ['recoveries', { from: 'payer', reason: 'they lied' }], ['loss', { reason: 'never mind' }]] as const) {
      const alone = await as(cai, 'POST', `/disputes/${disputeId}/${path}`, body);
      expect(alone).toMatchObject({ status: 202, body: { state: 'proposed', dispute: { disputeId, amount: cny('1000') } } });
      expect((await approve(cai, alone.body.id)).body.code).toBe('same_person');
      expect((await as(cai, 'POST', `/proposals/${alone.body.id}/refuse`)).body.state).toBe('refused');
    }
    expect(await purses()).toEqual(given);
    expect(await disputeOf(paymentId)).toMatchObject({ state: 'open', recovered_minor: 0n });
  });

  it('is refused by the database itself, whatever the server would say', async () => {
    const [waiting] = (await as(eve, 'GET', '/proposals')).body.proposals;
    const alone = server.pool.query(`UPDATE proposal SET state = 'done', checker_id = maker_id WHERE id = $1`, [waiting.id]);
    await expect(alone).rejects.toMatchObject({ constraint: 'proposal_two_people' });
    await expect(server.pool.query(`UPDATE proposal SET state = 'done' WHERE id = $1`, [waiting.id])).rejects.toMatchObject({ constraint: 'proposal_two_people' });
  });
});

describe('what somebody did', () => {
  it('is written down with their name before it is done, and with what came of it', async () => {
    await as(eve, 'PUT', `/merchants/${merchantId}/fees`, { basisPoints: 61, reason: 'as agreed' });
    await as(cai, 'POST', `/disputes/dis_${'0'.repeat(32)}/loss`, { reason: 'nobody pays' });
    await as(eve, 'PUT', '/bank-account', { ...eves, bic: 'no bic' });
    const [refused, fees] = (await as(cai, 'GET', '/acts?limit=2')).body.acts;
    expect(refused).toMatchObject({ by: 'person', personId: cai.id, personName: 'Cai', act: 'POST /api/operator/disputes/:id/loss', subject: `dis_${'0'.repeat(32)}`, body: { reason: 'nobody pays' }, status: 404 });
    expect(fees).toMatchObject({ personId: eve.id, act: 'PUT /api/operator/merchants/:id/fees', subject: merchantId, body: { basisPoints: 61, reason: 'as agreed' }, status: 202 });
    const ofEve = (await as(cai, 'GET', `/acts?personId=${eve.id}&subject=${merchantId}`)).body.acts;
    expect(ofEve.map(({ act }: { act: string }) => act)).toEqual(expect.arrayContaining(['PUT /api/operator/merchants/:id/bank-account']));
    expect(ofEve.every(({ personId }: { personId: string }) => personId === eve.id)).toBe(true);
  });

  it('is found by who, kind, day and page, and everything that can be done has a name', async () => {
    const actsOf = async (query: string) => (await as(cai, 'GET', `/acts?${query}`)).body.acts as { number: string; act: string; by: string; atMs: number }[];
    const all = await actsOf('limit=200');
    expect(all.length).toBeGreaterThan(5);
    expect([...(await actsOf('limit=3')), ...(await actsOf(`limit=200&before=${all[2]?.number}`))]).toEqual(all);
    const money = await actsOf('limit=200&kind=money');
    expect(money).toEqual(all.filter(({ act }) => /bank-|proposals|payout/.test(act)));
    expect(money.length).toBeLessThan(all.length);
    expect(await actsOf('limit=200&by=token')).toEqual(all.filter(({ by }) => by === 'token'));
    expect(await actsOf('by=machine')).toEqual([]);
    const { atMs } = all[1]!;
    expect(await actsOf(`limit=200&fromMs=${atMs}&untilMs=${atMs + 1}`)).toEqual([all[1]]);
    for (const wrong of ['kind=none', 'by=nobody', 'before=0', 'before=1e3', 'fromMs=-1', 'untilMs=8640000000000001']) expect((await as(cai, 'GET', `/acts?${wrong}`)).body.code).toBe('input_invalid');

    // Keeps nothing: it is a read with a body (operator-risk-draft.ts).
    const reads = ['POST /api/operator/risk/back-test'];
    const written = server.app.writeRoutes.map(({ method, url }) => `${method} ${url}`).filter((route) => route.includes(' /api/operator/') && !reads.includes(route));
    expect(written.filter((route) => operatorActName(route) === undefined)).toEqual([]);
    const named = operatorActKinds.flatMap(operatorActsOfKind).filter((act) => !act.startsWith('sonrisa '));
    expect(named.filter((route) => !written.includes(route))).toEqual([]);
  });

  it('is not done when it cannot be written down', async () => {
    await server.pool.query('ALTER TABLE operator_act ADD CONSTRAINT shut CHECK (false) NOT VALID');
    try {
      expect((await as(eve, 'PUT', `/merchants/${merchantId}/fees`, { basisPoints: 99, reason: 'as agreed' })).status).toBe(500);
    } finally {
      await server.pool.query('ALTER TABLE operator_act DROP CONSTRAINT shut');
    }
    expect((await merchant('/fees')).body.changes.map(({ fees }: { fees: { basisPoints: number } }) => fees.basisPoints)).not.toContain(99);
  });

  it('keeps no file of a bank whole, and cannot be changed by the server afterwards', async () => {
    const content = `date,amount,currency,reference\n${'2026-11-23,-7.00,CNY,a-long-file\n'.repeat(40)}`;
    await as(eve, 'POST', '/bank-statements', { format: 'csv', account: 'x', content });
    const [act] = (await as(cai, 'GET', '/acts?limit=1')).body.acts;
    expect(act.body.content).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(tableAccess.operator_act).not.toMatch(/DELETE|UPDATE(?! \(status\))/);
  });
});

describe('two people', () => {
  it('change a bank account once, also when both approve at the same moment, and the merchant is told', async () => {
    const moved = { ...own, number: '6222020000001234' };
    const { body } = await as(eve, 'PUT', `/merchants/${merchantId}/bank-account`, moved);
    // Whoever approves sees what would be replaced.
    expect(body).toMatchObject({ account: { number: moved.number }, currentAccount: { holder: own.holder, number: own.number } });
    const told = (await merchant('/bank-account')).body;
    expect(told.account.numberEnds).toBe('7890');
    expect(told.changes[0]).toMatchObject({ numberEnds: '1234', state: 'waiting' });
    const answers = await Promise.all([approve(cai, body.id), approve(cai, body.id)]);
    expect(answers.map(({ body: { state } }) => state)).toEqual(['done', 'done']);
    expect((await approve(eve, body.id)).body.code).toBe('same_person');
    expect((await as(cai, 'POST', `/proposals/${body.id}/refuse`)).body.code).toBe('proposal_state_conflict');
    expect((await paidOut(eve)).order).toContain(moved.number);
    expect((await merchant('/bank-account')).body).toMatchObject({ account: { numberEnds: '1234' }, changes: [{ numberEnds: '1234', state: 'changed' }, {}, {}] });
    const csv = (await merchant('/statement?from=2026-11-01&to=2026-12-31')).text;
    expect(csv).toMatch(/,bank_account_proposed,.*…1234/);
    expect(csv).toMatch(/,bank_account_changed,.*…1234/);
    expect(csv).not.toContain(moved.number);
    expect((await merchant('/statement?from=2026-11-01&to=2026-12-31&format=camt.053')).text).toMatch(/<AddtlStmtInf>.*bank_account_changed …1234/);
  });

  it('change what a merchant is charged for payments from then on, and the merchant is told', async () => {
    const fees = { basisPoints: 120, fixedMinor: '10', maxMinor: '500' };
    const { body } = await as(eve, 'PUT', `/merchants/${merchantId}/fees`, { ...fees, reason: 'a new contract' });
    expect(await feeOfSale()).toBe('6');
    const answers = await Promise.all([approve(cai, body.id), approve(cai, body.id)]);
    expect(answers.map(({ body: { state } }) => state)).toEqual(['done', 'done']);
    expect(await feeOfSale()).toBe('22');
    const { changes, fees: now } = (await merchant('/fees')).body;
    expect([now, changes[0]]).toMatchObject([fees, { id: body.id, fees, state: 'changed', reason: 'a new contract' }]);
    const csv = (await merchant('/statement?from=2026-11-01&to=2026-12-31')).text;
    expect(csv).toMatch(/,fees_proposed,.*"1\.2% \+ 0\.10, at most 5\.00"/);
    expect(csv).toMatch(/,fees_changed,/);
    expect(csv).toMatch(/,fees_refused,.*100%/);
    // An older approval said again does not bring the older terms back.
    await byTwo({ ask: server.ask, operatorToken: keys.operatorToken }, { method: 'PUT', path: `/merchants/${merchantId}/fees`, json: { basisPoints: 60, reason: 'as before' } });
    expect((await approve(cai, body.id)).body.state).toBe('done');
    expect(await feeOfSale()).toBe('6');
  });

  it('give a payment back once and say who pays for it, part by part, and the merchant is told', async () => {
    const paymentId = await sale();
    const opened = (await as(eve, 'POST', '/disputes', { paymentId, reason: 'not me' })).body;
    const answers = await Promise.all([approve(cai, opened.id), approve(cai, opened.id)]);
    expect(answers.map(({ body: { state } }) => state)).toEqual(['done', 'done']);
    const before = await purses();
    const { id: disputeId } = await disputeOf(paymentId);
    const tooMuch = await as(eve, 'POST', `/disputes/${disputeId}/recoveries`, { from: 'merchant', amount: cny('1001'), reason: 'the till was wrong' });
    expect(tooMuch.body.code).toBe('dispute_amount_invalid');
    const part = (await as(eve, 'POST', `/disputes/${disputeId}/recoveries`, { from: 'merchant', amount: cny('300'), loseRest: true, reason: 'the till was wrong' })).body;
    expect(part).toMatchObject({ owner: 'merchant', ownerId: merchantId, dispute: { from: 'merchant', amount: cny('300'), loseRest: true } });
    for (let time = 0; time < 2; time += 1) expect((await approve(cai, part.id)).body.state).toBe('done');
    expect(BigInt((await purses()).payable) - BigInt(before.payable)).toBe(-300n);
    expect(await disputeOf(paymentId)).toMatchObject({ state: 'lost', recovered_minor: 300n });
    expect((await as(eve, 'POST', `/disputes/${disputeId}/loss`, { reason: 'again' })).body.code).toBe('dispute_not_open');
    expect((await merchant('/disputes')).body.changes.slice(0, 2)).toMatchObject([{ id: part.id, kind: 'dispute_recover', from: 'merchant', state: 'changed' }, { id: opened.id, state: 'changed' }]);
    const csv = (await merchant('/statement?from=2026-11-01&to=2026-12-31')).text;
    for (const kind of ['dispute_proposed', 'dispute_approved', 'recovery_proposed', 'recovery_approved', 'recovery_refused']) expect(csv).toContain(`,${kind},`);
    expect(csv).not.toContain('the till was wrong');
  });

  it('hear what the books refuse: the shop had refunded it before the second one looked', async () => {
    const paymentId = await sale();
    const { id } = (await as(eve, 'POST', '/disputes', { paymentId, reason: 'not me' })).body;
    await server.ask('POST', `/api/merchant/payments/${paymentId}/refunds`, { token: keys.merchantKey, key: freshKey(), json: { reason: 'cold' } });
    const before = await purses();
    expect((await approve(cai, id)).body.code).toBe('payment_state_conflict');
    expect(await purses()).toEqual(before);
    expect((await as(cai, 'GET', '/proposals?state=decided&limit=1')).body.proposals[0]).toMatchObject({ id, state: 'failed', problem: 'payment_state_conflict' });
  });

  it('carry it out later when the books were stopped, whoever of the others says so', async () => {
    const dan = (await server.ask('POST', '/api/operator/people', { token: keys.operatorToken, key: freshKey(), json: { name: 'Dan' } })).body;
    const paymentId = await sale();
    const { id } = (await as(eve, 'POST', '/disputes', { paymentId, reason: 'not me' })).body;
    await server.pool.query(`UPDATE proposal SET state = 'approved', checker_id = $2, decided_at = now() WHERE id = $1`, [id, cai.id]);
    expect((await as(eve, 'GET', '/proposals')).body.proposals.map((each: { id: string }) => each.id)).toContain(id);
    expect((await approve(eve, id)).body.code).toBe('same_person');
    expect((await approve(dan, id)).body).toMatchObject({ state: 'done', checkerId: cai.id });
    expect(await disputeOf(paymentId)).toMatchObject({ state: 'open' });
  });

  it('are not asked for what a shopper reports on their own phone', async () => {
    const paymentId = await sale();
    const said = await server.ask('POST', `/api/phone/me/payments/${paymentId}/not-me`, { token: ana.session, key: freshKey() });
    expect(said).toMatchObject({ status: 201, body: { refund: 'at_once' } });
    expect(await disputeOf(paymentId)).toMatchObject({ state: 'open' });
    const { cases } = (await as(cai, 'GET', '/cases')).body;
    expect(cases[0]).toMatchObject({ paymentId, proposal: null });
    const { id } = (await as(eve, 'POST', `/disputes/${(await disputeOf(paymentId)).id}/recoveries`, { from: 'insurer', reason: 'they paid' })).body;
    expect((await as(cai, 'GET', `/cases/${cases[0].id}`)).body.proposal).toMatchObject({ id, makerId: eve.id, kind: 'dispute_recover', dispute: { caseId: cases[0].id } });
    // The merchant has nothing to do with it.
    expect((await merchant('/disputes')).body.changes.map((each: { id: string }) => each.id)).not.toContain(id);
  });

  it('bring a payout back once, however often it is said', async () => {
    const { payoutId, amountMinor } = await paidOut(eve);
    await as(eve, 'POST', `/payouts/${payoutId}/confirm`, { reason: 'it arrived' });
    const before = BigInt(await settledMinor());
    const [first, second] = [await as(eve, 'POST', `/payouts/${payoutId}/return`, { reason: 'account closed' }), await as(eve, 'POST', `/payouts/${payoutId}/return`, { reason: 'account closed' })];
    for (const { body } of [first, second]) expect((await approve(cai, body.id)).body.state).toBe('done');
    expect(BigInt(await settledMinor()) - before).toBe(amountMinor);
    expect((await as(eve, 'POST', `/payouts/${payoutId}/return`, { reason: 'again' })).body.code).toBe('payout_not_open');
    expect((await as(eve, 'POST', `/payouts/out_${'0'.repeat(32)}/return`, { reason: 'of nobody' })).body.code).toBe('not_found');
  });

  it('need each other for a merchant that is there', async () => {
    expect((await as(eve, 'PUT', `/merchants/mer_${'0'.repeat(32)}/bank-account`, own)).body.code).toBe('not_found');
    expect((await as(eve, 'PUT', `/merchants/mer_${'0'.repeat(32)}/fees`, { basisPoints: 1, reason: 'of nobody' })).body.code).toBe('not_found');
    expect((await approve(cai, `prp_${'0'.repeat(32)}`)).body.code).toBe('not_found');
  });
});
