import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ApiError, createApi, type ApiRequest } from './api.ts';

const schema = z.object({ ok: z.literal(true) });
const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const problem = (code: string, status: number, facts?: object): Response => json({ type: 't', title: 't', status, detail: 'd', code, ...(facts ? { facts } : {}) }, status);

function apiWith(answers: (Response | Error)[]) {
  const asked: { path: string; key: string | null; body: unknown }[] = [];
  const pauses: number[] = [];
  const api = createApi({
    fetch: async (path, options) => {
      asked.push({ path: String(path), key: new Headers(options?.headers).get('idempotency-key'), body: options?.body });
      const answer = answers.shift();
      if (!answer || answer instanceof Error) throw answer ?? new TypeError('no more answers');
      return answer;
    },
    pause: async (ms) => void pauses.push(ms),
  });
  const ask = (more: Partial<ApiRequest<{ ok: true }>> = {}) =>
    api.request({ method: 'POST', path: '/x', schema, ...more }).catch((error: unknown) => error as ApiError);
  return { ask, asked, pauses };
}

describe('createApi', () => {
  it('repeats a write with the same key and the same body until it is answered', async () => {
    const { ask, asked } = apiWith([new TypeError('lost'), problem('busy', 503), json({ ok: true })]);
    expect(await ask({ idempotencyKey: 'key-12345', json: { pin: 'sealed' } })).toEqual({ ok: true });
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ key, body }) => `${key} ${String(body)}`)).size).toBe(1);
  });

  it('never repeats a write without a key', async () => {
    const { ask, asked } = apiWith([new TypeError('lost'), json({ ok: true })]);
    expect(await ask()).toMatchObject({ code: 'network', answerLost: true });
    expect(asked).toHaveLength(1);
  });

  it('gives up after a few tries', async () => {
    const { ask, asked, pauses } = apiWith([]);
    expect(await ask({ method: 'GET' })).toMatchObject({ code: 'network' });
    expect(asked).toHaveLength(pauses.length + 1);
  });

  it.each([
    ['a catalogue problem', () => problem('pin_wrong', 422, { triesLeft: 2 }), { code: 'pin_wrong', facts: { triesLeft: 2 }, answerLost: false }],
    ['a code nobody knows', () => problem('brand_new', 422), { code: 'internal' }],
    ['a proxy without its server', () => new Response('<html>', { status: 502 }), { code: 'network' }],
    ['an answer of another shape', () => json({ ok: false }), { code: 'unreadable', answerLost: true }],
    ['something that is no JSON', () => new Response('hello'), { code: 'unreadable' }],
    ['a time-out', () => new DOMException('late', 'TimeoutError'), { code: 'timeout', answerLost: true }],
  ])('%s', async (_name, answer, expected) => {
    expect(await apiWith([answer()]).ask()).toMatchObject(expected);
  });
});
