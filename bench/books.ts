// Payments a second through the books: a hold and its capture, each with its own idempotency key, each durable before it is
// answered, on many merchants and on one, in the same minutes and on the same server as pgbench.
import { assertBooksCoherent, type Books, createBooks } from '../apps/server/src/books/index.ts';
import { createPool, type Pool } from '../apps/server/src/db/pool.ts';
import { addPayers, createBooksDatabase } from '../torture/books-database.ts';
import { authorise, capture, topUp } from '../torture/movements.ts';
import { openRackPostgres } from '../torture/postgres.ts';
import { prepareOneCall } from './books-one-call.ts';
import { type Pgbench, findPgbench } from './pgbench.ts';
import { writeSectionBody } from './results.ts';

type Shape = 'spread' | 'hot merchant';
type Sample = { readonly perSecond: number; readonly medianMs: number; readonly p99Ms: number };
type Samples = Map<string, Sample[]>;

const roundsCount = 3;
const measureMs = 5_000;
const callersCounts = [1, 16, 64, 512] as const;
const pgbenchClients = [1, 64] as const;
const payers = 2_000;
const merchantsSpread = 1_000;
/** What a payer has and pays: nobody runs dry. */
const fundsMinor = 5_000_000n;
const paidMinor = 100n;

export async function runBooksBench(): Promise<void> {
  const postgres = await openRackPostgres({ max_connections: '200' });
  const pgbench = await findPgbench(postgres);
  const url = await createBooksDatabase(postgres, 'books');
  const pool = createPool({ url });
  try {
    const books = createBooks({ pool, newTransferId: numbered('transfer') });
    await fund(books, pool);
    if (pgbench.is === 'found') await pgbench.prepare(await prepareOneCall(postgres, { payers, merchants: merchantsSpread, fundsMinor }));
    const samples: Samples = new Map();
    for (let round = 0; round < roundsCount; round += 1) await measureRound({ books, pgbench, samples, round });
    await assertBooksCoherent(pool);
    const { rows } = await pool.query<{ entries: bigint }>('SELECT count(*) AS entries FROM entry');
    console.log(writeSectionBody({ title: 'Books', body: textOf({ samples, pgbench, entries: rows[0]!.entries }) }));
  } finally {
    await pool.end();
    await postgres.remove();
  }
}

async function measureRound(input: { books: Books; pgbench: Pgbench; samples: Samples; round: number }): Promise<void> {
  const { books, pgbench, samples, round } = input;
  const keep = (name: string, sample: Sample) => {
    console.error(`round ${round + 1}: ${name}: ${sample.perSecond.toFixed(0)} a second`);
    samples.set(name, [...(samples.get(name) ?? []), sample]);
  };
  for (const callers of callersCounts) {
    for (const shape of ['spread', 'hot merchant'] as const) keep(nameOf(shape, callers), await measure(books, { shape, callers, run: `${round}-${shape}-${callers}` }));
  }
  if (pgbench.is !== 'found') return;
  for (const clients of pgbenchClients) {
    for (const script of pgbench.scripts) keep(`${script}, ${clients} clients`, await pgbench.run({ script, clients, seconds: measureMs / 1_000 }));
  }
}

async function measure(books: Books, input: { shape: Shape; callers: number; run: string }): Promise<Sample> {
  const { shape, callers, run } = input;
  const tookMs: number[] = [];
  const begunMs = performance.now();
  let made = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() - begunMs < measureMs) {
      made += 1;
      const number = made;
      const startMs = performance.now();
      await payOnce(books, { id: `${run}-${number}`, payer: number % payers, merchant: shape === 'spread' ? number % merchantsSpread : 0 });
      tookMs.push(performance.now() - startMs);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - begunMs) / 1_000;
  tookMs.sort((a, b) => a - b);
  return { perSecond: tookMs.length / seconds, medianMs: tookMs[tookMs.length >> 1] ?? 0, p99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? 0 };
}

async function payOnce(books: Books, { id, payer, merchant }: { id: string; payer: number; merchant: number }): Promise<void> {
  const holdId = `pay-${id}`;
  const held = await books.post(authorise({ principal: holdId, key: 'authorise' }, { payerId: `payer-${payer}`, merchantId: `shop-${merchant}`, holdId, amountMinor: paidMinor }));
  const taken = await books.post(capture({ principal: holdId, key: 'capture' }, holdId));
  if (!held.ok || !taken.ok) throw new Error(`a payment was refused: ${JSON.stringify([held, taken])}`);
}

async function fund(books: Books, pool: Pool): Promise<void> {
  const payerIds = Array.from({ length: payers }, (_, index) => `payer-${index}`);
  await addPayers(pool, payerIds);
  const queue = [...payerIds];
  const one = async () => {
    for (let payerId = queue.pop(); payerId !== undefined; payerId = queue.pop()) await books.post(topUp({ principal: payerId, key: 'funds' }, payerId, fundsMinor));
  };
  await Promise.all(Array.from({ length: 16 }, one));
}

function textOf(input: { samples: Samples; pgbench: Pgbench; entries: bigint }): string {
  const { samples, pgbench, entries } = input;
  const tpcb = medianOf(samples.get(`TPC-B, ${pgbenchClients[1]} clients`) ?? [])?.perSecond;
  const rows = [...samples].flatMap(([name, all]) => {
    const median = medianOf(all);
    if (!median) return [];
    const { perSecond, medianMs, p99Ms } = median;
    const spread = all.map((sample) => (sample.perSecond > 0 ? sample.perSecond.toFixed(0) : '–')).join(' / ');
    return `| ${name} | ${perSecond.toFixed(0)} | ${medianMs.toFixed(1)} | ${p99Ms.toFixed(0)} | ${tpcb ? (perSecond / tpcb).toFixed(2) : '–'} | ${spread} |`;
  });
  return [
    `A payment is a hold and a capture: two transactions of about ten statements each, every one with an idempotency key and flushed to disk before it is answered. One process, one transaction a posting (no group posting), ${payers} payers, ${merchantsSpread} merchants or one. Every capture takes a fee, so all of them also meet at the one row of the platform's fees, whatever the merchant.`,
    `${roundsCount} rounds of ${measureMs / 1_000} s each, all shapes in turn; medians of the rounds; ${entries} entries at the end, books coherent. ${pgbench.is === 'found' ? pgbench.note : pgbench.reason}`,
    ['| what | a second | median ms | p99 ms | × TPC-B at 64 | rounds |', '|---|---:|---:|---:|---:|---|', ...rows].join('\n'),
  ].join('\n\n');
}

// A run in which pgbench came to no transaction at all says nothing but that the machine was busy.
function medianOf(samples: readonly Sample[]): Sample | undefined {
  const sound = samples.filter(({ perSecond }) => perSecond > 0).sort((a, b) => a.perSecond - b.perSecond);
  return sound[sound.length >> 1];
}

const nameOf = (shape: Shape, callers: number): string => `payments, ${shape}, ${callers} callers`;

function numbered(prefix: string): (kind: string) => string {
  let made = 0;
  return (kind) => `${prefix}_${kind}_${(made += 1)}`;
}
