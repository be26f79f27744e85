// Shoppers who pay, again and again, each waiting for the answer before the next payment: what the bench of the books measures.
import { createIds } from '../apps/server/src/adapters/ids.ts';
import { systemRandom } from '../apps/server/src/adapters/random.ts';
import { type Books, createBooks } from '../apps/server/src/books/index.ts';
import type { Pool } from '../apps/server/src/db/pool.ts';
import { addPayers } from '../torture/books-database.ts';
import { authorise, capture, topUp } from '../torture/movements.ts';

export type Shape = 'spread' | 'hot merchant';
/** `one by one`: the capture is asked for when the hold is answered. `together`: both are asked for at once, in order. */
export type Way = 'one by one' | 'together';
export type Sample = { readonly perSecond: number; readonly medianMs: number; readonly p99Ms: number };

export const payers = 2_000;
export const merchantsSpread = 1_000;
/** What a payer has and pays: nobody runs dry. */
export const fundsMinor = 5_000_000n;
const paidMinor = 100n;
const fundersCount = 256;

const ids = createIds({ random: systemRandom, nowMs: Date.now });

/** The books as the server opens them, with the ids it gives. */
export function openBooks(pool: Pool): Books {
  return createBooks({ pool, newTransferId: () => ids.makeInOrder('transfer') });
}

export type Measured = { shape: Shape; way: Way; callers: number; forMs: number };

export async function measurePayments(books: Books, { shape, way, callers, forMs }: Measured): Promise<Sample & { payments: number }> {
  const tookMs: number[] = [];
  const begunMs = performance.now();
  let made = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - begunMs < forMs) {
      made += 1;
      const number = made;
      const startMs = performance.now();
      await payOnce(books, { way, payer: number % payers, merchant: shape === 'spread' ? number % merchantsSpread : 0 });
      tookMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - begunMs) / 1_000;
  tookMs.sort((a, b) => a - b);
  const at = (share: number) => tookMs[Math.floor(tookMs.length * share)] ?? 0;
  return { perSecond: tookMs.length / seconds, medianMs: at(0.5), p99Ms: at(0.99), payments: tookMs.length };
}

async function payOnce(books: Books, input: { way: Way; payer: number; merchant: number }): Promise<void> {
  const holdId = ids.makeInOrder('payment');
  const hold = authorise({ principal: holdId, key: 'authorise' }, { payerId: `payer-${input.payer}`, merchantId: `shop-${input.merchant}`, holdId, amountMinor: paidMinor });
  const take = capture({ principal: holdId, key: 'capture' }, holdId);
  const answers = input.way === 'together' ? await books.postInOrder({ idempotency: { principal: holdId, key: 'pay' }, movements: [hold, take] }) : [await books.post(hold), await books.post(take)];
  if (answers.length !== 2 || !answers.every(({ ok }) => ok)) throw new Error(`a payment was refused: ${JSON.stringify(answers)}`);
}

export async function fund(books: Books, pool: Pool): Promise<void> {
  const payerIds = Array.from({ length: payers }, (_, index) => `payer-${index}`);
  await addPayers(pool, payerIds);
  const queue = [...payerIds];
  const one = async () => {
    for (let payerId = queue.pop(); payerId !== undefined; payerId = queue.pop()) await books.post(topUp({ principal: payerId, key: 'funds' }, payerId, fundsMinor));
  };
  await Promise.all(Array.from({ length: fundersCount }, one));
}
