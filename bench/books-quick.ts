// Two minutes instead of a quarter of an hour: hold and capture together by 64 callers, spread and hot, and pgbench TPC-B with as
// many clients, again and again in turn. Printed only: for whoever changes the books and wants to see at once what came of it.
import { assertBooksCoherent, type Books } from '../apps/server/src/books/index.ts';
import { createPool } from '../apps/server/src/db/pool.ts';
import { createBooksDatabase } from '../torture/books-database.ts';
import { openRackPostgres, type RackPostgres } from '../torture/postgres.ts';
import { measureWithCpu } from './books-curve.ts';
import { prepareOneCall } from './books-one-call.ts';
import { fund, fundsMinor, measurePayments, merchantsSpread, openBooks, payers, type Shape } from './books-payments.ts';
import { median, ratiosOf } from './median.ts';
import { findPgbench, type Pgbench } from './pgbench.ts';

const callers = 64;
const roundsCount = 8;
const measureMs = 3_000;
const warmUpMs = 2_000;
const shapes: readonly Shape[] = ['spread', 'hot merchant'];
type Line = { perSecond: number; medianMs: number; p99Ms: number; cpuMicros?: number };

export async function runBooksQuickBench(): Promise<void> {
  const postgres = await openRackPostgres({ max_connections: '200' });
  const pgbench = await findPgbench(postgres);
  const pool = createPool({ url: await createBooksDatabase(postgres, 'books') });
  try {
    const books = openBooks(pool);
    await fund(books, pool);
    await measurePayments(books, { shape: 'spread', way: 'together', callers, forMs: warmUpMs });
    if (pgbench.is === 'found') await pgbench.prepare(await prepareOneCall(postgres, { payers, merchants: merchantsSpread, fundsMinor }));
    else console.error(pgbench.reason);
    const rounds: Record<string, Line>[] = [];
    for (let round = 0; round < roundsCount; round += 1) rounds.push(await measureRound({ postgres, books, pgbench }));
    await assertBooksCoherent(pool);
    print(rounds);
  } finally {
    await pool.end();
    await postgres.remove();
  }
}

async function measureRound({ postgres, books, pgbench }: { postgres: RackPostgres; books: Books; pgbench: Pgbench }): Promise<Record<string, Line>> {
  const lines: Record<string, Line> = {};
  for (const shape of shapes) lines[shape] = await measureWithCpu({ postgres, books, shape, way: 'together', callers, forMs: measureMs });
  if (pgbench.is === 'found') lines[tpcb] = await pgbench.run({ script: tpcb, clients: callers, seconds: measureMs / 1_000 });
  return lines;
}

const tpcb = 'TPC-B';

function print(rounds: readonly Record<string, Line>[]): void {
  for (const name of Object.keys(rounds[0] ?? {})) {
    const of = (figure: (line: Line) => number) => median(rounds.map((lines) => figure(lines[name]!)));
    const ratios = ratiosOf(rounds.map((lines) => lines[name]!.perSecond), rounds.map((lines) => lines[tpcb]?.perSecond ?? 0));
    const cpu = rounds[0]![name]!.cpuMicros === undefined ? '' : `, ${of((line) => line.cpuMicros!).toFixed(0)} µs of CPU a payment`;
    console.log(`${name}: ${of((line) => line.perSecond).toFixed(0)} a second, median ${of((line) => line.medianMs).toFixed(1)} ms, p99 ${of((line) => line.p99Ms).toFixed(0)} ms${cpu}, ${median(ratios).toFixed(2)} × TPC-B of the same round (${ratios.map((ratio) => ratio.toFixed(2)).join(' ')})`);
  }
}
