// The back office's risk routes over HTTP: a rule set from proposal to rollback, and one payment explained.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activate, enrol, freshKey, recognised, startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
let till: string;
let keys: { merchantKey: string; operatorToken: string };
beforeAll(async () => {
  server = await startTestServer({ name: 'operator_risk' });
  till = (await activate(server)).token;
  keys = (await server.ask('GET', '/api/sandbox/keys')).body;
  await enrol(server, { phone: '+8613800138000', name: 'Ana', pin: '174920', face: 'ana', topUpMinor: '100000' });
});
afterAll(() => server.stop());

const operator = (method: 'GET' | 'POST' | 'PUT', path: string, json?: unknown, token = keys.operatorToken) =>
  server.ask(method, `/api/operator${path}`, { token, key: freshKey(), ...(json === undefined ? {} : { json }) });
const look = () => recognised(server, { token: till, amountMinor: '1200', face: 'ana' });
const rule = (when: string) => ({ id: 'all-of-them', when, outcome: 'refuse', reason: { en: 'Closed.', zh: '暂停。' } });

it('a rule set is refused with what is wrong, tried, put in charge and taken back; a payment is explained', async () => {
  expect((await operator('POST', '/risk/rule-sets', { note: 'x', rules: [rule('capture.nothing > 1')] })).body).toMatchObject({ code: 'input_invalid', errors: [{ path: 'rules.0.when' }] });
  const { status, body: made } = await operator('POST', '/risk/rule-sets', { note: 'x', rules: [rule('payment.amountMinor > 0')] });
  expect([status, made.note]).toEqual([201, 'x']);
  const { body: first } = await operator('GET', '/risk/roll-out');
  expect((await look()).result.body.outcome).toBe('identified');
  expect((await operator('GET', `/risk/rule-sets/${made.version}/back-test`)).body).toMatchObject({
    recorded: 1, next: null, decisions: 1, stricter: 1, amounts: [{ amountMinor: '1200', currency: 'CNY' }],
    changes: [{ from: 'allow', to: 'refuse', decisions: 1, reported: 0, amounts: [{ amountMinor: '1200', currency: 'CNY' }], examples: [{ firedBefore: [], firedAfter: ['all-of-them'] }] }],
  });
  expect((await operator('GET', '/risk/stores')).body.stores).toContainEqual(expect.objectContaining({ merchant: 'Panadería Sol', name: 'Old Town', nameZh: '老城店' }));

  await operator('PUT', '/risk/roll-out', { active: made.version, candidate: null, reason: 'closing' });
  const { paymentId, result } = await look();
  expect(result.body.code).toBe('risk_refused');
  const { body: explained } = await operator('GET', `/payments/${paymentId}/risk`);
  expect(explained.decisions).toMatchObject([{ decided: { outcome: 'refuse', reasons: [{ rule: 'all-of-them', en: 'Closed.', zh: '暂停。' }] }, asked: { refused: true }, replay: { same: true } }]);

  expect((await operator('POST', '/risk/roll-back', { reason: 'too much' })).body).toMatchObject({ active: first.active, candidate: null, goesBackTo: null });
  expect((await look()).result.body.outcome).toBe('identified');
  expect((await operator('POST', '/risk/roll-back', { reason: 'again' })).body.code).toBe('roll_back_impossible');
  expect((await operator('GET', '/risk/roll-outs')).body.rollOuts).toHaveLength(3);
});

it('rules that are no version yet: tried on what was recorded, refused with what is wrong; a rule that is off judges nothing; none of it is kept', async () => {
  const { body: inCharge } = await operator('GET', '/risk/roll-out');
  expect((await operator('GET', '/risk/terms')).body).toEqual({ currency: 'CNY' });
  await look();
  const kept = async () => [(await operator('GET', '/risk/rule-sets')).body.ruleSets.length, Number((await server.pool.query('SELECT count(*)::int AS acts FROM operator_act')).rows[0].acts)];
  const before = await kept();
  const tryOut = (rules: unknown[]) => server.ask('POST', '/api/operator/risk/back-test', { token: keys.operatorToken, json: { rules, against: inCharge.active, decisions: 1 } });
  expect((await tryOut([rule('payment.amountMinor > 0')])).body).toMatchObject({ decisions: 1, stricter: 1, changes: [{ from: 'allow', to: 'refuse' }] });
  expect((await tryOut([{ ...rule('payment.amountMinor > 0'), off: true }])).body).toMatchObject({ decisions: 1, same: 1, fired: [] });
  expect((await tryOut([rule('payment.hour >= 0'), { ...rule('payment.hour'), id: 'wrong', off: true }])).body).toMatchObject({ code: 'input_invalid', errors: [{ path: 'rules.1.when' }] });
  expect((await tryOut([{ ...rule('true'), reason: { en: '', zh: 'x' } }])).body).toMatchObject({ code: 'input_invalid', errors: [{ path: 'rules.0.reason.en' }] });
  expect(await kept()).toEqual(before);

  const { body: saved } = await operator('POST', '/risk/rule-sets', { note: 'off', rules: [{ ...rule('payment.amountMinor > 0'), off: true }] });
  expect(saved.rules).toEqual([{ ...rule('payment.amountMinor > 0'), off: true }]);
  await operator('PUT', '/risk/roll-out', { active: saved.version, candidate: null, reason: 'switched off' });
  expect((await look()).result.body.outcome).toBe('identified');
  await operator('POST', '/risk/roll-back', { reason: 'back' });
});

it('nobody else reaches them', async () => {
  for (const token of [keys.merchantKey, till, 'made-up']) {
    expect((await operator('POST', '/risk/roll-back', { reason: 'x' }, token)).status).toBe(401);
    expect((await operator('GET', '/risk/rule-sets', undefined, token)).status).toBe(401);
    expect((await operator('POST', '/risk/back-test', { rules: [], against: 1, decisions: 1 }, token)).status).toBe(401);
    expect((await operator('GET', '/risk/terms', undefined, token)).status).toBe(401);
  }
});
