// Scenes at the till that end in a payment: face alone, PIN above the store's limit, digits when the score is poor.
import type { Claims } from './claims.ts';
import { balanceOf, payByFace, sureLook } from './stage.ts';
import type { PaidTry, Shopper, Stage } from './stage.ts';

export async function everybodyPays(stage: Stage, claims: Claims): Promise<void> {
  await claims.attempt('Everyone who enrolled can pay by looking, and exactly their own wallet is charged', async () => {
    const tries: { paid: boolean; right: boolean; alone: boolean; asked: string }[] = [];
    for (const [index, shopper] of stage.shoppers.entries()) {
      const amountMinor = 1_280n + BigInt(index) * 137n;
      const before = await balances(stage);
      const result = await payByFace(stage, { shopper, amountMinor, seed: 40 + index });
      const right = onlyCharged({ before, after: await balances(stage), shopper, amountMinor: isPaid(result) ? amountMinor : 0n });
      tries.push({ paid: isPaid(result), right, alone: !result.askedForDigits && !result.askedForPin, asked: askedOf(result) });
    }
    const paid = tries.filter((each) => each.paid).length;
    const alone = tries.filter((each) => each.paid && each.alone).length;
    const seen = `${paid} of ${tries.length} paid, ${alone} by face alone${askedSentence(tries)}; ${tries.every((each) => each.right) ? 'no other wallet moved' : 'ANOTHER WALLET MOVED'}`;
    return { seen, holds: tries.every((each) => each.right) && alone > 0 && (stage.people.exact ? paid === tries.length : true) };
  });
}

export async function anotherPhotoPays(stage: Stage, claims: Claims): Promise<void> {
  const shopper = stage.shoppers.find(({ person }) => person.hasSecondPhoto);
  if (!shopper) return;
  await claims.attempt('A person is known again from another photo, taken elsewhere on another day', async () => {
    const amountMinor = 990n;
    const before = await balances(stage);
    const result = await payByFace(stage, { shopper, amountMinor, kind: 'second_photo', seed: 3 });
    const right = onlyCharged({ before, after: await balances(stage), shopper, amountMinor: isPaid(result) ? amountMinor : 0n });
    const score = result.payment.decision;
    const seen = `${result.outcome}, ${isPaid(result) ? 'paid' : 'not paid'}, ${askedOf(result)}${score ? `; threshold ${score.threshold.toFixed(3)} among ${score.candidateCount} people` : ''}`;
    return { seen, holds: right && (stage.people.exact ? isPaid(result) : true) };
  });
}

export async function largeAmountAsksForPin(stage: Stage, claims: Claims): Promise<void> {
  const shopper = stage.shoppers[0];
  if (!shopper) return;
  const limit = BigInt(stage.terminal.profile.pinFrom.amountMinor);
  await claims.attempt('From the store limit on, the PIN is asked: a wrong one pays nothing, the right one pays', async () => {
    const { terminal } = stage;
    const amountMinor = limit + 500n;
    const before = await balances(stage);
    const created = await terminal.createPayment({ amountMinor: String(amountMinor) });
    const { payment } = await terminal.look(created.id, (count) => shopper.person.burst({ kind: sureLook(stage), seed: 61, count }));
    const asked = payment.next === 'confirm_with_pin';
    const wrong = await codeOf(terminal.confirm(payment, { pin: '918273' }));
    const untouched = onlyCharged({ before, after: await balances(stage), shopper, amountMinor: 0n });
    const paid = await terminal.confirm(payment, { pin: shopper.pin });
    const right = onlyCharged({ before, after: await balances(stage), shopper, amountMinor });
    const seen = `PIN ${asked ? 'asked' : 'NOT asked'} at ${yuan(amountMinor)}; wrong PIN: ${wrong}, ${untouched ? 'nothing moved' : 'MONEY MOVED'}; right PIN: ${paid.state}`;
    return { seen, holds: asked && wrong === 'pin_wrong' && untouched && paid.state === 'captured' && right };
  });
}

export async function poorPictureAsksForDigits(stage: Stage, claims: Claims): Promise<void> {
  const shopper = stage.shoppers.find(({ person }) => person.hasPoorCamera);
  if (!shopper) return;
  await claims.attempt('When the picture is too poor for the error budget, the last four digits of the phone are asked', async () => {
    const { terminal } = stage;
    const amountMinor = 1_500n;
    const before = await balances(stage);
    const created = await terminal.createPayment({ amountMinor: String(amountMinor) });
    const { outcome, payment } = await terminal.look(created.id, (count) => shopper.person.burst({ kind: 'poor_camera', seed: 3, count }));
    const silent = payment.payer === null;
    const wrong = await codeOf(terminal.digits(created.id, '0000'));
    const known = await terminal.digits(created.id, shopper.phone.slice(-4));
    const paid = await terminal.confirm(known, known.next === 'confirm_with_pin' ? { pin: shopper.pin } : {});
    const right = onlyCharged({ before, after: await balances(stage), shopper, amountMinor });
    const seen = `${outcome}, ${silent ? 'no name shown' : 'A NAME WAS SHOWN'}; wrong digits: ${wrong}; right digits: rung ${known.decision?.rung ?? 'none'}, ${paid.state}`;
    return { seen, holds: outcome === 'needs_digits' && silent && wrong === 'digits_wrong' && known.decision?.rung === 'face_digits' && paid.state === 'captured' && right };
  });
}

export async function lastCoinIsNotSpentTwice(stage: Stage, claims: Claims): Promise<void> {
  const shopper = stage.shoppers.at(-1);
  if (!shopper) return;
  await claims.attempt('Without enough money nothing is charged, and the till says so', async () => {
    const before = await balances(stage);
    const { terminal } = stage;
    const created = await terminal.createPayment({ amountMinor: String((before.get(shopper.phone) ?? 0n) + 1n) });
    const { payment } = await terminal.look(created.id, (count) => shopper.person.burst({ kind: sureLook(stage), seed: 71, count }));
    const known = payment.next === 'digits' ? await terminal.digits(created.id, shopper.phone.slice(-4)) : payment;
    const code = await codeOf(terminal.confirm(known, known.next === 'confirm_with_pin' ? { pin: shopper.pin } : {}));
    const after = await terminal.payment(created.id);
    const untouched = onlyCharged({ before, after: await balances(stage), shopper, amountMinor: 0n });
    const told = code === 'balance_insufficient' || after.lastProblem?.code === 'balance_insufficient';
    return { seen: `${code}, payment ${after.state}, ${untouched ? 'nothing moved' : 'MONEY MOVED'}`, holds: told && untouched && after.state !== 'captured' };
  });
}

export const isPaid = ({ payment }: PaidTry): boolean => payment.state === 'captured';

export async function balances(stage: Stage): Promise<Map<string, bigint>> {
  const all = await Promise.all(stage.shoppers.map(async (shopper) => [shopper.phone, await balanceOf(stage, shopper)] as const));
  return new Map(all);
}

/** True when this wallet lost exactly the amount and no other wallet moved. */
export function onlyCharged(input: { before: Map<string, bigint>; after: Map<string, bigint>; shopper: Shopper; amountMinor: bigint }): boolean {
  const { before, after, shopper, amountMinor } = input;
  return [...before].every(([phone, balance]) => after.get(phone) === balance - (phone === shopper.phone ? amountMinor : 0n));
}

/** The catalogue code of a refused call, or `accepted`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'accepted';
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
    throw error;
  }
}

export const yuan = (amountMinor: bigint): string => `CNY ${amountMinor / 100n}.${String(amountMinor % 100n).padStart(2, '0')}`;

const askedOf = ({ askedForDigits, askedForPin, outcome, refusal }: PaidTry): string =>
  outcome === 'refused' ? `picture refused: ${refusal}` : outcome === 'not_recognised' ? 'not recognised' : askedForDigits ? 'digits asked' : askedForPin ? 'PIN asked' : 'nothing more asked';

function askedSentence(tries: readonly { asked: string }[]): string {
  const more = tries.map(({ asked }) => asked).filter((asked) => asked !== 'nothing more asked');
  const counts = [...new Set(more)].map((asked) => `${more.filter((each) => each === asked).length} × ${asked}`);
  return counts.length === 0 ? '' : ` (${counts.join(', ')})`;
}
