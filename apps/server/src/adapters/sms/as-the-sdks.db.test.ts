// What we send to Twilio and Alibaba Cloud is what their own SDKs send, field for field; a local server is the other side for both.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signAcs3 } from './acs3.ts';
import { createAlibaba } from './alibaba.ts';
import type { SmsMessage } from './provider.ts';
import { createTwilio } from './twilio.ts';

type Seen = { method: string; path: string; query: string; headers: IncomingHttpHeaders; body: string };
type Answer = { status: number; body: string; headers?: Record<string, string> } | 'cut';
type Sdk = { readonly [name: string]: undefined | (new (...args: unknown[]) => Record<string, (...args: unknown[]) => Promise<unknown>>) };

let server: Server;
let seen: Seen[];
let answer: Answer;
let url: string;
const nowMs = Date.UTC(2026, 10, 29, 4, 5, 6, 789);
const never = new AbortController().signal;
const require = createRequire(import.meta.url);

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [path = '', query = ''] = (request.url ?? '').split('?');
      seen.push({ method: request.method ?? '', path, query, headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (answer === 'cut') return request.socket.destroy();
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
beforeEach(() => {
  seen = [];
});

async function deadUrl(): Promise<string> {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  return `http://127.0.0.1:${port}`;
}

const message: SmsMessage = { id: 'msg_1', to: '+14155552671', text: 'Sonrisa: 123456 & more + 验证码', purpose: 'code', template: { name: 'code', locale: 'zh', params: { code: '123456', minutes: '5' } }, expiresAtMs: nowMs + 300_000 };
const last = (): Seen => {
  const request = seen.at(-1);
  if (!request) throw new Error('nothing was sent');
  return request;
};

describe('Twilio', () => {
  const service = `MG${'0'.repeat(32)}`;
  const ours = () => createTwilio({ name: 'twilio', accountSid: 'AC1', authToken: 'token', senders: { '+1': '+15005550006', '*': service }, url, nowMs: () => nowMs });
  const fields = ({ method, path, headers, body }: Seen) => ({ method, path, authorization: headers.authorization, accept: headers.accept, type: headers['content-type']?.split(';')[0], form: [...new URLSearchParams(body)].sort() });
  const twilio = require('twilio') as (sid: string, token: string, options: object) => { messages: ((sid: string) => { fetch(): Promise<unknown> }) & { create(fields: object): Promise<unknown> } };
  // The SDK's own client, sent to the local server instead of api.twilio.com.
  const theirs = () => {
    const RequestClient = require('twilio/lib/base/RequestClient') as new () => { request(options: { uri: string }): Promise<unknown> };
    const client = new RequestClient();
    const request = client.request.bind(client);
    client.request = (options) => request({ ...options, uri: options.uri.replace('https://api.twilio.com', url) });
    return twilio('AC1', 'token', { httpClient: client });
  };

  it.each([
    ['a number', '+14155552671', { from: '+15005550006' }],
    ['a messaging service', '+34612345678', { messagingServiceSid: service }],
  ])('from %s', async (_what, to, sender) => {
    answer = { status: 201, body: JSON.stringify({ sid: 'SM1', status: 'queued' }) };
    expect(await ours().send({ ...message, to }, never)).toEqual({ is: 'taken', refs: ['SM1'] });
    const own = fields(last());
    await theirs().messages.create({ to, body: message.text, validityPeriod: 300, ...sender });
    expect(own).toEqual(fields(last()));
    expect(own.form).toContainEqual(['Body', message.text]);
  });

  it('asks for what became of it', async () => {
    answer = { status: 200, body: JSON.stringify({ sid: 'SM1', status: 'undelivered', error_code: 30_005 }) };
    expect(await ours().receiptOf?.({ ref: 'SM1', to: message.to, sentAtMs: nowMs }, never)).toEqual({ ref: 'SM1', is: 'undelivered', detail: 'undelivered, error 30005' });
    const { method, path, headers } = last();
    await theirs().messages('SM1').fetch();
    expect([last().method, last().path, last().headers.authorization]).toEqual([method, path, headers.authorization]);
    for (const [status, is] of [['delivered', 'delivered'], ['failed', 'undelivered'], ['sent', undefined]]) {
      answer = { status: 200, body: JSON.stringify({ sid: 'SM1', status }) };
      expect((await ours().receiptOf?.({ ref: 'SM1', to: message.to, sentAtMs: nowMs }, never))?.is).toBe(is);
    }
  });

  it.each<[string, Answer, object]>([
    ['a number that is none', { status: 400, body: '{"code":21211}' }, { is: 'refused', why: 'Twilio error 21211, HTTP 400' }],
    ['too many requests', { status: 429, body: '{"code":20429}', headers: { 'retry-after': '3' } }, { is: 'not_taken', why: 'Twilio error 20429' }],
    ['too many, by a proxy', { status: 429, body: '', headers: { 'retry-after': '3' } }, { is: 'not_taken', why: 'HTTP 429', retryAfterMs: 3_000 }],
    ['wrong credentials', { status: 401, body: '{"code":20003}' }, { is: 'not_taken' }],
    ['a broken server', { status: 500, body: '' }, { is: 'unknown', why: 'HTTP 500' }],
    ['a cut after the request', 'cut', { is: 'unknown' }],
    ['an answer that says nothing', { status: 201, body: '{}' }, { is: 'unknown' }],
  ])('%s', async (_what, given, expected) => {
    answer = given;
    expect(await ours().send(message, never)).toMatchObject(expected);
  });

  it('a host that nobody answers at took nothing', async () => {
    const nobody = createTwilio({ name: 'twilio', accountSid: 'AC1', authToken: 'token', senders: { '*': 'SONRISA' }, url: await deadUrl(), nowMs: () => nowMs });
    expect(await nobody.send(message, never)).toMatchObject({ is: 'not_taken' });
  });
});

describe('Alibaba Cloud', () => {
  const key = { accessKeyId: 'LTAI-test', accessKeySecret: 'a secret' };
  const ours = () => createAlibaba({ name: 'alibaba', ...key, senders: { '+86': '微笑付' }, templates: { 'code.zh': 'SMS_1' }, url, nowMs: () => nowMs, newNonce: () => 'nonce' });
  const theirs = () => {
    const { default: Client } = require('@alicloud/dysmsapi20170525') as Sdk;
    if (!Client) throw new Error('the SDK has changed');
    return new Client({ ...key, endpoint: new URL(url).host, protocol: 'HTTP' });
  };
  const request = (name: string, fields: object) => {
    const Request = (require('@alicloud/dysmsapi20170525') as Sdk)[name];
    if (!Request) throw new Error(`the SDK has no ${name}`);
    return new Request(fields);
  };
  const compared = ({ method, path, query, headers, body }: Seen) => ({
    method, path, body, host: headers.host, query: [...new URLSearchParams(query)].sort(),
    acs: Object.entries(headers).filter(([name]) => name.startsWith('x-acs-') && !/date|nonce/.test(name)).sort(),
    credential: headers.authorization?.replace(/Signature=.*/, ''),
  });
  // Their request, signed by our code with their date and nonce.
  const signedByUs = ({ headers, query }: Seen) =>
    signAcs3({
      method: 'POST', host: headers.host ?? '', action: String(headers['x-acs-action']), version: String(headers['x-acs-version']),
      query: Object.fromEntries(new URLSearchParams(query)), nonce: String(headers['x-acs-signature-nonce']), nowMs: Date.parse(String(headers['x-acs-date'])),
    }, key)['authorization'];
  const chinese = { ...message, to: '+8613800138000' };

  it('sends a template and its values', async () => {
    answer = { status: 200, body: JSON.stringify({ Code: 'OK', BizId: '9006^0', RequestId: 'r' }) };
    expect(await ours().send(chinese, never)).toEqual({ is: 'taken', refs: ['9006^0'] });
    const own = last();
    await theirs()['sendSms']?.(request('SendSmsRequest', { phoneNumbers: '13800138000', signName: '微笑付', templateCode: 'SMS_1', templateParam: '{"code":"123456","minutes":"5"}', outId: 'msg_1' }));
    expect(compared(own)).toEqual(compared(last()));
    expect(signedByUs(last())).toBe(last().headers.authorization);
    expect(signedByUs(own)).toBe(own.headers.authorization);
  });

  it('asks for what became of it', async () => {
    const details = (SendStatus: number) => JSON.stringify({ Code: 'OK', SmsSendDetailDTOs: { SmsSendDetailDTO: [{ SendStatus, ErrCode: 'DELIVERED' }] } });
    answer = { status: 200, body: details(3) };
    const part = { ref: '9006^0', to: chinese.to, sentAtMs: Date.UTC(2026, 10, 28, 17) };
    expect(await ours().receiptOf?.(part, never)).toEqual({ ref: '9006^0', is: 'delivered', detail: 'DELIVERED' });
    const own = last();
    await theirs()['querySendDetails']?.(request('QuerySendDetailsRequest', { phoneNumber: '13800138000', bizId: '9006^0', sendDate: '20261129', currentPage: 1, pageSize: 10 }));
    expect(compared(own)).toEqual(compared(last()));
    answer = { status: 200, body: details(2) };
    expect((await ours().receiptOf?.(part, never))?.is).toBe('undelivered');
    answer = { status: 200, body: details(1) };
    expect(await ours().receiptOf?.(part, never)).toBeUndefined();
  });

  it.each<[string, Answer, object]>([
    ['a number that is none', { status: 200, body: '{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}' }, { is: 'refused', why: 'isv.MOBILE_NUMBER_ILLEGAL' }],
    ['a limit of the network', { status: 200, body: '{"Code":"isv.BUSINESS_LIMIT_CONTROL"}' }, { is: 'not_taken', why: 'isv.BUSINESS_LIMIT_CONTROL' }],
    ['throttling', { status: 400, body: '{"Code":"Throttling.User"}' }, { is: 'not_taken', why: 'Throttling.User' }],
    ['a wrong secret', { status: 400, body: '{"Code":"SignatureDoesNotMatch"}' }, { is: 'not_taken', why: 'SignatureDoesNotMatch' }],
    ['a broken gateway', { status: 502, body: '' }, { is: 'unknown', why: 'HTTP 502' }],
    ['a cut after the request', 'cut', { is: 'unknown' }],
  ])('%s', async (_what, given, expected) => {
    answer = given;
    expect(await ours().send(chinese, never)).toMatchObject(expected);
  });

  it('sends nothing it has no template for', async () => {
    const english = { ...chinese, template: { name: 'code', locale: 'en', params: {} } as const };
    expect(await ours().send(english, never)).toEqual({ is: 'refused', why: 'no template for code' });
    expect(ours().serves('+14155552671')).toBe(false);
    expect(seen).toEqual([]);
  });
});
