// Double spend: many racers, spread over several server processes, all want the whole of one balance. One of them gets it,
// the others hear that the money is not there, and nobody hears anything else. On accounts that have rows already, and on
// payers who have none yet, whose top-up races too.
import { type PostRequest, assertBooksCoherent, auditBooks } from '../apps/server/src/books/index.ts';
import { createPool, type Pool } from '../apps/server/src/db/pool.ts';
import { addPayers } from './books-database.ts';
import { authorise, currency, release, topUp } from './movements.ts';
import type { Outcome } from './wire.ts';
import type { Worker } from './workers.ts';

export type RaceOptions = {
  readonly url: string;
  readonly workers: readonly Worker[];
  readonly racers: number;
  readonly rounds: number;
  readonly onRound?: (round: number) => void;
};
export type RaceReport = {
  readonly rounds: number;
  readonly posts: number;
  readonly winners: number;
  /** Everything that should not have been, in words. Empty: the books held. */
  readonly findings: readonly string[];
};

const prizeMinor = 1_000n;
const findingsMax = 20;
const warmUpPosts = 48;

export async function race(options: RaceOptions): Promise<RaceReport> {
  const pool = createPool({ url: options.url, connectionsMax: 2 });
  const findings: string[] = [];
  let winners = 0;
  let posts = 0;
  try {
    await warmUp(options, pool);
    for (let round = 0; round < options.rounds; round += 1) {
      const course = round % 2 === 0 ? runOnOldAccounts : runOnNewAccounts;
      const result = await course({ ...options, pool, round });
      winners += result.winners;
      posts += result.posts;
      findings.push(...result.findings.map((finding) => `round ${round}: ${finding}`));
      options.onRound?.(round);
    }
    findings.push(...(await auditBooks(pool)).map(({ sentence }) => sentence));
    if (findings.length === 0) await assertBooksCoherent(pool);
  } finally {
    await pool.end();
  }
  return { rounds: options.rounds, posts, winners, findings: findings.slice(0, findingsMax) };
}

// Opens every connection of every process: a racer that must connect first arrives after the race.
async function warmUp({ workers }: RaceOptions, pool: Pool): Promise<void> {
  const payerIds = Array.from({ length: warmUpPosts }, (_, index) => `warm-${index}`);
  await addPayers(pool, payerIds);
  await Promise.all(workers.map((worker, index) => worker.ask(payerIds.map((payerId) => topUp({ principal: payerId, key: `warm-${index}` }, payerId, 1n)))));
}

type Course = RaceOptions & { readonly pool: Pool; readonly round: number };
type CourseResult = { readonly winners: number; readonly posts: number; readonly findings: string[] };

async function runOnOldAccounts(course: Course): Promise<CourseResult> {
  const payerId = `old-${course.round}`;
  await addPayers(course.pool, [payerId]);
  // An earlier payment that came to nothing: otherwise the racers would line up behind the insert of a new row, lock or no lock.
  const first = { payerId, merchantId: 'shop', holdId: `${payerId}-first`, amountMinor: 1n };
  const setUp = [
    topUp({ principal: payerId, key: 'money' }, payerId, prizeMinor),
    authorise({ principal: payerId, key: 'first' }, first),
    release({ principal: payerId, key: 'first-void' }, first.holdId),
  ];
  for (const request of setUp) await ask(course, [request]);
  const outcomes = await ask(course, spends(course, payerId, course.racers));
  return judge(course, { payerId, outcomes, expectedWinners: 1 });
}

async function runOnNewAccounts(course: Course): Promise<CourseResult> {
  const payerId = `new-${course.round}`;
  await addPayers(course.pool, [payerId]);
  const early = spends(course, payerId, Math.ceil(course.racers / 2) - 1);
  const crowd = [...early.slice(0, early.length >> 1), topUp({ principal: payerId, key: 'money' }, payerId, prizeMinor), ...early.slice(early.length >> 1)];
  const first = await ask(course, crowd);
  // The top-up is in; whoever came before it was refused for good, so others come now.
  const late = spends(course, payerId, course.racers - crowd.length, 'late');
  const second = await ask(course, late);
  const toppedUp = first.splice(early.length >> 1, 1)[0]!;
  const judged = await judge(course, { payerId, outcomes: [...first, ...second], expectedWinners: 1 });
  return codeOf(toppedUp) === 'ok' ? judged : { ...judged, findings: [...judged.findings, `the top-up ended as ${codeOf(toppedUp)}`] };
}

function spends({ round }: Course, payerId: string, count: number, wave = 'spend'): PostRequest[] {
  return Array.from({ length: count }, (_, index) =>
    authorise({ principal: payerId, key: `${wave}-${index}` }, { payerId, merchantId: `shop-${round % 3}`, holdId: `${payerId}-${wave}-${index}`, amountMinor: prizeMinor }),
  );
}

// Dealt out like cards, so that neighbours in the crowd race in different processes.
async function ask({ workers }: Course, requests: readonly PostRequest[]): Promise<Outcome[]> {
  const hands = await Promise.all(workers.map((worker, hand) => worker.ask(requests.filter((_, index) => index % workers.length === hand))));
  return requests.map((_, index) => hands[index % workers.length]?.[Math.floor(index / workers.length)] ?? { is: 'broken', message: 'no answer' });
}

async function judge(course: Course, input: { payerId: string; outcomes: readonly Outcome[]; expectedWinners: number }): Promise<CourseResult> {
  const { payerId, outcomes, expectedWinners } = input;
  const codes = outcomes.map(codeOf);
  const winners = codes.filter((code) => code === 'ok').length;
  const findings: string[] = [];
  if (winners !== expectedWinners) findings.push(`${winners} winners, expected ${expectedWinners}`);
  for (const strange of new Set(codes.filter((code) => code !== 'ok' && code !== 'balance_insufficient'))) {
    findings.push(`${codes.filter((code) => code === strange).length} racers heard: ${strange}`);
  }
  const { rows } = await course.pool.query<{ id: string; balance_minor: bigint }>('SELECT id, balance_minor FROM account WHERE owner_id = $1', [payerId]);
  const balances = new Map(rows.map((row) => [row.id, row.balance_minor]));
  const wallet = balances.get(`payer_wallet:${payerId}:${currency}`);
  const held = balances.get(`payer_hold:${payerId}:${currency}`);
  if (wallet !== 0n || held !== prizeMinor) findings.push(`the wallet holds ${wallet} and ${held} is set aside, expected 0 and ${prizeMinor}`);
  return { winners, posts: outcomes.length, findings };
}

function codeOf(outcome: Outcome): string {
  if (outcome.is === 'answered') return outcome.answer.ok ? 'ok' : outcome.answer.code;
  return outcome.is === 'busy' ? 'busy' : outcome.message;
}
