// What is true right now, of everything one group of requests touches: read under locks, then kept up to date in memory while the
// requests are decided one after another. Everybody locks in this order, so nobody waits in a circle:
// payments, payers, holds, payouts, disputes, accounts; each sorted; then receipts, new accounts, keys and last the accounts nobody decided on.
import { type AccountRef, accountClasses, accountId, byBytes } from '@sonrisa/ledger/account.ts';
import type { Dispute } from '@sonrisa/ledger/dispute.ts';
import { type Hold, openHold } from '@sonrisa/ledger/hold.ts';
import type { Payout } from '@sonrisa/ledger/payout.ts';
import { type Command, type CommandKind, type Facts, accountsOf, type Transfer } from '@sonrisa/ledger/transfer.ts';
import { binaryArrays } from './binary-arrays.ts';
import type { Query } from './idempotency.ts';
import type { Chain, Movement, PaymentMove } from './request.ts';

export type PaymentView = { readonly state: string; readonly payerId: string | null; readonly jti: string | null };
export type KeyView = { readonly inputHash: string; readonly body: string };

export type View = {
  readonly booksStopped: boolean;
  readonly payments: Map<string, PaymentView>;
  readonly payers: ReadonlyMap<string, { readonly faceState: string; readonly faceEpoch: number }>;
  readonly holds: Map<string, Hold>;
  readonly payouts: Map<string, Payout>;
  readonly disputes: Map<string, Dispute>;
  readonly balances: Map<string, bigint>;
  /** Accounts without a row. True: a decision may rest on its being empty. */
  readonly missing: Map<string, { readonly account: AccountRef; readonly counted: boolean }>;
  readonly receiptsUsed: Set<string>;
  readonly keys: Map<string, KeyView>;
  /** Claimed before, by a request that has no answer yet. */
  readonly begunKeys: ReadonlySet<string>;
};

/**
 * Movements that look at no balance but those that may not go below (or above) zero. Their other accounts, where all of a merchant's
 * or of the platform's payments meet, are not locked while they are decided. Any other kind locks whatever it touches.
 */
const blindKinds: ReadonlySet<CommandKind> = new Set<CommandKind>(['top_up', 'authorise', 'capture', 'void', 'refund', 'allowance']);

export async function lockView(query: Query, chains: readonly Chain[]): Promise<View> {
  const { first, accounts, row } = await lockAll(query, chains);
  const { locked, all } = accounts;
  const balances = new Map((row.balances ?? []).map(([id, minor]) => [id, BigInt(minor)]));
  const counted = new Set(locked);
  const missing = [...all].filter(([id]) => !balances.has(id)).map(([id, account]) => [id, { account, counted: counted.has(id) }] as const);
  return {
    ...first,
    balances,
    missing: new Map(missing),
    receiptsUsed: new Set(row.used),
    keys: new Map((row.answers ?? []).flatMap(([principal, key, inputHash, body]) => (body === null ? [] : [[keyName({ principal, key }), { inputHash, body }] as const]))),
    begunKeys: new Set((row.answers ?? []).flatMap(([principal, key, , body]) => (body === null ? [keyName({ principal, key })] : []))),
  };
}

export function factsOf(view: View, request: Movement): Facts {
  const { command, receipt } = request;
  const payment = request.payment ? view.payments.get(request.payment.id) : undefined;
  const payer = 'payerId' in command ? view.payers.get(command.payerId) : undefined;
  return {
    booksStopped: view.booksStopped,
    receiptUsed: receipt !== undefined && view.receiptsUsed.has(receipt.jti),
    paymentStateAllows: request.payment ? payment !== undefined && allowsMove(request, { payment, move: request.payment.posted }) : null,
    payerExists: payer !== undefined,
    ...('toPayerId' in command ? { receiverExists: view.payers.has(command.toPayerId) } : {}),
    faceEpochHolds: receipt ? payer !== undefined && payer.faceState === 'on' && payer.faceEpoch === receipt.faceEpoch : null,
    hold: 'holdId' in command ? (view.holds.get(command.holdId) ?? null) : null,
    ...casesOf(view, command),
    balances: view.balances,
  };
}

function casesOf({ payouts, disputes }: Pick<View, 'payouts' | 'disputes'>, command: Command): Pick<Facts, 'payout' | 'dispute'> {
  if ('payoutId' in command) return { payout: payouts.get(command.payoutId) ?? null };
  if ('disputeId' in command) return { dispute: disputes.get(command.disputeId) ?? null };
  return {};
}

/** From here on the next request sees what this transfer did. */
export function applyTransfer(view: View, { transfer, request }: { transfer: Transfer; request: Movement }): void {
  for (const leg of transfer.legs) {
    const id = accountId(leg.account);
    view.balances.set(id, (view.balances.get(id) ?? 0n) + leg.amountMinor);
  }
  if (transfer.hold) view.holds.set(transfer.hold.id, transfer.hold);
  if (transfer.payout) view.payouts.set(transfer.payout.id, transfer.payout);
  if (transfer.dispute) view.disputes.set(transfer.dispute.id, transfer.dispute);
  if (request.receipt) view.receiptsUsed.add(request.receipt.jti);
}

/** The state alone is not enough: while a request was on its way somebody else may have been identified for this payment. */
export function allowsMove({ command, receipt }: Movement, { payment, move }: { payment: PaymentView; move: PaymentMove }): boolean {
  const isSamePerson = !('payerId' in command) || payment.payerId === command.payerId;
  return isSamePerson && (!receipt || payment.jti === receipt.jti) && Object.hasOwn(move.moves, payment.state);
}

export function keyName({ principal, key }: { readonly principal: string; readonly key: string }): string {
  return `${principal.length} ${principal}${key}`;
}

export function holdIdOf(command: Command): string | null {
  return 'holdId' in command ? command.holdId : null;
}

/** What a transfer is about, kept with it: a payment's hold, or else the payout, settlement, correction or top-up that it belongs to. */
export function aboutOf({ command, about }: Movement): string | null {
  if ('payoutId' in command) return command.payoutId;
  if (command.kind === 'settle') return command.settlementId;
  if (command.kind === 'adjust') return command.adjustmentId;
  return holdIdOf(command) ?? about ?? null;
}

type FirstRow = {
  stopped: boolean;
  payments: [id: string, state: string, payerId: string | null, jti: string | null][] | null;
  payers: [id: string, faceState: string, faceEpoch: number][] | null;
  holds: HoldRow[] | null;
  payouts: AsText<Payout, 'amountMinor'>[] | null;
  disputes: AsText<Dispute, 'amountMinor' | 'recoveredMinor'>[] | null;
};
type AsText<T, Minor extends keyof T> = Omit<T, Minor> & Record<Minor, string>;
type HoldRow = Omit<AsText<Hold, 'amountMinor' | 'capturedMinor' | 'refundedMinor' | 'disputedMinor' | 'feeMinor' | 'feeReturnedMinor'>, 'feeParts'> & {
  feeParts: { receiverId: string; feeMinor: string }[];
};
type AccountsRow = {
  balances: [id: string, minor: string][] | null;
  answers: [principal: string, key: string, inputHash: string, body: string | null][] | null;
  used: string[] | null;
};

// One question where the accounts follow from the requests alone, otherwise two.
async function lockAll(query: Query, chains: readonly Chain[]) {
  const requests = chains.flatMap(({ movements }) => movements);
  let first: ReturnType<typeof firstOf> | undefined;
  if (opensWhatItNeeds(requests)) {
    const accounts = accountsToLock(requests, nothingYet);
    const row = await lockBoth(query, firstValues(requests), accountsValues(chains, accounts));
    first = firstOf(row);
    // A hold that was there already may name other accounts than the request that was to open it.
    if (first.holds.size === 0) return { first, accounts, row };
  }
  first ??= await lockFirst(query, firstValues(requests));
  const accounts = accountsToLock(requests, first);
  return { first, accounts, row: await lockAccounts(query, accountsValues(chains, accounts)) };
}

// Left to right, each after the one before: the rows of the first are what the second hangs on.
async function lockBoth(query: Query, first: readonly Ids[], accounts: readonly Ids[]): Promise<FirstRow & AccountsRow> {
  const [row] = await query<FirstRow & AccountsRow>(
    `SELECT * FROM books_lock($1, $2, $3, $4, $5, $6) AS first
      CROSS JOIN LATERAL books_lock_accounts(CASE WHEN first.stopped IS NOT NULL THEN $7::text[] END, $8, $9, $10, $11) AS accounts`,
    arraysOf([...first, ...accounts]),
    'books lock all',
  );
  return found(row);
}

async function lockFirst(query: Query, values: readonly Ids[]) {
  const [row] = await query<FirstRow>('SELECT * FROM books_lock($1, $2, $3, $4, $5, $6)', arraysOf(values), 'books lock');
  return firstOf(found(row));
}

async function lockAccounts(query: Query, values: readonly Ids[]): Promise<AccountsRow> {
  const [row] = await query<AccountsRow>('SELECT * FROM books_lock_accounts($1, $2, $3, $4, $5)', arraysOf(values), 'books lock accounts');
  return found(row);
}

type Ids = string[];

const arraysOf = (lists: readonly Ids[]): Buffer[] => binaryArrays(lists.map((values) => ({ type: 'text', values })));

function firstValues(requests: readonly Movement[]): Ids[] {
  const payerIds = (of: readonly Movement[]) => unique(of.flatMap(({ command }) => ['payerId' in command ? command.payerId : undefined, 'toPayerId' in command ? command.toPayerId : undefined]));
  return [
    unique(requests.map(({ payment }) => payment?.id)),
    payerIds(requests.filter(({ receipt }) => receipt)),
    payerIds(requests),
    unique(requests.map(({ command }) => holdIdOf(command) ?? undefined)),
    unique(requests.map(({ command }) => ('payoutId' in command ? command.payoutId : undefined))),
    unique(requests.map(({ command }) => ('disputeId' in command ? command.disputeId : undefined))),
  ];
}

function accountsValues(chains: readonly Chain[], { locked, others }: AccountsToLock): Ids[] {
  return [
    locked,
    others,
    chains.map(({ idempotency }) => idempotency.principal),
    chains.map(({ idempotency }) => idempotency.key),
    unique(chains.flatMap(({ movements }) => movements.map(({ receipt }) => receipt?.jti))),
  ];
}

function found<Row>(row: Row | undefined): Row {
  if (!row) throw new Error('locking answers with one row');
  return row;
}

function firstOf(row: FirstRow) {
  return {
    booksStopped: row.stopped,
    payments: new Map((row.payments ?? []).map(([id, state, payerId, jti]) => [id, { state, payerId, jti }] as const)),
    payers: new Map((row.payers ?? []).map(([id, faceState, faceEpoch]) => [id, { faceState, faceEpoch }] as const)),
    holds: new Map((row.holds ?? []).map((hold) => [hold.id, holdOf(hold)])),
    payouts: new Map((row.payouts ?? []).map((payout) => [payout.id, { ...payout, amountMinor: BigInt(payout.amountMinor) }])),
    disputes: new Map((row.disputes ?? []).map((each) => [each.id, { ...each, amountMinor: BigInt(each.amountMinor), recoveredMinor: BigInt(each.recoveredMinor) }])),
  };
}

function holdOf(row: HoldRow): Hold {
  return {
    ...row,
    amountMinor: BigInt(row.amountMinor),
    capturedMinor: BigInt(row.capturedMinor),
    refundedMinor: BigInt(row.refundedMinor),
    disputedMinor: BigInt(row.disputedMinor),
    feeMinor: BigInt(row.feeMinor),
    feeReturnedMinor: BigInt(row.feeReturnedMinor),
    feeParts: row.feeParts.map(({ receiverId, feeMinor }) => ({ receiverId, feeMinor: BigInt(feeMinor) })),
  };
}

const nothingYet: Pick<View, 'holds' | 'payouts' | 'disputes'> = { holds: new Map(), payouts: new Map(), disputes: new Map() };

// Each is about a hold that one before it opens, or about none.
function opensWhatItNeeds(requests: readonly Movement[]): boolean {
  const opened = new Set<string>();
  return requests.every(({ command }) => {
    if (command.kind === 'authorise') opened.add(command.holdId);
    const holdId = holdIdOf(command);
    return !('payoutId' in command) && !('disputeId' in command) && (holdId === null || opened.has(holdId));
  });
}

type AccountsToLock = ReturnType<typeof accountsToLock>;

// Accounts with a sign rule first, each part sorted. As soon as one request must see a balance that may go either way, every such
// account is locked here, so that nobody who holds one of them waits for another out of order.
function accountsToLock(requests: readonly Movement[], view: Pick<View, 'holds' | 'payouts' | 'disputes'>) {
  const all = new Map<string, AccountRef>();
  const opened = new Map<string, Hold>();
  let lockAll = false;
  for (const { command } of requests) {
    lockAll ||= !blindKinds.has(command.kind);
    const holdId = holdIdOf(command);
    const hold = holdId === null ? null : (view.holds.get(holdId) ?? opened.get(holdId) ?? null);
    if (command.kind === 'authorise' && hold === null) opened.set(command.holdId, openedBy(command));
    for (const account of accountsOf(command, hold, casesOf(view, command))) all.set(accountId(account), account);
  }
  const sorted = [...all.keys()].sort(byBytes);
  const ruled = sorted.filter((id) => hasSignRule(all.get(id)!));
  const free = sorted.filter((id) => !hasSignRule(all.get(id)!));
  return { all, locked: lockAll ? [...ruled, ...free] : ruled, others: lockAll ? [] : free };
}

// A hold that another request of the group opens: good enough to name the accounts of the one that captures it.
function openedBy(command: Command & { kind: 'authorise' }): Hold {
  const { holdId, payerId, merchantId, amount } = command;
  return openHold({ id: holdId, payerId, merchantId, currency: amount.currency, amountMinor: amount.amountMinor });
}

const hasSignRule = (account: AccountRef): boolean => accountClasses[account.class].sign !== 'any';

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
