import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { systemRandom } from '../adapters/random.ts';
import { openTestBooks, type TestBooks } from '../books/books.fixture.ts';
import { abandonedAfterMs, createAnswerSeal, createIdempotency, createProcessLock, type Idempotency, type ProcessLock, type StoredAnswer } from './index.ts';

let test: TestBooks;
let key: string;
const clock = { ms: 1_780_000_000_000, nowMs: () => clock.ms };
const seal = createAnswerSeal({ key: Buffer.alloc(32, 7), random: systemRandom });
const open: ProcessLock[] = [];
beforeAll(async () => {
  test = await openTestBooks('idempotency');
});
beforeEach(() => {
  key = test.next('key');
});
afterAll(async () => {
  for (const lock of open) await lock.close();
  await test.close();
});

function newProcess(): Idempotency & { dies(): Promise<void> } {
  const processLock = createProcessLock({ pool: test.pool, random: systemRandom });
  open.push(processLock);
  return { ...createIdempotency({ db: test.db, clock, processLock, seal }), dies: () => processLock.close() };
}

/** Work that ends when the test says so. */
function hangingWork() {
  let end: (answer: StoredAnswer) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  let begin: () => void = () => undefined;
  const began = new Promise<void>((resolve) => (begin = resolve));
  const ended = new Promise<StoredAnswer>((resolve, reject) => ([end, fail] = [resolve, reject]));
  return { began, end, fail, work: () => (begin(), ended) };
}
const ask = (by: Idempotency, work: () => Promise<StoredAnswer>) => by.once({ principal: 'till', key, input: 'same' }, work);
const paid: StoredAnswer = { status: 200, body: '"paid"' };
const refused: StoredAnswer = { status: 429, body: '"refused"' };
const never = () => Promise.reject(new Error('this must not run'));

it('a slow run in a living process keeps its key, for its own process and any other', async () => {
  const [first, other] = [newProcess(), newProcess()];
  const slow = hangingWork();
  const answer = ask(first, slow.work);
  await slow.began;
  clock.ms += 60_000;
  for (const by of [first, other]) await expect(ask(by, never)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
  slow.end(paid);
  expect(await answer).toEqual(paid);
  for (const by of [first, other]) expect(await ask(by, never)).toEqual(paid);
});

it('the key of a dead process is taken over at once; what the dead one still says changes nothing', async () => {
  const [first, other] = [newProcess(), newProcess()];
  const slow = hangingWork();
  const answer = ask(first, slow.work);
  await slow.began;
  await first.dies();
  expect(await ask(other, async () => paid)).toEqual(paid);
  slow.end(refused);
  expect(await answer).toEqual(paid);
  expect(await ask(other, never)).toEqual(paid);
});

it('a run that never ends is taken over in the end; freeing its key frees no key of another run', async () => {
  const first = newProcess();
  const [slow, second] = [hangingWork(), hangingWork()];
  const answer = ask(first, slow.work);
  await slow.began;
  clock.ms += abandonedAfterMs;
  const taken = ask(first, second.work);
  await second.began;
  slow.fail(new ProblemError('busy'));
  await expect(answer).rejects.toMatchObject({ code: 'busy' });
  await expect(ask(first, never)).rejects.toMatchObject({ code: 'idempotency_in_progress' });
  second.end(paid);
  expect(await taken).toEqual(paid);
});

it('a transient refusal leaves the key free, a final one is the answer', async () => {
  const one = newProcess();
  await expect(ask(one, () => Promise.reject(new ProblemError('pin_locked')))).rejects.toMatchObject({ code: 'pin_locked' });
  expect(await ask(one, () => Promise.reject(new ProblemError('pin_wrong')))).toMatchObject({ status: 422 });
  expect(await ask(one, never)).toMatchObject({ status: 422 });
});

it('what is stored shows neither the answer nor what was asked, and opens in its own place only', async () => {
  const one = newProcess();
  await ask(one, async () => ({ status: 201, body: '{"token":"a secret"}' }));
  const { rows } = await test.pool.query<{ body: string; input_hash: string; principal: string }>('SELECT body, input_hash, principal FROM idempotency WHERE key = $1', [key]);
  expect(JSON.stringify(rows)).not.toContain('secret');
  expect(seal.open(rows[0]!.body, { principal: rows[0]!.principal, key })).toBe('{"token":"a secret"}');
  expect(() => seal.open(rows[0]!.body, { principal: rows[0]!.principal, key: 'another' })).toThrow();
  expect(() => seal.open('{"token":"plain"}', { principal: 'till', key })).toThrow(/not sealed/);
  await test.pool.query('UPDATE idempotency SET body = $2 WHERE key = $1', [key, seal.seal('"other"', { principal: 'http:till', key: 'another' })]);
  await expect(ask(one, never)).rejects.toThrow();
});
