// A model of the books so naive that it can be checked by eye: three numbers a payer, four a hold. Random histories are played
// against the real books and against it, by the tests here and, for longer and by seed, by the torture rack.
import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { money } from '@sonrisa/ledger/money.ts';
import type { Command } from '@sonrisa/ledger/transfer.ts';
import type { Pool } from '../db/pool.ts';
import { assertBooksCoherent, type Books } from './index.ts';

type ModelHold = { payer: number; state: 'open' | 'captured' | 'voided'; held: bigint; captured: bigint; refunded: bigint };
export type Model = { wallets: bigint[]; holds: Map<number, ModelHold>; spent: bigint };
export type Act =
  | { do: 'topUp'; payer: number; minor: bigint }
  | { do: 'allowance'; payer: number; to: number; minor: bigint }
  | { do: 'authorise'; payer: number; hold: number; minor: bigint }
  | { do: 'capture' | 'refund'; hold: number; minor: bigint | undefined }
  | { do: 'void'; hold: number };

const payers = 3;
const holds = 5;
const minor = fc.bigInt({ min: 1n, max: 400n });
const hold = fc.nat({ max: holds - 1 });
const payer = fc.nat({ max: payers - 1 });
const maybe = fc.option(minor, { nil: undefined });
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('topUp' as const), payer, minor }),
  fc.record({ do: fc.constant('allowance' as const), payer, to: payer, minor }),
  fc.record({ do: fc.constant('authorise' as const), payer, hold, minor }),
  fc.record({ do: fc.constantFrom('capture' as const, 'refund' as const), hold, minor: maybe }),
  fc.record({ do: fc.constant('void' as const), hold }),
);

/** What a shopkeeper would say: done, or not. */
export function modelSays(model: Model, act: Act): boolean {
  if (act.do === 'topUp') {
    model.wallets[act.payer]! += act.minor;
    return true;
  }
  if (act.do === 'allowance') {
    if (act.to === act.payer || model.wallets[act.payer]! < act.minor) return false;
    model.wallets[act.payer]! -= act.minor;
    model.wallets[act.to]! += act.minor;
    return true;
  }
  const hold = model.holds.get(act.hold);
  if (act.do === 'authorise') {
    if (hold || model.wallets[act.payer]! < act.minor) return false;
    model.wallets[act.payer]! -= act.minor;
    model.holds.set(act.hold, { payer: act.payer, state: 'open', held: act.minor, captured: 0n, refunded: 0n });
    return true;
  }
  if (!hold) return false;
  if (act.do === 'refund') {
    const wanted = act.minor ?? hold.captured - hold.refunded;
    if (hold.state !== 'captured' || wanted === 0n || hold.refunded + wanted > hold.captured) return false;
    hold.refunded += wanted;
    model.wallets[hold.payer]! += wanted;
    model.spent -= wanted;
    return true;
  }
  const taken = act.do === 'void' ? 0n : (act.minor ?? hold.held);
  if (hold.state !== 'open' || taken > hold.held) return false;
  Object.assign(hold, { state: act.do === 'void' ? 'voided' : 'captured', captured: taken });
  model.wallets[hold.payer]! += hold.held - taken;
  model.spent += taken;
  return true;
}

function commandOf(act: Act, run: string): Command {
  const amount = 'minor' in act && act.minor !== undefined ? { amount: money(act.minor, 'CNY') } : {};
  const holdId = 'hold' in act ? `${run}-${act.hold}` : '';
  switch (act.do) {
    case 'topUp':
      return { kind: 'top_up', payerId: `${run}-payer-${act.payer}`, amount: money(act.minor, 'CNY') };
    case 'allowance':
      return { kind: 'allowance', payerId: `${run}-payer-${act.payer}`, toPayerId: `${run}-payer-${act.to}`, amount: money(act.minor, 'CNY') };
    case 'authorise':
      return { kind: 'authorise', holdId, payerId: `${run}-payer-${act.payer}`, merchantId: `${run}-shop`, amount: money(act.minor, 'CNY') };
    case 'capture':
      return { kind: 'capture', holdId, feeBasisPoints: 137, ...amount };
    case 'refund':
      return { kind: 'refund', holdId, ...amount };
    case 'void':
      return { kind: 'void', holdId };
  }
}

export type ModelStage = {
  readonly books: Books;
  readonly pool: Pool;
  /** A name no other history on this database has. */
  readonly run: string;
  readonly atMs: number;
  addPayer(payerId: string): Promise<void>;
};

export const histories = (actsMax: number): fc.Arbitrary<Act[]> => fc.array(act, { minLength: 10, maxLength: actsMax });

/** Throws at the first answer that is not the model's, and at the end when balances differ or the books are not coherent. */
export async function play(stage: ModelStage, acts: readonly Act[], says: (model: Model, act: Act) => boolean): Promise<void> {
  const { books, pool, run, atMs } = stage;
  for (let index = 0; index < payers; index += 1) await stage.addPayer(`${run}-payer-${index}`);
  const model: Model = { wallets: Array<bigint>(payers).fill(0n), holds: new Map(), spent: 0n };
  for (const [index, act] of acts.entries()) {
    const request = { idempotency: { principal: run, key: String(index) }, command: commandOf(act, run), atMs };
    const answer = await books.post(request);
    deepStrictEqual([act, answer.ok], [act, says(model, act)]);
    // Now and then the client did not hear and asks again.
    if (index % 3 === 0) deepStrictEqual(await books.post(request), { ...answer, replayed: true });
  }
  const wallets = await Promise.all(model.wallets.map((_, index) => books.walletMinor({ payerId: `${run}-payer-${index}`, currency: 'CNY' })));
  deepStrictEqual(wallets, model.wallets);
  const { rows } = await pool.query<{ fee: bigint; returned: bigint }>(
    `SELECT COALESCE(sum(fee_minor), 0)::bigint AS fee, COALESCE(sum(fee_returned_minor), 0)::bigint AS returned FROM hold WHERE merchant_id = $1`,
    [`${run}-shop`],
  );
  const payable = await books.merchantPayableMinor({ merchantId: `${run}-shop`, currency: 'CNY' });
  deepStrictEqual(payable + rows[0]!.fee - rows[0]!.returned, model.spent);
  await assertBooksCoherent(pool);
}

/** FOR CONTROLS: forgets to give back what was not captured. */
export function forgetfulModelSays(model: Model, act: Act): boolean {
  const before = [...model.wallets];
  const said = modelSays(model, act);
  if (act.do === 'capture') model.wallets = before;
  return said;
}
