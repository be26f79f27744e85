import { expect, it } from 'vitest';
import { topUpOf } from './request.fixture.ts';
import { createPostingQueue, groupChainsMax, groupChainsMin, groupsAtOnceMax, queueChainsMax } from './queue.ts';
import type { Chain, PostResult } from './request.ts';

const chainOf = (key: string): Chain => ({ idempotency: { principal: 'anybody', key }, movements: [topUpOf(key)] });
const done: PostResult = { ok: false, code: 'books_stopped', replayed: false };
const turn = () => new Promise((resolve) => setImmediate(resolve));
const turns = async (count: number) => {
  for (let made = 0; made < count; made += 1) await turn();
};

type Call = { keys: string[]; isAlone: boolean; decide(): void; finish(): void; fail(error: unknown): void };

function stage(isWorthSplitting = true) {
  const calls: Call[] = [];
  const splits: number[] = [];
  const queue = createPostingQueue({
    postGroup: (chains, { isAlone, onDecided }) =>
      new Promise((resolve, reject) => {
        const keys = chains.map((chain) => chain.idempotency.key);
        calls.push({ keys, isAlone, decide: onDecided, finish: () => resolve(chains.map(() => [done])), fail: reject });
      }),
    isWorthSplitting: () => isWorthSplitting,
    onSplit: (_error, chains) => void splits.push(chains),
  });
  return { queue, calls, splits };
}

it('takes whatever waits in one turn, and starts the next group when the first is decided', async () => {
  const { queue, calls } = stage();
  const first = ['a', 'b'].map((key) => queue.post(chainOf(key)));
  await turns(2);
  expect(calls.map(({ keys }) => keys)).toEqual([['a', 'b']]);
  const later = ['c', 'd', 'e'].map((key) => queue.post(chainOf(key)));
  await turns(2);
  expect(calls).toHaveLength(1);
  calls[0]!.decide();
  await turns(2);
  expect(calls[1]!.keys).toEqual(['c', 'd', 'e']);
  for (const call of calls) call.finish();
  expect(await Promise.all([...first, ...later])).toEqual(Array<PostResult[]>(5).fill([done]));
});

it('keeps within its limits: chains a group, groups at once', async () => {
  const { queue, calls } = stage();
  for (let index = 0; index < 4 * groupChainsMax; index += 1) void queue.post(chainOf(String(index)));
  await turns(2);
  for (let index = 0; index < 3; index += 1) {
    calls[index]?.decide();
    await turns(2);
  }
  expect(calls.map(({ keys }) => keys.length)).toEqual(Array<number>(groupsAtOnceMax).fill(groupChainsMax));
});

it('leaves the second half to the next group, however unevenly they came, and does not split a few', async () => {
  const { queue, calls } = stage();
  const count = 8 * groupChainsMin;
  const ask = (howMany: number) => {
    for (let index = 0; index < howMany; index += 1) void queue.post(chainOf(String(index)));
  };
  ask(1);
  await turns(2);
  ask(count - 1);
  calls[0]!.decide();
  await turns(2);
  expect(calls.map(({ keys }) => keys.length)).toEqual([1, count / groupsAtOnceMax]);
  // The one that was alone is answered, asks again, and is no longer alone.
  calls[0]!.finish();
  calls[1]!.decide();
  await turns(2);
  expect(calls[2]!.keys).toHaveLength(count / groupsAtOnceMax - 1);
  for (const call of calls.slice(1)) call.finish();
  await turns(2);
  ask(groupChainsMin);
  await turns(2);
  expect(calls[3]!.keys).toHaveLength(groupChainsMin);
});

it('tells who comes when too many wait to come back, and forgets nobody who waits', async () => {
  const { queue, calls } = stage();
  const all = Array.from({ length: queueChainsMax + 1 }, (_, index) => queue.post(chainOf(String(index))));
  await expect(all.at(-1)).rejects.toMatchObject({ code: 'busy', facts: { retryAfterS: 1 } });
  for (let answered = 0; answered < queueChainsMax; ) {
    await turns(2);
    for (const call of calls.splice(0)) {
      answered += call.keys.length;
      call.finish();
    }
  }
  expect(await Promise.all(all.slice(0, -1))).toHaveLength(queueChainsMax);
});

it('a group that fails is posted one by one; only who fails alone hears of it', async () => {
  const { queue, calls, splits } = stage();
  const posts = ['good', 'bad', 'fine'].map((key) => queue.post(chainOf(key)));
  await turns(2);
  calls[0]!.fail(new Error('some row cannot be written'));
  await turns(2);
  expect(calls.slice(1).map(({ keys, isAlone }) => [keys, isAlone])).toEqual([[['good'], true], [['bad'], true], [['fine'], true]]);
  for (const call of calls.slice(1)) {
    if (call.keys[0] === 'bad') call.fail(new Error('this one'));
    else call.finish();
  }
  await expect(posts[1]).rejects.toThrow('this one');
  expect([await posts[0], await posts[2], splits]).toEqual([[done], [done], [3]]);
});

it('a database that does not answer is told to all at once', async () => {
  const { queue, calls } = stage(false);
  const posts = ['a', 'b'].map((key) => queue.post(chainOf(key)));
  await turns(2);
  calls[0]!.fail(new Error('away'));
  for (const post of posts) await expect(post).rejects.toThrow('away');
  expect(calls).toHaveLength(1);
});
