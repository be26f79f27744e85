// FOR TESTS: an HTTP server that speaks the shapes of Stripe's API as far as cards on file need them, keeps idempotency keys as
// Stripe does, and fails in the ways a network and a bank fail. The real SDK talks to it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Behaviour = 'succeed' | 'decline' | 'needs_authentication' | 'asks_for_action' | 'processing' | 'server_error' | 'lost_answer' | 'never_arrives';
type Intent = { id: string; object: 'payment_intent'; status: string; amount: number; currency: string; customer: string; created: number; metadata: Record<string, string>; last_payment_error: object | null };

const problem = (code: string, more: object = {}) => ({ error: { type: 'card_error', code, message: code, ...more } });

export async function startStripeDouble({ nowMs }: { nowMs: () => number }) {
  const intents: Intent[] = [];
  const answers = new Map<string, { status: number; body: object }>();
  const state = { behaviour: 'succeed' as Behaviour, listIsDown: false, cardsAreDown: false, cardPrefix: 'pm_card', creations: 0, forgotten: [] as string[] };
  const create = (form: URLSearchParams): { status: number; body: object } => {
    state.creations += 1;
    const intent: Intent = {
      id: `pi_${intents.length + 1}`,
      object: 'payment_intent',
      status: 'succeeded',
      amount: Number(form.get('amount')),
      currency: form.get('currency') ?? '',
      customer: form.get('customer') ?? '',
      created: Math.floor(nowMs() / 1000),
      metadata: { attempt: form.get('metadata[attempt]') ?? '' },
      last_payment_error: null,
    };
    intents.push(intent);
    if (form.get('off_session') !== 'true' || form.get('confirm') !== 'true') return { status: 400, body: problem('parameter_missing', { type: 'invalid_request_error' }) };
    if (state.behaviour === 'decline' || state.behaviour === 'needs_authentication') {
      const code = state.behaviour === 'decline' ? 'card_declined' : 'authentication_required';
      intent.status = 'requires_payment_method';
      intent.last_payment_error = { code };
      return { status: 402, body: problem(code, code === 'card_declined' ? { decline_code: 'insufficient_funds', payment_intent: intent } : { payment_intent: intent }) };
    }
    intent.status = { asks_for_action: 'requires_action', processing: 'processing' }[state.behaviour as string] ?? 'succeeded';
    return { status: 200, body: intent };
  };

  const answer = (request: IncomingMessage, form: URLSearchParams, response: ServerResponse): void => {
    const path = new URL(request.url ?? '/', 'http://stripe').pathname;
    const say = (status: number, body: object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.method === 'POST' && path === '/v1/payment_intents') {
      if (state.behaviour === 'never_arrives') return void request.socket.destroy();
      if (state.behaviour === 'server_error') return void say(500, { error: { type: 'api_error', message: 'down' } });
      const key = String(request.headers['idempotency-key']);
      const known = answers.get(key) ?? create(form);
      answers.set(key, known);
      if (state.behaviour === 'lost_answer') return void request.socket.destroy();
      return void say(known.status, known.body);
    }
    if (request.method === 'GET' && path === '/v1/payment_intents') {
      if (state.listIsDown) return void say(500, { error: { type: 'api_error', message: 'down' } });
      const asked = new URL(request.url ?? '/', 'http://stripe').searchParams;
      const data = intents.filter((intent) => intent.customer === asked.get('customer') && intent.created >= Number(asked.get('created[gte]')));
      return void say(200, { object: 'list', url: '/v1/payment_intents', has_more: false, data: data.reverse() });
    }
    const intent = intents.find(({ id }) => path === `/v1/payment_intents/${id}/cancel`);
    if (intent) return void say(200, Object.assign(intent, { status: 'canceled' }));
    if (path.startsWith('/v1/customers') && state.cardsAreDown) return void request.socket.destroy();
    if (request.method === 'DELETE' && !state.cardsAreDown) return void say(...dropCustomer(path, state.forgotten));
    if (path === '/v1/customers') return void say(200, { id: `cus_${form.get('metadata[payer]')}`, object: 'customer' });
    const attached = /^\/v1\/payment_methods\/(\w+)\/attach$/.exec(path)?.[1];
    if (attached?.startsWith(state.cardPrefix)) return void say(200, { id: attached, object: 'payment_method', type: 'card', card: { brand: 'visa', last4: '4242' } });
    say(404, { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'no such thing' } });
  };

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => answer(request, new URLSearchParams(body), response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    state,
    intents,
    stop: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))),
  };
}

/** Once; afterwards there is no such customer. */
function dropCustomer(path: string, forgotten: string[]): [status: number, body: object] {
  const customer = /^\/v1\/customers\/(\w+)$/.exec(path)?.[1];
  if (customer === undefined || forgotten.includes(customer)) return [404, { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'no such customer' } }];
  forgotten.push(customer);
  return [200, { id: customer, object: 'customer', deleted: true }];
}
