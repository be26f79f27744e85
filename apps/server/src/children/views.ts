// What a guardian sees of their children.
import { type Child, type Children, childrenMax, type ChildView } from '@sonrisa/protocol/children-api.ts';
import { currencyDecimals, isCurrency } from '@sonrisa/ledger/money.ts';
import type { Books } from '../books/index.ts';
import type { Limits } from '../limits/index.ts';
import type { Owners } from '../owners/index.ts';
import type { Payments } from '../payments/index.ts';
import { dayOfAge } from './decide.ts';
import { type LookDeps, needsNewLook } from './look.ts';
import { isOver } from './tie.ts';
import { childFor, type ChildRecord, childrenOf, type OfChild, type RecordDeps, todayFor } from './record.ts';

export type ViewDeps = RecordDeps & Pick<LookDeps, 'vault'> & {
  books: Pick<Books, 'walletMinor'>;
  limits: Pick<Limits, 'mine'>;
  payments: Pick<Payments, 'listForPayer'>;
  owners: Pick<Owners, 'myFace'>;
  passkeys: { list(payerId: string): Promise<{ id: string }[]> };
};

const paymentsShownMax = 50;
/** What the form starts with, in whole units where one buys something small: a judgement. */
const firstUnits = { payment: 30n, day: 60n, month: 500n };

export async function childrenView(deps: ViewDeps, guardianId: string): Promise<Children> {
  const { currency } = await deps.db.selectFrom('payer').select('currency').where('id', '=', guardianId).executeTakeFirstOrThrow();
  const [children, known, today, balanceMinor] = await Promise.all([
    childrenOf(deps, { guardianId }), deps.passkeys.list(guardianId), todayFor(deps, currency), deps.books.walletMinor({ payerId: guardianId, currency }),
  ]);
  const unit = 10n ** BigInt(isCurrency(currency) ? currencyDecimals[currency] : 2);
  return {
    guardianId,
    children: await Promise.all(children.map((child) => childOf(deps, child))),
    childrenMax,
    adultAgeYears: deps.adultAgeYears,
    today,
    currency,
    limits: { payment: String(firstUnits.payment * unit), day: String(firstUnits.day * unit), month: String(firstUnits.month * unit) },
    balance: { amountMinor: String(balanceMinor), currency },
    passkeyIds: known.map(({ id }) => id),
  };
}

export async function childView(deps: ViewDeps, { guardianId, childId }: OfChild): Promise<ChildView> {
  const child = await childFor(deps, { guardianId, childId }, null);
  const [head, face, { limits, raiseDelayMs }, payments, known] = await Promise.all([
    childOf(deps, child), deps.owners.myFace(childId), deps.limits.mine(childId), deps.payments.listForPayer({ payerId: childId, limit: paymentsShownMax, toGuardian: true }), deps.passkeys.list(guardianId),
  ]);
  const shared = { ...head, guardianId, raiseDelayMs, payments, passkeyIds: known.map(({ id }) => id) };
  // Who looks at a grown-up, when somebody last did, and what they may spend, is no guardian's to know.
  return isOver(child) ? { ...shared, face: { ...face, looks: [], unusedUntilMs: null }, limits: [] } : { ...shared, face, limits };
}

async function childOf(deps: ViewDeps, child: ChildRecord): Promise<Child> {
  const { id, name, born_on: bornOn, ageYears, state, currency } = child;
  const [balanceMinor, renew] = await Promise.all([deps.books.walletMinor({ payerId: id, currency }), needsNewLook(deps, child)]);
  return { id, name, bornOn, ageYears, ofAgeOn: dayOfAge(bornOn, deps.adultAgeYears), state, needsNewLook: renew, balance: { amountMinor: String(balanceMinor), currency } };
}
