// The money side of the back offices on the real server: disputes, fees, settlement, payout, withdrawal, the bank's word, corrections.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endToEndIdOf, writeCamt053, type StatementLine } from '../bank-files/index.ts';
import { assertBooksCoherent } from '../books/index.ts';
import { activate, enrol, freshKey, byTwo, recognised, setBankAccountByTwo, shownNonce, startTestServer, twoPeople, type Ask, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
let ana: Awaited<ReturnType<typeof enrol>>;
let keys: { merchantKey: string; operatorToken: string };
let merchantId: string;
let maker: string;
let checker: string;
const dayMs = 86_400_000;
const cny = (amountMinor: string) => ({ amountMinor, currency: 'CNY' });
const iban = { holder: 'Sonrisa', number: 'DE89 3704 0044 0532 0130 00', bic: null, currency: 'CNY' };

beforeAll(async () => {
  server = await startTestServer({ name: 'money' });
  till = (await activate(server)).token;
  ana = await enrol(server, { phone: '+8613800138000', name: 'Ana', pin: '174920', face: 'ana', topUpMinor: '100000' });
  keys = (await server.ask('GET', '/api/sandbox/keys')).body;
  merchantId = (await server.pool.query('SELECT id FROM merchant')).rows[0].id;
  [maker, checker] = await twoPeople({ ask: server.ask, operatorToken: keys.operatorToken });
});
afterAll(async () => {
  await assertBooksCoherent(server.pool);
  await server.stop();
});

const operator = (method: 'GET' | 'POST' | 'PUT', path: string, more: Ask = {}) =>
  server.ask(method, `/api/operator${path}`, { token: keys.operatorToken, ...(method === 'GET' ? {} : { key: freshKey() }), ...more });
const merchant = (path: string) => server.ask('GET', `/api/merchant${path}`, { token: keys.merchantKey });
const wallet = async () => (await server.ask('GET', '/api/phone/me', { token: ana.session })).body.balance.amountMinor;
async function paid(amountMinor: string): Promise<string> {
  server.vault.rung = 'face';
  const { paymentId } = await recognised(server, { token: till, amountMinor, face: 'ana' });
  const answer = await server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: till, key: freshKey(), json: { nonce: await shownNonce(server, paymentId) } });
  expect(answer.body.state).toBe('captured');
  return paymentId;
}
const bankSays = (id: string, lines: Partial<StatementLine>[], openingMinor = 0n) => {
  const whole = lines.map((line): StatementLine => ({ reference: '', amountMinor: 0n, bookedOn: '2026-11-25', text: 'bank', isReturn: false, ...line }));
  const closingMinor = whole.reduce((sum, line) => sum + line.amountMinor, openingMinor);
  const content = writeCamt053({ id, account: 'DE89370400440532013000', currency: 'CNY', madeAtMs: 0, from: '2026-11-25', to: '2026-11-25', openingMinor, closingMinor, lines: whole });
  return operator('POST', '/bank-statements', { json: { format: 'camt.053', content } });
};

/** What is proposed happens, and the bank's lines are held against it. */
async function approveAll(): Promise<void> {
  for (const { id } of (await operator('GET', '/proposals')).body.proposals) expect((await operator('POST', `/proposals/${id}/approve`, { token: checker })).body.state).toBe('done');
  await server.runRound('reconciliation');
}

describe('fees', () => {
  it('change for payments from now on, and are split between those who receive them', async () => {
    const before = await paid('1000');
    const fees = { basisPoints: 100, fixedMinor: '10', maxMinor: '500', shares: [{ receiverId: 'platform', weight: '2' }, { receiverId: 'agent', weight: '1' }] };
    await byTwo({ ask: server.ask, operatorToken: keys.operatorToken }, { method: 'PUT', path: `/merchants/${merchantId}/fees`, json: { ...fees, reason: 'as agreed' } });
    expect((await merchant('/fees')).body.fees).toEqual(fees);
    const after = await paid('1000');
    const feeOf = async (id: string) => (await merchant(`/payments/${id}`)).body.feeMinor;
    expect([await feeOf(before), await feeOf(after)]).toEqual(['6', '20']);
    const { rows } = await server.pool.query(`SELECT owner_id, balance_minor FROM account WHERE class = 'platform_fees' ORDER BY 1`);
    expect(rows).toEqual([{ owner_id: 'agent', balance_minor: 7n }, { owner_id: 'platform', balance_minor: 19n }]);
  });

  it('whose minimum is above their maximum are refused', async () => {
    expect((await operator('PUT', `/merchants/${merchantId}/fees`, { token: maker, json: { basisPoints: 1, minMinor: '2', maxMinor: '1', reason: 'as agreed' } })).body.code).toBe('input_invalid');
    expect((await operator('PUT', `/merchants/${merchantId}/fees`, { token: maker, json: { basisPoints: 1, reason: ' ' } })).body.code).toBe('input_invalid');
  });
});

describe('a dispute', () => {
  it('gives the money back at once, once, and ends as somebody decides', async () => {
    const paymentId = await paid('2000');
    const before = BigInt(await wallet());
    const key = freshKey();
    const open = () => operator('POST', '/disputes', { key, token: maker, json: { paymentId, reason: 'not me' } });
    const proposed = await open();
    expect((await open()).text).toBe(proposed.text);
    expect(await wallet()).toBe(String(before));
    await approveAll();
    expect((await open()).text).toBe(proposed.text);
    const [first] = (await operator('GET', '/disputes')).body.disputes;
    expect(first).toMatchObject({ paymentId, state: 'open', bearer: 'platform', amount: cny('2000') });
    expect(BigInt(await wallet())).toBe(before + 2000n);
    expect((await operator('POST', '/disputes', { token: maker, json: { paymentId, reason: 'again' } })).body.code).toBe('payment_state_conflict');
    const recover = (amountMinor: string) => operator('POST', `/disputes/${first.id}/recoveries`, { token: maker, json: { from: 'merchant', amount: cny(amountMinor), reason: 'the till was wrong' } });
    expect((await recover('2001')).body.code).toBe('dispute_amount_invalid');
    expect((await recover('500')).status).toBe(202);
    await approveAll();
    expect((await operator('GET', '/disputes')).body.disputes[0]).toMatchObject({ state: 'open', recoveredMinor: '500' });
    expect((await operator('POST', `/disputes/${first.id}/loss`, { token: maker, json: { reason: 'nobody else pays' } })).body).toMatchObject({ state: 'proposed', dispute: { amount: cny('1500') } });
    await approveAll();
    expect((await operator('GET', '/disputes')).body.disputes[0]).toMatchObject({ state: 'lost' });
    expect((await recover('1')).body.code).toBe('dispute_not_open');
    const { rows } = await server.pool.query(`SELECT class, balance_minor FROM account WHERE class LIKE 'dispute%' ORDER BY 1`);
    expect(rows).toEqual([{ class: 'dispute_clearing', balance_minor: 0n }, { class: 'dispute_loss', balance_minor: -1500n }]);
    expect((await operator('GET', '/disputes')).body.disputes).toHaveLength(1);
  });
});

describe('settlement, payout and the word of the bank', () => {
  let payoutId: string;

  it('a day is settled when it is over in the store, and not before', async () => {
    const round = () => server.runRound('settlements');
    await round();
    expect((await merchant('/settlements')).body.settlements).toEqual([]);
    server.clock.ms += dayMs;
    await round();
    await round();
    const { settlements } = (await merchant('/settlements')).body;
    // 994 + 980 + 1970 - 500
    expect(settlements).toMatchObject([{ day: '2026-11-23', state: 'posted', netMinor: '3444', lines: 4 }]);
    const file = await merchant(`/settlements/${settlements[0].id}/file`);
    expect(file.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(file.text.trimEnd().split('\r\n').at(-1)).toContain('34.44');
    expect((await merchant(`/settlements/set_${'0'.repeat(32)}/file`)).body.code).toBe('not_found');
  });

  it('is paid to a bank account that is one', async () => {
    expect((await operator('POST', '/payout-files', { json: { currency: 'CNY' } })).body.code).toBe('bank_account_missing');
    const propose = (change: object) => operator('PUT', '/bank-account', { token: maker, json: { ...iban, ...change } });
    expect((await propose({ number: 'DE89370400440532013001' })).body.code).toBe('bank_account_invalid');
    // As the bank's files would not take it: at most 34 characters, and a BIC names a country.
    expect((await propose({ number: '6'.repeat(35) })).body.code).toBe('bank_account_invalid');
    expect((await propose({ bic: 'COBA00FF' })).body.code).toBe('input_invalid');
    expect(await propose({})).toMatchObject({ status: 202, body: { state: 'proposed', account: { number: 'DE89370400440532013000' } } });
    expect((await operator('POST', '/payout-files', { json: { currency: 'CNY' } })).body.code).toBe('bank_account_missing');
    await approveAll();
    expect((await operator('POST', '/payout-files', { json: { currency: 'CNY' } })).body).toEqual({ file: null });
    await setBankAccountByTwo({ ask: server.ask, operatorToken: keys.operatorToken }, `/merchants/${merchantId}/bank-account`, { ...iban, holder: 'Bakery', number: '6222021234567890' });
    const { file } = (await operator('POST', '/payout-files', { json: { currency: 'CNY' } })).body;
    expect(file.payouts).toBe(1);
    const order = await operator('GET', `/payout-files/${file.id}`);
    expect(order.text).toContain('<InstdAmt Ccy="CNY">34.44</InstdAmt>');
    const { payouts } = (await merchant('/payouts')).body;
    expect(payouts).toMatchObject([{ state: 'sent', amount: cny('3444'), fileId: file.id }]);
    payoutId = payouts[0].id;
  });

  it('a statement with our reference confirms it; the same statement counts once', async () => {
    const said = await bankSays('s1', [{ reference: endToEndIdOf(payoutId), amountMinor: -3444n }]);
    expect(said.body).toMatchObject({ lines: 1, matched: 1, breaks: 0 });
    expect((await merchant('/payouts')).body.payouts[0].state).toBe('confirmed');
    expect((await bankSays('s1', [])).body.code).toBe('statement_known');
  });

  it('a return gives the money back to the merchant, and the next file pays it again', async () => {
    // Whoever imports a file could have written it: until somebody else approves, the line is a break and the money stays where it is.
    expect((await bankSays('s2', [{ reference: endToEndIdOf(payoutId), amountMinor: 3444n, isReturn: true }], -3444n)).body).toMatchObject({ matched: 0, breaks: 1 });
    expect((await merchant('/payouts')).body.payouts[0].state).toBe('confirmed');
    expect((await operator('GET', '/proposals')).body.proposals).toMatchObject([{ kind: 'payout_return', payoutId, owner: 'merchant', ownerId: merchantId, state: 'proposed' }]);
    await approveAll();
    expect((await merchant('/payouts')).body.payouts[0].state).toBe('returned');
    expect((await operator('GET', '/breaks')).body.breaks).toEqual([]);
    const { file } = (await operator('POST', '/payout-files', { json: { currency: 'CNY' } })).body;
    expect((await operator('GET', `/payout-files/${file.id}`)).text).toContain('34.44');
  });

  it('pain.002 refuses a payout too, and one of strangers is refused itself', async () => {
    const [again] = (await merchant('/payouts')).body.payouts;
    const report = (reference: string) => `<Document><CstmrPmtStsRpt><OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>${reference}</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`;
    const send = (reference: string) => operator('POST', '/bank-statements', { json: { format: 'pain.002', content: report(reference) } });
    expect((await send('stranger')).body.code).toBe('statement_unreadable');
    expect((await send(endToEndIdOf(again.id))).body).toMatchObject({ returnsProposed: 1 });
    expect((await operator('GET', '/payouts')).body.payouts[0].state).toBe('sent');
    await approveAll();
    expect((await operator('GET', '/payouts')).body.payouts[0].state).toBe('returned');
    expect((await send(endToEndIdOf(again.id))).body).toMatchObject({ returnsProposed: 0 });
    expect((await operator('POST', `/payouts/${again.id}/confirm`, { json: { reason: 'late' } })).body.code).toBe('payout_not_open');
  });

  it('what only the bank knows is a break with an age, an owner and an end', async () => {
    expect((await bankSays('s3', [{ reference: 'rent', amountMinor: -7n, bookedOn: '2026-11-20' }])).body).toMatchObject({ matched: 0, breaks: 1 });
    const [found] = (await operator('GET', '/breaks')).body.breaks;
    expect(found).toMatchObject({ kind: 'only_at_the_bank', amountMinor: '-7', ageDays: 4, owner: null, state: 'open', reference: 'rent' });
    const [mia, cai] = (await operator('GET', '/people')).body.people.map(({ id, name }: { id: string; name: string }) => ({ id, name }));
    const asMia = (what: 'assign' | 'resolve', json: object, token = maker) => operator('POST', `/breaks/${found.id}/${what}`, { token, json });
    expect((await asMia('assign', { personId: cai.id })).body.owner).toEqual(cai);
    expect((await asMia('assign', { personId: `opp_${'0'.repeat(32)}` })).body.code).toBe('not_found');
    expect((await asMia('resolve', { note: ' ' })).body.code).toBe('reason_missing');
    // Nobody in particular explains nothing.
    expect((await asMia('resolve', { note: 'a bank fee' }, keys.operatorToken)).body.code).toBe('person_needed');
    expect((await asMia('resolve', { note: 'a bank fee, booked by a correction' })).body).toMatchObject({ state: 'resolved', owner: cai, resolvedBy: mia });
    expect((await operator('GET', '/breaks')).body.breaks).toEqual([]);
  });

  it('what only the books know is a break once the bank has told of later days', async () => {
    const { rows } = await server.pool.query(`SELECT id FROM transfer WHERE kind = 'top_up'`);
    expect((await bankSays('s4', [{ reference: 'rent', amountMinor: -8n, bookedOn: '2026-12-24' }])).body).toMatchObject({ breaks: 2 });
    const breaks = (await operator('GET', '/breaks')).body.breaks;
    expect(breaks).toMatchObject([{ kind: 'only_in_the_books', ours: rows[0].id, amountMinor: '100000' }, { kind: 'only_at_the_bank' }]);
    // The bank tells of it after all: the break closes by itself.
    const csv = `date,amount,currency,reference\n2026-11-23,1000.00,CNY,${endToEndIdOf(rows[0].id)}\n`;
    expect((await operator('POST', '/bank-statements', { json: { format: 'csv', content: csv, account: 'x' } })).body).toMatchObject({ matched: 1 });
    expect((await operator('GET', '/breaks')).body.breaks).toMatchObject([{ kind: 'only_at_the_bank' }]);
  });

  it('a file that does not add up is refused as a whole, with the reason', async () => {
    const content = '<Document><BkToCstmrStmt><Stmt><Id>x</Id></Stmt></BkToCstmrStmt></Document>';
    expect((await operator('POST', '/bank-statements', { json: { format: 'camt.053', content } })).body).toMatchObject({ code: 'statement_unreadable', status: 422 });
  });
});

describe('a withdrawal', () => {
  it('goes to the bank account that its owner set right after signing in, with the next file', async () => {
    const ask = (amountMinor: string, key = freshKey()) => server.ask('POST', '/api/phone/withdrawals', { token: ana.session, key, json: { amount: cny(amountMinor) } });
    expect((await ask('500')).body.code).toBe('bank_account_missing');
    const set = () => server.ask('PUT', '/api/phone/bank-account', { token: ana.session, key: freshKey(), json: { ...iban, holder: 'Ana' } });
    expect((await set()).body.code).toBe('forbidden');
    server.clock.ms -= dayMs;
    expect((await set()).status).toBe(200);
    server.clock.ms += dayMs;
    const before = BigInt(await wallet());
    const key = freshKey();
    const [first, again] = [await ask('500', key), await ask('500', key)];
    expect(first.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(BigInt(await wallet())).toBe(before - 500n);
    expect((await ask('99999999')).body.code).toBe('amount_too_large');
    expect((await ask('4000000')).body.code).toBe('balance_insufficient');
    const { file } = (await operator('POST', '/payout-files', { json: { currency: 'CNY' } })).body;
    // The merchant's returned payout is in it as well.
    expect(file.payouts).toBe(2);
    expect((await operator('POST', '/payout-files', { json: { currency: 'CNY' } })).body.file).toBeNull();
    expect((await operator('POST', `/payouts/${first.body.id}/return`, { token: maker, json: { reason: 'account closed' } })).body.state).toBe('proposed');
    expect(BigInt(await wallet())).toBe(before - 500n);
    await approveAll();
    expect(BigInt(await wallet())).toBe(before);
  });
});

describe('a correction', () => {
  const correction = (amountMinor: string) => ({ from: { accountClass: 'platform_fees', ownerId: 'platform' }, to: { accountClass: 'payer_wallet', ownerId: ana.payerId }, amount: cny(amountMinor), explanation: 'charged twice by hand' });
  let mia: string;
  let cai: string;
  beforeAll(async () => {
    mia = (await operator('POST', '/people', { json: { name: 'Mia' } })).body.token;
    cai = (await operator('POST', '/people', { json: { name: 'Cai' } })).body.token;
  });

  it('needs two people', async () => {
    expect((await operator('POST', '/adjustments', { json: correction('5') })).body.code).toBe('person_needed');
    const proposed = await operator('POST', '/adjustments', { token: mia, json: correction('5') });
    expect(proposed.body).toMatchObject({ state: 'proposed', checkerId: null });
    const before = BigInt(await wallet());
    const approve = (token: string) => operator('POST', `/adjustments/${proposed.body.id}/approve`, { token });
    expect((await approve(mia)).body.code).toBe('same_person');
    expect((await approve(keys.operatorToken)).body.code).toBe('person_needed');
    expect(await wallet()).toBe(String(before));
    const [one, two] = await Promise.all([approve(cai), approve(cai)]);
    expect([one!.body.state, two!.body.state]).toEqual(['posted', 'posted']);
    expect(BigInt(await wallet())).toBe(before + 5n);
    // As after a month, when keys are forgotten.
    await server.pool.query('DELETE FROM idempotency WHERE principal IN ($1, $2)', [`adjustment:${proposed.body.id}`, `http:operator:${one!.body.checkerId}`]);
    expect((await approve(cai)).body).toEqual(one!.body);
    expect(BigInt(await wallet())).toBe(before + 5n);
    expect((await operator('POST', `/adjustments/${proposed.body.id}/refuse`, { token: cai })).body.code).toBe('adjustment_state_conflict');
  });

  it('may be refused, and one that the books refuse says so', async () => {
    const { body } = await operator('POST', '/adjustments', { token: mia, json: correction('6') });
    expect((await operator('POST', `/adjustments/${body.id}/refuse`, { token: mia })).body.state).toBe('refused');
    const back = { ...correction('90000000'), from: correction('1').to, to: correction('1').from };
    const large = await operator('POST', '/adjustments', { token: mia, json: back });
    expect((await operator('POST', `/adjustments/${large.body.id}/approve`, { token: cai })).body.code).toBe('balance_insufficient');
    expect((await operator('GET', '/adjustments')).body.adjustments[0]).toMatchObject({ state: 'failed', problem: 'balance_insufficient' });
  });

  it.each([
    ['an account whose balance follows from something else', { from: { accountClass: 'payout_clearing', ownerId: 'platform' } }, 'input_invalid'],
    ['the wallet of nobody', { to: { accountClass: 'payer_wallet', ownerId: 'nobody' } }, 'account_unknown'],
    ['no reason', { explanation: ' ' }, 'reason_missing'],
    ['an account to itself', { to: { accountClass: 'platform_fees', ownerId: 'platform' } }, 'account_not_adjustable'],
  ])('with %s is refused', async (_name, change, code) => {
    expect((await operator('POST', '/adjustments', { token: mia, json: { ...correction('5'), ...change } })).body.code).toBe(code);
  });
});

describe('the books of a past moment', () => {
  it('are the same whenever they are asked for, whatever was posted since', async () => {
    server.clock.ms += 1000;
    expect((await operator('GET', '/past-trial-balance?atMs=0')).body.code).toBe('not_found');
    await server.runRound('moments of the books');
    const at = server.clock.ms;
    const now = (await operator('GET', '/trial-balance')).body.rows;
    const past = await operator('GET', `/past-trial-balance?atMs=${at + 500}`);
    const told = (rows: { accountClass: string; balanceMinor: string }[]) => rows.filter((row) => row.balanceMinor !== '0').map((row) => [row.accountClass, row.balanceMinor]).sort();
    expect(told(past.body.rows)).toEqual(told(now));
    await paid('700');
    expect((await operator('GET', `/past-trial-balance?atMs=${at + 500}`)).text).toBe(past.text);
    expect(told((await operator('GET', '/trial-balance')).body.rows)).not.toEqual(told(past.body.rows));
  });
});

describe('who may ask', () => {
  it.each(['/settlements', '/payouts', '/disputes', '/adjustments', '/breaks', '/past-trial-balance?atMs=1'])('%s: the operator alone', async (path) => {
    expect((await operator('GET', path, { token: keys.merchantKey })).body.code).toBe('unauthorised');
  });

  it('a merchant statement is a file of its own days', async () => {
    const csv = await merchant('/statement?from=2026-11-23&to=2026-11-23');
    expect(csv.text.split('\r\n')[1]).toContain('opening');
    const xml = await merchant('/statement?from=2026-11-23&to=2026-11-25&format=camt.053');
    expect(xml.text).toContain('camt.053.001.08');
    expect((await merchant('/statement?from=yesterday&to=2026-11-25')).body.code).toBe('input_invalid');
  });
});
