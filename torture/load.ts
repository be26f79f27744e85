// Shoppers at work: each client tops up, pays, holds and captures in part or whole, voids and gives back, as its seed says, and now and
// then asks again for something it was told long ago.
import { type Asking, askUntilAnswered } from './asking.ts';
import { type Asked, authorise, capture, firstAtMs, type Keyed, refund, release, topUp } from './movements.ts';
import type { Seeded } from './seeded.ts';
import type { Told } from './told.ts';
import type { Worker } from './workers.ts';

export type LoadOptions = {
  readonly workers: readonly Worker[];
  readonly told: Told;
  readonly random: Seeded;
  readonly payerIds: readonly string[];
  readonly clients: number;
  /** The client's idea of the time, in milliseconds. */
  readonly clock?: (random: Seeded) => number;
};
export type Load = { stop(): Promise<void> };

const merchants = 3;
const amountMaxMinor = 400;
const memoryMax = 50;

export function startLoad(options: LoadOptions): Load {
  const state = { stopping: false };
  const clients = Array.from({ length: options.clients }, (_, index) => shop(options, { index, state }));
  // A client that fails must be heard when the load is stopped, not as an unhandled rejection before.
  const all = Promise.allSettled(clients);
  return {
    stop: async () => {
      state.stopping = true;
      const failed = (await all).find((each) => each.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}

async function shop(options: LoadOptions, client: { index: number; state: { stopping: boolean } }): Promise<void> {
  const random = options.random.fork(`client-${client.index}`);
  const asking: Asking = { workers: options.workers, told: options.told, random: random.fork('tries') };
  const memory: Asked[] = [];
  const ask = (request: Asked) => {
    if (memory.length < memoryMax) memory.push(request);
    else memory[random.int(memoryMax)] = request;
    return askUntilAnswered(asking, request);
  };
  for (let visit = 0; !client.state.stopping; visit += 1) {
    const principal = `client-${client.index}`;
    const keyed = (step: string): Keyed => ({ principal, key: `${visit}-${step}`, atMs: options.clock?.(random) ?? firstAtMs + visit });
    await pay({ random, ask, keyed, payerId: random.pick(options.payerIds), holdId: `pay-${client.index}-${visit}` });
    if (memory.length > 0 && random.chance(0.3)) await askUntilAnswered(asking, random.pick(memory));
  }
}

type Visit = {
  readonly random: Seeded;
  readonly ask: (request: Asked) => Promise<{ readonly ok: boolean }>;
  readonly keyed: (step: string) => Keyed;
  readonly payerId: string;
  readonly holdId: string;
};

async function pay({ random, ask, keyed, payerId, holdId }: Visit): Promise<void> {
  const amountMinor = BigInt(1 + random.int(amountMaxMinor));
  if (random.chance(0.5)) await ask(topUp(keyed('top-up'), payerId, BigInt(1 + random.int(2 * amountMaxMinor))));
  const taken = { payerId, merchantId: `shop-${random.int(merchants)}`, holdId, amountMinor };
  // As a till's Pay does it: both in one transaction.
  if (random.chance(0.5)) {
    const paid = await ask({ ...authorise(keyed('pay'), taken), then: [capture(keyed('pay, its capture'), holdId)] });
    if (paid.ok && random.chance(0.2)) await ask(refund(keyed('refund'), holdId, 1n));
    return;
  }
  const held = await ask(authorise(keyed('authorise'), taken));
  if (!held.ok) return;
  if (random.chance(0.15)) {
    await ask(release(keyed('void'), holdId));
    return;
  }
  await ask(capture(keyed('capture'), holdId, random.chance(0.2) ? 1n + (amountMinor >> 1n) : undefined));
  if (random.chance(0.2)) await ask(refund(keyed('refund'), holdId, 1n));
}
