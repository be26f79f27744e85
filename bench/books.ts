// Payments a second through the books: a hold and its capture, idempotent and durable before they are
// answered, on many merchants and on one, in the same minutes and on the same server as pgbench; and what a payment costs when
// the books hold ten thousand entries and when they hold a million (`--huge`: ten).
import { assertBooksCoherent, type Books } from '../apps/server/src/books/index.ts';
import { createPool } from '../apps/server/src/db/pool.ts';
import { createBooksDatabase } from '../torture/books-database.ts';
import { openRackPostgres } from '../torture/postgres.ts';
import { type CurvePoint, measureCurve } from './books-curve.ts';
import { prepareOneCall } from './books-one-call.ts';
import { fund, fundsMinor, measurePayments, merchantsSpread, openBooks, payers, type Sample, type Shape, type Way } from './books-payments.ts';
import { median, ratiosOf } from './median.ts';
import { type Pgbench, findPgbench } from './pgbench.ts';
import { writeSectionBody } from './results.ts';

type Samples = Map<string, Sample[]>;

const roundsCount = 5;
const measureMs = 4_000;
const callersCounts = [1, 16, 64, 512] as const;
const pgbenchClients: ReadonlySet<number> = new Set([1, 64]);
const curveEntries = [10_000, 100_000, 1_000_000] as const;
const curveEntriesHuge = 10_000_000;

export async function runBooksBench({ huge }: { huge: boolean }): Promise<void> {
  const postgres = await openRackPostgres({ max_connections: '200' });
  const pgbench = await findPgbench(postgres);
  const url = await createBooksDatabase(postgres, 'books');
  const pool = createPool({ url });
  try {
    const books = openBooks(pool);
    await fund(books, pool);
    if (pgbench.is === 'found') await pgbench.prepare(await prepareOneCall(postgres, { payers, merchants: merchantsSpread, fundsMinor }));
    const samples: Samples = new Map();
    for (let round = 0; round < roundsCount; round += 1) await measureRound({ books, pgbench, samples, round });
    await assertBooksCoherent(pool);
    const { rows } = await pool.query<{ entries: bigint }>('SELECT count(*) AS entries FROM entry');
    const curve = await measureCurve(postgres, huge ? [...curveEntries, curveEntriesHuge] : curveEntries);
    console.log(writeSectionBody({ title: 'Books', body: textOf({ samples, pgbench, entries: rows[0]!.entries, curve }) }));
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
    for (const shape of ['spread', 'hot merchant'] as const) {
      for (const way of ['one by one', 'together'] as const) {
        keep(nameOf({ shape, way, callers }), await measurePayments(books, { shape, way, callers, forMs: measureMs }));
      }
    }
    // Right beside as many callers of the books: the machine is another a minute later.
    if (pgbench.is !== 'found' || !pgbenchClients.has(callers)) continue;
    for (const script of pgbench.scripts) keep(`${script}, ${callers} clients`, await pgbench.run({ script, clients: callers, seconds: measureMs / 1_000 }));
  }
}

function textOf(input: { samples: Samples; pgbench: Pgbench; entries: bigint; curve: readonly CurvePoint[] }): string {
  const { samples, pgbench, entries, curve } = input;
  const tpcb = perSecondOf(samples.get('TPC-B, 64 clients') ?? []);
  const rows = [...samples].flatMap(([name, all]) => {
    const middle = medianOf(all);
    if (!middle) return [];
    const { perSecond, medianMs, p99Ms } = middle;
    const ratio = median(ratiosOf(perSecondOf(all), tpcb));
    const rounds = all.map((sample) => (sample.perSecond > 0 ? sample.perSecond.toFixed(0) : '–')).join(' / ');
    return `| ${name} | ${perSecond.toFixed(0)} | ${medianMs.toFixed(1)} | ${p99Ms.toFixed(0)} | ${Number.isNaN(ratio) ? '–' : ratio.toFixed(2)} | ${rounds} |`;
  });
  return [
    `A payment is a hold and a capture, two transfers, flushed to disk before they are answered. "One by one": the capture is asked for when the hold is answered, each under an idempotency key of its own; "together", as Pay does it: both at once, in one transaction, in that order and under one key. One process, one queue, group posting; ${payers} payers, ${merchantsSpread} merchants or one. Every capture takes a fee, so all of them also meet at the one row of the platform's fees, whatever the merchant.`,
    `${roundsCount} rounds of ${measureMs / 1_000} s each, all shapes in turn; medians of the rounds, ratios too, each to TPC-B of its own round; ${entries} entries at the end, books coherent. ${pgbench.is === 'found' ? pgbench.note : pgbench.reason}`,
    ['| what | a second | median ms | p99 ms | × TPC-B at 64 | rounds |', '|---|---:|---:|---:|---:|---|', ...rows].join('\n'),
    'The cost of a payment as the books grow: 64 callers, spread, together, after a checkpoint; CPU of this process and of PostgreSQL.',
    ['| entries | a second | median ms | p99 ms | µs of CPU a payment |', '|---:|---:|---:|---:|---:|', ...curve.map(curveRow)].join('\n'),
  ].join('\n\n');
}

// A run in which pgbench came to no transaction at all says nothing but that the machine was busy.
function medianOf(samples: readonly Sample[]): Sample | undefined {
  const sound = samples.filter(({ perSecond }) => perSecond > 0).sort((a, b) => a.perSecond - b.perSecond);
  return sound[sound.length >> 1];
}

const perSecondOf = (samples: readonly Sample[]): number[] => samples.map(({ perSecond }) => perSecond);

const curveRow = ({ entries, perSecond, medianMs, p99Ms, cpuMicros }: CurvePoint): string =>
  `| ${entries.toLocaleString('en')} | ${perSecond.toFixed(0)} | ${medianMs.toFixed(1)} | ${p99Ms.toFixed(0)} | ${cpuMicros.toFixed(0)} |`;

const nameOf = ({ shape, way, callers }: { shape: Shape; way: Way; callers: number }): string => `payments, ${shape}, ${way}, ${callers} callers`;
