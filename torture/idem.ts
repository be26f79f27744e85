// The same keys again and again, from many clients at once, through a proxy that cuts connections around COMMIT: each key moves
// money once, and everybody who ever hears an answer to it hears the same bytes.
import type { PostRequest } from '../apps/server/src/books/index.ts';
import { askUntilAnswered } from './asking.ts';
import { authorise, topUp } from './movements.ts';
import { type Fate, type Proxy, startProxy, through } from './proxy.ts';
import type { Seeded } from './seeded.ts';
import { createTold, type Told } from './told.ts';
import { findingsOf } from './verdict.ts';
import type { Sabotage } from './wire.ts';
import { startWorkers, type Worker } from './workers.ts';

export type IdemOptions = {
  readonly url: string;
  readonly payerIds: readonly string[];
  readonly keys: number;
  readonly retries: number;
  readonly clients: number;
  readonly workers: number;
  readonly random: Seeded;
  readonly sabotage: Sabotage;
  /** Runs beside the clients, until they are done: kills, for instance. */
  readonly meanwhile?: (running: { workers: readonly Worker[]; told: Told; isDone: () => boolean }) => Promise<void>;
  readonly onBatch?: (keysDone: number) => void;
};
export type IdemReport = { readonly told: Told['counts']; readonly answers: number; readonly cuts: Proxy['cuts']; readonly findings: readonly string[] };

const connectionsMax = 16;
/** Keys whose retries are mixed with each other. */
export const batchKeys = 50;
const cutBeforeShare = 0.1;
const cutAfterShare = 0.3;

export async function idem(options: IdemOptions): Promise<IdemReport> {
  const cuts = options.random.fork('cuts');
  const fateOf = (): Fate => (cuts.chance(cutBeforeShare) ? 'cut_before' : cuts.chance(cutAfterShare) ? 'cut_after' : 'pass');
  const proxy = await startProxy({ targetPort: Number(new URL(options.url).port), fateOf });
  const told = createTold();
  let workers: Worker[] = [];
  let isDone = false;
  try {
    workers = await startWorkers(options.workers, { url: through(options.url, proxy), connectionsMax, sabotage: options.sabotage });
    const meanwhile = options.meanwhile?.({ workers, told, isDone: () => isDone });
    await askAll(options, { workers, told });
    isDone = true;
    await meanwhile;
    return { told: told.counts, answers: told.answers, cuts: proxy.cuts, findings: await judge(options, told) };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await proxy.close();
  }
}

async function judge(options: IdemOptions, told: Told): Promise<string[]> {
  const { keys, retries, url } = options;
  const { moved } = told.counts;
  const wrong = moved === keys ? [] : [`${moved} keys moved money, expected ${keys}`];
  const unheard = told.answers === keys * retries ? [] : [`${told.answers} answers, expected ${keys * retries}`];
  return [...wrong, ...unheard, ...(await findingsOf(url, told))];
}

async function askAll(options: IdemOptions, { workers, told }: { workers: readonly Worker[]; told: Told }): Promise<void> {
  const random = options.random.fork('order');
  await fundEverybody(options, { workers, told, random });
  for (let first = options.payerIds.length; first < options.keys; first += batchKeys) {
    const last = Math.min(first + batchKeys, options.keys);
    const requests = Array.from({ length: last - first }, (_, index) => requestOf(options, first + index));
    await retryAll({ ...options, random }, { workers, told, requests });
    options.onBatch?.(last);
  }
}

// The first keys: enough for all that is spent later.
async function fundEverybody(options: IdemOptions, asking: { workers: readonly Worker[]; told: Told; random: Seeded }): Promise<void> {
  const requests = options.payerIds.map((payerId) => topUp({ principal: payerId, key: 'funds' }, payerId, 5_000_000n));
  await retryAll({ ...options, random: asking.random }, { ...asking, requests });
}

// Half the keys put money in, half set money aside.
function requestOf({ payerIds }: IdemOptions, index: number): PostRequest {
  const payerId = payerIds[index % payerIds.length]!;
  const keyed = { principal: payerId, key: `key-${index}` };
  if (Math.floor(index / payerIds.length) % 2 === 0) return topUp(keyed, payerId, 7n);
  return authorise(keyed, { payerId, merchantId: 'shop', holdId: `pay-${index}`, amountMinor: 3n });
}

async function retryAll(options: IdemOptions, input: { workers: readonly Worker[]; told: Told; requests: readonly PostRequest[] }): Promise<void> {
  const { random, clients, retries } = options;
  const queue = shuffled(input.requests.flatMap((request) => Array<PostRequest>(retries).fill(request)), random);
  const client = async () => {
    for (let request = queue.pop(); request; request = queue.pop()) await askUntilAnswered({ ...input, random }, request);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

function shuffled<T>(items: readonly T[], random: Seeded): T[] {
  const all = [...items];
  for (let at = all.length - 1; at > 0; at -= 1) {
    const other = random.int(at + 1);
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}
