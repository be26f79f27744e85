// What the log keeps to itself, and the control: what is not hidden can be found by the same search.
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLog } from './log.ts';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog({ level: 'info', destination: new Writable({ write: (chunk, _encoding, done) => (lines.push(String(chunk)), done()) }) }));
  return lines.join('');
}

const phone = '+8613800138000';

describe('the log', () => {
  it.each([
    ['a field', { phone }],
    ['a field of a field', { input: { phone } }],
    ['a field two deep', { request: { body: { phone } } }],
    ['a credential', { headers: { authorization: phone } }],
    ['a PIN', { pin: phone }],
    ['a code', { input: { code: phone } }],
    ['digits', { digits: phone }],
    ['what a database error quotes', { err: Object.assign(new Error('duplicate key'), { code: '23505', detail: `Key (phone_e164)=(${phone}) already exists.` }) }],
    ['what a cause quotes', { err: new Error('outer', { cause: Object.assign(new Error('inner'), { parameters: [phone] }) }) }],
    ['a query', { req: { method: 'GET', url: `/api/sandbox/outbox?phone=${phone}`, ip: '127.0.0.1' } }],
  ])('hides %s', (_what, fields) => {
    const text = logged((log) => log.info(fields, 'something happened'));
    expect(text).toContain('something happened');
    expect(text).not.toContain(phone);
  });

  it('control: a number that somebody put into a sentence is found', () => {
    expect(logged((log) => log.info(`sent to ${phone}`))).toContain(phone);
  });

  it('keeps what is needed to mend a failure', () => {
    const text = logged((log) => log.error({ err: new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'ECONNREFUSED' }) }) }, 'failed'));
    expect(text).toContain('outer');
    expect(text).toContain('ECONNREFUSED');
  });
});
