// Walks the steps of a payment and kills a process at each, once the server and once the vault. Afterwards the till asks
// again as a kiosk would. The shopper is charged once or not at all, and the till knows which.
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { ApiRefusal } from '../apps/cli/src/demo/api.ts';
import { amountOf, balanceOf, enrolShopper } from '../apps/cli/src/demo/stage.ts';
import type { Shopper } from '../apps/cli/src/demo/stage.ts';
import { withConnection } from '../apps/cli/src/postgres/connect.ts';
import type { Supervised } from '../apps/cli/src/supervised.ts';
import { assertBooksCoherent } from './harness/books.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import { takeRulesAway } from './harness/no-rules.ts';
import { answerIfAny, untilAnswered } from './harness/till.ts';

const amountMinor = 1_370n;
const refundMinor = 370n;

/** When the process dies: before the request's answer (so many milliseconds after it was sent), or right after it. */
const moments = [
  { step: 'create', afterMs: 2 },
  { step: 'create', afterMs: 'answered' },
  { step: 'look', afterMs: 2 },
  { step: 'look', afterMs: 'answered' },
  { step: 'capture', afterMs: 0 },
  { step: 'capture', afterMs: 40 },
  { step: 'capture', afterMs: 'answered' },
  { step: 'confirm', afterMs: 0 },
  { step: 'confirm', afterMs: 2 },
  { step: 'confirm', afterMs: 5 },
  { step: 'confirm', afterMs: 10 },
  { step: 'confirm', afterMs: 20 },
  { step: 'confirm', afterMs: 'answered' },
  { step: 'refund', afterMs: 3 },
  { step: 'refund', afterMs: 'answered' },
] as const;
type Moment = (typeof moments)[number];

let running: TestInstance;
let shopper: Shopper;

beforeAll(async () => {
  running = await startTestInstance({ people: 2, logLevel: 'warn' });
  await takeRulesAway(running.stage.offices);
  shopper = await enrolShopper(running.stage, 0, 500_000n);
  await enrolShopper(running.stage, 1);
});
afterAll(async () => running?.stop());

describe.each(['server', 'vault'] as const)('the %s is killed', (process) => {
  test.each(moments)('at $step, $afterMs', async (moment) => {
    const before = await balanceOf(running.stage, shopper);
    const known = await walk({ moment, victim: running.instance[process] });
    const spent = before - (await balanceOf(running.stage, shopper));
    const booked = await bookedFor(known.id);
    // A till that persists gets through: the shopper stood there the whole time.
    expect(known).toMatchObject({ state: 'partially_refunded' });
    expect(spent).toBe(amountMinor - refundMinor);
    expect(booked).toEqual({ authorise: 1, capture: 1, refund: 1 });
    await assertBooksCoherent(running);
  });

  test('at confirm, and the till only asks how it ended', async () => {
    for (const afterMs of [0, 3, 6, 12]) {
      const before = await balanceOf(running.stage, shopper);
      const payment = await identifiedPayment();
      await killDuring({ victim: running.instance[process], afterMs, request: () => running.stage.terminal.confirm(payment) });
      const known = await untilAnswered(() => running.stage.terminal.payment(payment.id));
      const spent = before - (await balanceOf(running.stage, shopper));
      // Hold and capture are one transaction: nobody finds the one without the other.
      expect(['identified', 'captured']).toContain(known.state);
      expect(spent).toBe(known.state === 'captured' ? amountMinor : 0n);
      expect(await bookedFor(payment.id)).toEqual(known.state === 'captured' ? { authorise: 1, capture: 1 } : {});
    }
    await assertBooksCoherent(running);
  });
});

test('the control: a till that forgets its key and starts over charges twice, and these checks see it', async () => {
  const before = await balanceOf(running.stage, shopper);
  for (const payment of [await identifiedPayment(), await identifiedPayment()]) await running.stage.terminal.confirm(payment);
  expect(before - (await balanceOf(running.stage, shopper))).toBe(2n * amountMinor);
});

async function walk(input: { moment: Moment; victim: Supervised }): Promise<PaymentView> {
  const { terminal, offices } = running.stage;
  const at = async <Answer>(step: Moment['step'], request: () => Promise<Answer>): Promise<Answer | undefined> => {
    if (input.moment.step !== step) return untilAnswered(request);
    return killDuring({ victim: input.victim, afterMs: input.moment.afterMs, request });
  };
  const createKey = randomUUID();
  const create = () => terminal.createPayment({ amountMinor: String(amountMinor), idempotencyKey: createKey });
  const created = (await at('create', create)) ?? (await untilAnswered(create));
  const shown = await lookUntilKnown(created.id, at);
  const confirmKey = randomUUID();
  const confirm = () => terminal.confirm(shown, { idempotencyKey: confirmKey });
  await (async () => (await at('confirm', confirm)) ?? untilAnswered(confirm))();
  const refundKey = randomUUID();
  const refund = () => offices.refund(created.id, { amount: amountOf(running.stage, refundMinor), reason: 'kill walk', idempotencyKey: refundKey });
  (await at('refund', refund)) ?? (await untilAnswered(refund));
  return untilAnswered(() => terminal.payment(created.id));
}

type At = <Answer>(step: Moment['step'], request: () => Promise<Answer>) => Promise<Answer | undefined>;

// A capture whose answer was lost is not sent again: the till reads the payment, and takes a new look if it must.
async function lookUntilKnown(paymentId: string, at: At): Promise<PaymentView> {
  const { terminal } = running.stage;
  let first: At = at;
  for (let look = 0; look < 3; look++) {
    const open = () => terminal.openLook(paymentId);
    const ticket = (await first('look', open)) ?? (await untilAnswered(open));
    const frames = await shopper.person.burst({ kind: 'till', seed: 20 + look, count: ticket.framesWanted });
    const sealed = await terminal.seal({ paymentId, nonce: ticket.nonce, frames });
    try {
      await first('capture', () => answerIfAny(terminal.sendCapture({ paymentId, nonce: ticket.nonce, sealed })));
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
    }
    first = async (_step, request) => untilAnswered(request);
    const payment = await untilAnswered(() => terminal.payment(paymentId));
    if (payment.next === 'confirm') return payment;
  }
  throw new Error('three looks led nowhere');
}

async function identifiedPayment(): Promise<PaymentView> {
  const { terminal } = running.stage;
  const created = await untilAnswered(() => terminal.createPayment({ amountMinor: String(amountMinor) }));
  return lookUntilKnown(created.id, async (_step, request) => untilAnswered(request));
}

/** kill -9 while the request is under way or right after its answer; back up before this returns. */
async function killDuring<Answer>(input: { victim: Supervised; afterMs: number | 'answered'; request: () => Promise<Answer> }): Promise<Answer | undefined> {
  const { victim, afterMs, request } = input;
  const answer = answerIfAny(request());
  answer.catch(() => undefined);
  if (afterMs === 'answered') await answer;
  else await sleep(afterMs);
  await victim.kill();
  await victim.start();
  return answer;
}

async function bookedFor(paymentId: string): Promise<Record<string, number>> {
  const rows = await withConnection(running.instance.databaseUrl, (query) =>
    query('SELECT kind, count(*)::int AS count FROM transfer WHERE hold_id = $1 GROUP BY kind', [paymentId]),
  );
  return Object.fromEntries(rows.map((row) => [String(row.kind), Number(row.count)]));
}
