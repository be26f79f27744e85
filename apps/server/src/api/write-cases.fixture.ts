// FOR TESTS: one request for each route that writes on the money side of the back offices, with another body that the route takes too.
import { activate, byTwo, freshKey, sealedPin, setBankAccountByTwo, type Ask, type TestServer } from '../testing/test-server.ts';

/** `other`: what the route takes as well; under a used key it must be told apart. Absent: another body may be refused before that. */
export type Write = { url: string; status: number; other?: object } & Ask;
export type WriteCases = Record<string, () => Promise<Write>>;
export type Stage = {
  server: TestServer;
  keys: { merchantKey: string; operatorToken: string };
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, more: Ask): ReturnType<TestServer['ask']>;
  /** A shopper with money who signed in just now. */
  somebody(): Promise<{ session: string; payerId: string }>;
  /** A payment that is paid, by `somebody`. */
  captured(): Promise<string>;
  somebodyElseWhoPaid(): Promise<{ session: string; paymentId: string }>;
};

const cny = (amountMinor: string) => ({ amountMinor, currency: 'CNY' });
const account = (holder: string) => ({ holder, number: '6222021234567890', bic: null, currency: 'CNY' });
const newMerchant = (name: string) => ({ name, nameZh: name, currency: 'CNY', categoryCode: '5451', fees: { basisPoints: 60 } });
const newStore = (name: string) => ({ name, nameZh: name, timeZone: 'Asia/Shanghai' });
const milk = { id: 'milk', name: 'Milk', nameZh: '牛奶', unitAmountMinor: '900', picture: '', category: 'drink' };
const reason = { reason: 'the bank says so' };
const otherReason = { reason: 'the bank says something else' };

export function moneyWriteCases(stage: () => Stage): WriteCases {
  const operator = () => stage().keys.operatorToken;
  const made = async (url: string, more: Ask) => {
    const answer = await stage().ask('POST', url, { token: operator(), key: freshKey(), ...more });
    if (answer.status >= 300) throw new Error(`${url}: ${answer.text}`);
    return answer.body;
  };
  const banked = async () => {
    const { session } = await stage().somebody();
    const set = await stage().ask('PUT', '/api/phone/bank-account', { token: session, key: freshKey(), json: account('Ana') });
    if (set.status !== 200) throw new Error(set.text);
    return session;
  };
  const withdrawn = async () => (await made('/api/phone/withdrawals', { token: await banked(), json: { amount: cny('500') } })).id as string;
  const personNamed = async (name: string) => (await made('/api/operator/people', { json: { name } })) as { id: string; token: string };
  const operatorNamed = async (name: string) => (await personNamed(name)).token;
  const correction = async (explanation: string) => ({
    from: { accountClass: 'platform_fees', ownerId: 'platform' }, to: { accountClass: 'payer_wallet', ownerId: (await stage().somebody()).payerId }, amount: cny('1'), explanation,
  });
  const proposed = async () => (await made('/api/operator/adjustments', { token: await operatorNamed('Mia'), json: await correction('charged by hand') })).id as string;
  const statement = (reference: string) => ({ format: 'csv', account: 'x', content: `date,amount,currency,reference\n2026-11-23,-7.00,CNY,${reference}\n` });
  const brokenOff = async () => {
    const reference = freshKey();
    await made('/api/operator/bank-statements', { json: statement(reference) });
    const { body } = await stage().ask('GET', '/api/operator/breaks?limit=100', { token: operator() });
    return body.breaks.find((found: { reference: string }) => found.reference === reference).id as string;
  };
  const asOperator = (url: string, write: OperatorWrite): Write => asOperatorOf(stage(), url, write);

  return {
    'PUT /api/phone/bank-account': async () => ({ url: '/api/phone/bank-account', status: 200, token: (await stage().somebody()).session, json: account('Ana'), other: account('Bo') }),
    'POST /api/phone/withdrawals': async () => ({ url: '/api/phone/withdrawals', status: 201, token: await banked(), json: { amount: cny('500') }, other: { amount: cny('501') } }),
    'POST /api/merchant/stores/:id/activation-codes': async () => ({ url: `/api/merchant/stores/${await storeIdOf(stage())}/activation-codes`, status: 201, token: stage().keys.merchantKey, json: { kind: 'kiosk' }, other: { kind: 'mini' } }),
    'POST /api/merchant/terminals/:id/revoke': async () => ({ url: `/api/merchant/terminals/${(await activate(stage().server)).terminalId}/revoke`, status: 200, token: stage().keys.merchantKey, json: {} }),
    'POST /api/operator/payout-files': async () => {
      const ask: TestServer['ask'] = (method, url, more) => stage().ask(method, url, more ?? {});
      await setBankAccountByTwo({ ask, operatorToken: operator() }, '/bank-account', account('Sonrisa'));
      await withdrawn();
      return asOperator('/payout-files', { status: 201, json: { currency: 'CNY' }, other: { currency: 'EUR' } });
    },
    'POST /api/operator/payouts/:id/confirm': async () => asOperator(`/payouts/${await withdrawn()}/confirm`, { json: reason, other: otherReason }),
    'POST /api/operator/people': async () => asOperator('/people', { status: 201, json: { name: 'Mia' }, other: { name: 'Cai' } }),
    'POST /api/operator/adjustments': async () => {
      const json = await correction('charged by hand');
      return asOperator('/adjustments', { status: 201, token: await operatorNamed('Mia'), json, other: { ...json, amount: cny('2') } });
    },
    'POST /api/operator/adjustments/:id/approve': async () => asOperator(`/adjustments/${await proposed()}/approve`, { token: await operatorNamed('Cai') }),
    'POST /api/operator/adjustments/:id/refuse': async () => asOperator(`/adjustments/${await proposed()}/refuse`, { token: await operatorNamed('Cai') }),
    'POST /api/operator/bank-statements': async () => asOperator('/bank-statements', { status: 201, json: statement(freshKey()), other: statement(freshKey()) }),
    'POST /api/operator/breaks/:id/assign': async () => {
      const [mia, cai] = [await personNamed('Mia'), await personNamed('Cai')];
      return asOperator(`/breaks/${await brokenOff()}/assign`, { token: mia.token, json: { personId: mia.id }, other: { personId: cai.id } });
    },
    'POST /api/operator/breaks/:id/resolve': async () => asOperator(`/breaks/${await brokenOff()}/resolve`, { token: await operatorNamed('Mia'), json: { note: 'a bank fee' }, other: { note: 'rent' } }),
  };
}

export function proposalWriteCases(stage: () => Stage): WriteCases {
  const disputed = async () => {
    const paymentId = await stage().captured();
    const ask: TestServer['ask'] = (method, url, more) => stage().ask(method, url, more ?? {});
    await byTwo({ ask, operatorToken: stage().keys.operatorToken }, { method: 'POST', path: '/disputes', json: { paymentId, ...reason } });
    return (await stage().server.pool.query<{ id: string }>('SELECT id FROM dispute WHERE hold_id = $1', [paymentId])).rows[0]!.id;
  };
  const operatorNamed = async (name: string) => (await stage().ask('POST', '/api/operator/people', { token: stage().keys.operatorToken, key: freshKey(), json: { name } })).body.token as string;
  const asPerson = async (url: string, write: OperatorWrite): Promise<Write> => asOperatorOf(stage(), url, { token: await operatorNamed('Mia'), ...write });
  const proposed = async () => {
    const { body } = await stage().ask('PUT', '/api/operator/bank-account', { token: await operatorNamed('Cai'), key: freshKey(), json: account('Sonrisa') });
    return body.id as string;
  };
  const withdrawn = async () => {
    const { session } = await stage().somebody();
    await stage().ask('PUT', '/api/phone/bank-account', { token: session, key: freshKey(), json: account('Ana') });
    return (await stage().ask('POST', '/api/phone/withdrawals', { token: session, key: freshKey(), json: { amount: cny('500') } })).body.id as string;
  };
  return {
    'PUT /api/operator/merchants/:id/fees': async () => asPerson(`/merchants/${await merchantIdOf(stage())}/fees`, { status: 202, json: { basisPoints: 60, ...reason }, other: { basisPoints: 61, ...reason } }),
    'POST /api/operator/disputes': async () => {
      const paymentId = await stage().captured();
      return asPerson('/disputes', { status: 202, json: { paymentId, ...reason }, other: { paymentId, ...otherReason } });
    },
    'POST /api/operator/disputes/:id/recoveries': async () =>
      asPerson(`/disputes/${await disputed()}/recoveries`, { status: 202, json: { from: 'insurer', amount: cny('100'), ...reason }, other: { from: 'insurer', amount: cny('101'), ...reason } }),
    'POST /api/operator/disputes/:id/loss': async () => asPerson(`/disputes/${await disputed()}/loss`, { status: 202, json: reason, other: otherReason }),
    'PUT /api/operator/merchants/:id/bank-account': async () => asPerson(`/merchants/${await merchantIdOf(stage())}/bank-account`, { status: 202, json: account('Bakery'), other: account('Dairy') }),
    'PUT /api/operator/bank-account': () => asPerson('/bank-account', { status: 202, json: account('Sonrisa'), other: account('Another') }),
    'POST /api/operator/payouts/:id/return': async () => asPerson(`/payouts/${await withdrawn()}/return`, { status: 202, json: reason, other: otherReason }),
    'POST /api/operator/proposals/:id/approve': async () => asPerson(`/proposals/${await proposed()}/approve`, {}),
    'POST /api/operator/proposals/:id/refuse': async () => asPerson(`/proposals/${await proposed()}/refuse`, {}),
  };
}

const subscription = (name: string) => ({ endpoint: `https://fcm.googleapis.com/fcm/send/${name}`, keys: { p256dh: `B${'A'.repeat(86)}`, auth: 'A'.repeat(22) } });

type OperatorWrite = Omit<Write, 'url' | 'status'> & { status?: number };
const asOperatorOf = ({ keys }: Stage, url: string, write: OperatorWrite): Write => ({ status: 200, token: keys.operatorToken, ...write, url: `/api/operator${url}` });
const storeIdOf = async ({ server }: Stage): Promise<string> => (await server.pool.query<{ id: string }>('SELECT id FROM store ORDER BY created_at, id')).rows[0]!.id;
const merchantIdOf = async ({ server }: Stage): Promise<string> => (await server.pool.query<{ id: string }>('SELECT id FROM merchant ORDER BY created_at, id')).rows[0]!.id;

export function setUpWriteCases(stage: () => Stage): WriteCases {
  const asOperator = (url: string, write: OperatorWrite): Write => asOperatorOf(stage(), url, write);
  const made = async (url: string, json: object) => (await stage().ask('POST', url, { token: stage().keys.operatorToken, key: freshKey(), json })).body.id as string;
  return {
    'POST /api/operator/merchants': async () => asOperator('/merchants', { status: 201, json: newMerchant('Dairy'), other: newMerchant('Creamery') }),
    'POST /api/operator/merchants/:id/stores': async () => asOperator(`/merchants/${await merchantIdOf(stage())}/stores`, { status: 201, json: newStore('Harbour'), other: newStore('Hill') }),
    'PUT /api/operator/merchants/:id/menu': async () => {
      const id = await made('/api/operator/merchants', newMerchant('Dairy'));
      return asOperator(`/merchants/${id}/menu`, { json: { items: [milk] }, other: { items: [] } });
    },
    'POST /api/operator/merchants/:id/keys': async () => asOperator(`/merchants/${await merchantIdOf(stage())}/keys`, { status: 201, json: { label: 'tills' }, other: { label: 'books' } }),
    'POST /api/operator/merchants/:id/keys/:keyId/revoke': async () => {
      const id = await made(`/api/operator/merchants/${await merchantIdOf(stage())}/keys`, { label: 'tills' });
      return asOperator(`/merchants/${await merchantIdOf(stage())}/keys/${id}/revoke`, {});
    },
    'POST /api/operator/stores/:id/activation-codes': async () => asOperator(`/stores/${await storeIdOf(stage())}/activation-codes`, { status: 201, json: { kind: 'kiosk' }, other: { kind: 'mini' } }),
  };
}


/** Where a store's terminals may be. */
export function networkWriteCases(stage: () => Stage): WriteCases {
  const seenElsewhere = async (api: string) => {
    const { terminalId } = await activate(stage().server);
    const networks = ['203.0.113.0/24', '198.51.100.0/24'];
    for (const network of networks) await stage().server.pool.query('INSERT INTO terminal_network (terminal_id, network, first_seen_at, last_seen_at) VALUES ($1, $2, now(), now())', [terminalId, network]);
    return { url: `${api}/terminals/${terminalId}/confirm-network`, status: 200, json: { network: networks[0] }, other: { network: networks[1] } };
  };
  return {
    'POST /api/merchant/terminals/:id/confirm-network': async () => ({ ...(await seenElsewhere('/api/merchant')), token: stage().keys.merchantKey }),
    'PUT /api/merchant/stores/:id/networks': async () => ({ url: `/api/merchant/stores/${await storeIdOf(stage())}/networks`, status: 200, token: stage().keys.merchantKey, json: { check: 'learned' }, other: { check: 'listed', networks: ['203.0.113.0/24'] } }),
    'POST /api/operator/terminals/:id/confirm-network': async () => ({ ...(await seenElsewhere('/api/operator')), token: stage().keys.operatorToken }),
    'POST /api/operator/terminals/:id/revoke': async () => asOperatorOf(stage(), `/terminals/${(await activate(stage().server)).terminalId}/revoke`, {}),
    'PUT /api/operator/stores/:id/networks': async () => asOperatorOf(stage(), `/stores/${await storeIdOf(stage())}/networks`, { json: { check: 'learned' }, other: { check: 'listed', networks: ['203.0.113.0/24'] } }),
  };
}

export function limitWriteCases(stage: () => Stage): WriteCases {
  const asOperator = (url: string, write: OperatorWrite): Write => asOperatorOf(stage(), url, write);
  return {
    'PUT /api/operator/limits': async () => {
      const { settings } = (await stage().ask('GET', '/api/operator/limits?currency=CNY', { token: stage().keys.operatorToken })).body;
      return asOperator('/limits', { json: { currency: 'CNY', settings, ...reason }, other: { currency: 'CNY', settings, ...otherReason } });
    },
    'PUT /api/operator/merchants/:id/limits': async () => {
      const json = { categoryCode: '5462', paymentMaxMinor: null, dayMaxMinor: null };
      return asOperator(`/merchants/${await merchantIdOf(stage())}/limits`, { json, other: { ...json, categoryCode: '5411' } });
    },
    'PUT /api/operator/payers/:id/identity': async () => asOperator(`/payers/${(await stage().somebody()).payerId}/identity`, { json: { level: 'attested', note: 'passport seen' }, other: { level: 'phone', note: 'passport seen' } }),
    'POST /api/operator/recoveries/:id/attest': async () => {
      const [{ session, payerId }, { server, ask, keys }] = [await stage().somebody(), stage()];
      const { token } = (await ask('POST', '/api/operator/people', { token: keys.operatorToken, key: freshKey(), json: { name: 'Mia' } })).body;
      const asked = await ask('POST', '/api/phone/me/identity/reference', { token: session, json: { proof: { pin: await sealedPin(server, { pin: '294615', subjectId: payerId }) } } });
      const { id } = (await ask('POST', '/api/operator/recoveries/find', { token, json: { reference: asked.body.reference } })).body;
      const json = { document: 'passport', name: 'Ana', bornOn: '1990-05-17' };
      return asOperator(`/recoveries/${id}/attest`, { token, json, other: { ...json, document: 'id_card' } });
    },
    'POST /api/phone/me/payments/:id/undo': async () => {
      const [{ session }, paymentId] = [await stage().somebody(), await stage().captured()];
      await stage().server.pool.query('UPDATE limit_use SET undo_until = $2 WHERE payment_id = $1', [paymentId, new Date(stage().server.clock.ms + 3_600_000)]);
      return { url: `/api/phone/me/payments/${paymentId}/undo`, status: 200, token: session };
    },
    'POST /api/phone/me/push': async () => ({ url: '/api/phone/me/push', status: 204, token: (await stage().somebody()).session, json: subscription('a'), other: subscription('b') }),
    'POST /api/phone/me/push/remove': async () => ({ url: '/api/phone/me/push/remove', status: 204, token: (await stage().somebody()).session, json: { endpoint: subscription('a').endpoint }, other: { endpoint: subscription('b').endpoint } }),
    'PUT /api/phone/me/limits/:kind': async () => ({ url: '/api/phone/me/limits/month', status: 200, token: (await stage().somebody()).session, json: { maxMinor: '9000000' }, other: { maxMinor: '8000000' } }),
    'DELETE /api/phone/me/limits/:kind/raise': async () => ({ url: '/api/phone/me/limits/month/raise', status: 200, token: (await stage().somebody()).session }),
    'POST /api/phone/me/limits/nonce': async () => ({ url: '/api/phone/me/limits/nonce', status: 200, token: (await stage().somebody()).session }),
    'POST /api/phone/me/payments/:id/not-me': async () => {
      const { session, paymentId } = await stage().somebodyElseWhoPaid();
      return { url: `/api/phone/me/payments/${paymentId}/not-me`, status: 201, token: session };
    },
    'POST /api/operator/cases/:id/close': async () => {
      const { session, paymentId } = await stage().somebodyElseWhoPaid();
      const { body } = await stage().ask('POST', `/api/phone/me/payments/${paymentId}/not-me`, { token: session, key: freshKey() });
      return asOperator(`/cases/${body.id}/close`, { json: { finding: 'unclear', note: 'nobody can say' }, other: { finding: 'payer', note: 'they remembered' } });
    },
  };
}
