// The SMPP provider against an SMSC on loopback: a real socket, real PDUs. What it says is looked at in octets, not only through the
// package that both sides use.
import type { AddressInfo, Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SmsMessage, SmsProvider, SmsReceipt } from './provider.ts';
import { smpp, type Pdu, type Session } from './smpp-package.ts';
import { createSmpp, type SmppDeps } from './smpp.ts';

const nowMs = Date.UTC(2026, 10, 29, 4);
const never = new AbortController().signal;
const times = { enquireEveryMs: 40, answerWithinMs: 300, reconnectMs: { first: 20, most: 100 } };

let smsc: Server & { sessions: Session[] };
let submitted: Pdu[];
let octets: Buffer[];
let enquiries: number;
/** What the SMSC answers a submit_sm with. */
let onSubmit: (pdu: Pdu, session: Session, n: number) => Record<string, unknown> | 'nothing';
let onBind: () => number;
let answersEnquiries: boolean;
let provider: SmsProvider;
let receipts: SmsReceipt[];
let clock: { ms: number };

beforeEach(async () => {
  [submitted, octets, receipts, enquiries] = [[], [], [], 0];
  clock = { ms: nowMs };
  answersEnquiries = true;
  onBind = () => 0;
  onSubmit = (_pdu, _session, n) => ({ message_id: `id-${n}` });
  smsc = smpp.createServer((session) => {
    session.on('error', () => undefined);
    session.on('bind_transceiver', (pdu: Pdu) => session.send(pdu.response({ command_status: pdu['password'] === 'secret' ? onBind() : 0x0e })));
    session.on('enquire_link', (pdu: Pdu) => ((enquiries += 1), answersEnquiries && session.send(pdu.response())));
    session.on('unbind', (pdu: Pdu) => (session.send(pdu.response()), session.close()));
    session.on('submit_sm', (pdu: Pdu) => {
      submitted.push(pdu);
      const fields = onSubmit(pdu, session, submitted.length);
      if (fields !== 'nothing') session.send(pdu.response(fields));
    });
  });
  smsc.on('connection', (socket) => {
    const { push } = socket;
    // Before the package reads them.
    socket.push = (chunk: Buffer | null, ...rest: []) => (chunk && octets.push(Buffer.from(chunk)), push.call(socket, chunk, ...rest));
  });
  await new Promise<void>((resolve) => smsc.listen(0, '127.0.0.1', () => resolve()));
  open();
});
afterEach(async () => {
  await provider.stop();
  for (const session of [...smsc.sessions]) session.destroy();
  await new Promise((resolve) => smsc.close(resolve));
});

function open(change: Partial<SmppDeps> = {}, password = 'secret') {
  const { port } = smsc.address() as AddressInfo;
  const log = { info: () => undefined, warn: () => undefined };
  const address = { host: '127.0.0.1', port, tls: false, systemId: 'sonrisa', password, systemType: '' };
  provider = createSmpp({ name: 'carrier', address, senders: { '+86': '1069', '+1': '+15005550006', '*': 'SONRISA' }, longMessages: 'parts', nowMs: () => clock.ms, newRef: () => 0xab, log, times, ...change });
  provider.start?.(async (receipt) => void receipts.push(receipt));
}
const bound = () => expect.poll(() => provider.isUp(), { interval: 5 }).toBe(true);
const messageTo = (to: string, text: string): SmsMessage => ({ id: 'msg_1', to, text, purpose: 'code', expiresAtMs: nowMs + 300_000 });
const english = messageTo('+34612345678', 'Sonrisa: 123456 {€}');
const send = (message = english) => provider.send(message, never);

describe('a message by SMPP', () => {
  it('in the GSM alphabet goes as SMPP 3.4 lays it out', async () => {
    await bound();
    expect(await send()).toEqual({ is: 'taken', refs: ['id-1'] });
    const body = Buffer.concat([
      Buffer.from('\0'), // service_type
      Buffer.of(5, 0), Buffer.from('SONRISA\0'), // a name
      Buffer.of(1, 1), Buffer.from('34612345678\0'), // an international number
      Buffer.of(0, 0, 0), Buffer.from('\0'), Buffer.from('000000000500000R\0'), // esm_class, protocol, priority; at once; for five minutes
      Buffer.of(1, 0, 0, 0), // a receipt, replacing none, the GSM alphabet, no canned message
      Buffer.of(22), Buffer.from('Sonrisa: 123456 '), Buffer.from('1b281b651b29', 'hex'),
    ]);
    const all = Buffer.concat(octets);
    const at = all.indexOf(body);
    expect(at).toBeGreaterThan(16);
    const pdu = all.subarray(at - 16, at + body.length);
    expect([pdu.readUInt32BE(0), pdu.readUInt32BE(4)]).toEqual([pdu.length, 4]);
  });

  it('in Chinese goes as UCS-2, from a short code', async () => {
    await bound();
    await send(messageTo('+8613800138000', '【Sonrisa】验证码 123456'));
    expect(submitted[0]).toMatchObject({ data_coding: 8, esm_class: 0, source_addr_ton: 3, source_addr: '1069', destination_addr: '8613800138000', short_message: { message: '【Sonrisa】验证码 123456' } });
    const text = Buffer.from('【Sonrisa】验证码 123456', 'utf16le').swap16();
    expect(Buffer.concat(octets).includes(text)).toBe(true);
  });

  it('that is long goes in parts, each with its header, or whole in message_payload', async () => {
    await bound();
    const long = messageTo('+14155552671', '码'.repeat(100));
    expect(await send(long)).toEqual({ is: 'taken', refs: ['id-1', 'id-2'] });
    expect(submitted.map(({ esm_class: esm, data_coding: coding }) => [esm, coding])).toEqual([[0x40, 8], [0x40, 8]]);
    const all = Buffer.concat(octets);
    for (const [part, count] of [[1, 67], [2, 33]] as const) expect(all.includes(Buffer.concat([Buffer.of(6 + count * 2, 5, 0, 3, 0xab, 2, part), Buffer.from('码'.repeat(count), 'utf16le').swap16()]))).toBe(true);
    await provider.stop();
    open({ longMessages: 'payload' });
    await bound();
    await send(long);
    expect(submitted).toHaveLength(3);
    expect(Buffer.concat(octets).includes(Buffer.concat([Buffer.of(0x04, 0x24, 0, 200), Buffer.from('码'.repeat(100), 'utf16le').swap16()]))).toBe(true);
  });

  it('is followed by its receipt, which is answered once it is stored', async () => {
    await bound();
    await send();
    const answers: number[] = [];
    const deliver = (text: string) => smsc.sessions[0]?.deliver_sm({ esm_class: 4, source_addr: '34612345678', destination_addr: 'SONRISA', short_message: text }, ({ command_status: status }) => answers.push(status));
    deliver('id:id-1 sub:001 dlvrd:001 submit date:2611290400 done date:2611290401 stat:DELIVRD err:000 text:');
    await expect.poll(() => answers).toEqual([0]);
    expect(receipts).toEqual([{ ref: 'id-1', is: 'delivered', detail: 'DELIVRD' }]);
    provider.start?.(async () => Promise.reject(new Error('the database is away')));
    await bound();
    deliver('id:id-1 stat:DELIVRD err:000');
    await expect.poll(() => answers).toEqual([0, 0x64]);
  });
});

describe('an SMSC that', () => {
  it('is throttled gets a pause, which grows and ends', async () => {
    await bound();
    onSubmit = () => ({ command_status: 0x58 });
    expect(await send()).toEqual({ is: 'not_taken', why: 'throttled, status 0x58', retryAfterMs: 1_000 });
    expect(await send()).toEqual({ is: 'not_taken', why: 'throttled', retryAfterMs: 1_000 });
    clock.ms += 1_000;
    expect(await send()).toMatchObject({ retryAfterMs: 2_000 });
    expect(submitted).toHaveLength(2);
    clock.ms += 2_000;
    onSubmit = () => ({ message_id: 'x' });
    expect(await send()).toEqual({ is: 'taken', refs: ['x'] });
  });

  it('refuses the number, or is broken, took nothing', async () => {
    await bound();
    onSubmit = () => ({ command_status: 0x0b });
    expect(await send()).toEqual({ is: 'refused', why: 'status 0xb' });
    onSubmit = () => ({ command_status: 0x08 });
    expect(await send()).toEqual({ is: 'not_taken', why: 'status 0x8' });
  });

  it('throttles the second part gets it again, and when it is cut there nobody knows', async () => {
    await bound();
    onSubmit = (_pdu, _session, n) => (n === 2 ? { command_status: 0x58 } : { message_id: `id-${n}` });
    const sending = send(messageTo('+14155552671', 'a'.repeat(200)));
    await expect.poll(() => submitted.length).toBe(2);
    clock.ms += 1_000;
    expect(await sending).toEqual({ is: 'taken', refs: ['id-1', 'id-3'] });
    onSubmit = (_pdu, session, n) => (n === 5 ? (session.destroy(), 'nothing') : { message_id: `id-${n}` });
    expect(await send(messageTo('+14155552671', 'a'.repeat(200)))).toMatchObject({ is: 'unknown', why: expect.stringContaining('part 2 of 2') });
  });

  it('is cut off with a message under way may have taken it; then it is bound again', async () => {
    await bound();
    onSubmit = (_pdu, session) => (session.destroy(), 'nothing');
    expect(await send()).toEqual({ is: 'unknown', why: 'no answer to submit_sm' });
    expect(await send()).toEqual({ is: 'not_taken', why: 'no session' });
    await bound();
    onSubmit = () => ({ message_id: 'after' });
    expect(await send()).toEqual({ is: 'taken', refs: ['after'] });
  });

  it('answers no enquiry is given up and bound again', async () => {
    await bound();
    await expect.poll(() => enquiries).toBeGreaterThan(1);
    const [first] = smsc.sessions;
    answersEnquiries = false;
    await expect.poll(() => smsc.sessions.length > 0 && smsc.sessions[0] !== first, { timeout: 5_000 }).toBe(true);
    answersEnquiries = true;
    await bound();
  });

  it('takes no wrong password is asked again with growing pauses, and not for ever faster', async () => {
    await provider.stop();
    open({}, 'wrong');
    await expect.poll(() => Buffer.concat(octets).toString('latin1').split('wrong').length, { timeout: 5_000 }).toBeGreaterThan(3);
    expect(provider.isUp()).toBe(false);
    expect(await send()).toEqual({ is: 'not_taken', why: 'no session' });
  });
});
