// What a group of decided requests will write: collected row by row, sent in one call.
import { type AccountRef, accountId } from '@sonrisa/ledger/account.ts';
import type { Hold } from '@sonrisa/ledger/hold.ts';
import { type Hash, contentHashOf } from '@sonrisa/ledger/journal.ts';
import type { Transfer } from '@sonrisa/ledger/transfer.ts';
import { type Column, type ColumnType, type ColumnTypes, binaryArrays } from './binary-arrays.ts';
import type { IdempotencyKey, Query } from './idempotency.ts';
import type { Movement, PaymentMove } from './request.ts';
import { aboutOf, type View } from './view.ts';

/** Rows of one table as the columns they travel in. */
type Columns<Types extends Readonly<Record<string, ColumnType>>> = { readonly [Name in keyof Types]: Column<Types[Name]> };
type RowOf<Types extends Readonly<Record<string, ColumnType>>> = { readonly [Name in keyof Types]: ColumnTypes[Types[Name]] | null };
type KeyRow = IdempotencyKey & { readonly inputHash: string; readonly status: number; readonly body: string };
type HoldRow = { readonly hold: Hold; readonly openedAt: number | null; readonly closedAt: number | null };
/** Of a payout or a dispute. One that this group begins has the time it began: that is what makes it a new row. */
type CaseRow = Readonly<Record<string, unknown>>;
type PaymentRow = { id: string; state: string; authorised_at?: string; paid_at?: string; last_problem?: string };

export type Draft = {
  readonly transfers: Columns<typeof transferColumns>;
  /** One row a leg; a transfer says which are its own. */
  readonly legs: Columns<typeof legColumns>;
  readonly keys: Columns<typeof keyColumns>;
  /** Keys that were claimed before and have no answer yet. */
  readonly begunKeys: KeyRow[];
  readonly receipts: { jti: string; transfer_id: string; at: string }[];
  readonly accounts: Map<string, { account: AccountRef; counted: boolean }>;
  readonly holds: Map<string, HoldRow>;
  readonly payouts: Map<string, CaseRow>;
  readonly disputes: Map<string, CaseRow>;
  readonly payments: Map<string, PaymentRow>;
  readonly events: { payment_id: string; at: string; event: string; from_state: string; to_state: string; reason: string }[];
  readonly refunds: { id: string; payment_id: string; amount_minor: string; fee_returned_minor: string; reason: string; at: string }[];
};

// In the order books_write takes them.
const transferColumns = { id: 'text', kind: 'text', currency: 'text', amount: 'bigint', fee: 'bigint', holdId: 'text', reason: 'text', at: 'timestamptz', hash: 'text', firstLeg: 'integer', legCount: 'integer' } as const;
const legColumns = { accountId: 'text', amount: 'bigint' } as const;
const keyColumns = { principal: 'text', key: 'text', inputHash: 'text', status: 'integer', body: 'text' } as const;
const holdColumns = {
  id: 'text', payerId: 'text', merchantId: 'text', currency: 'text', state: 'text', amount: 'bigint', captured: 'bigint', refunded: 'bigint', disputed: 'bigint',
  fee: 'bigint', feeReturned: 'bigint', feeParts: 'jsonb', openedAt: 'timestamptz', closedAt: 'timestamptz',
} as const;

export function emptyDraft(): Draft {
  return { transfers: emptyColumns(transferColumns), legs: emptyColumns(legColumns), keys: emptyColumns(keyColumns), begunKeys: [], receipts: [], accounts: new Map(), holds: new Map(), payouts: new Map(), disputes: new Map(), payments: new Map(), events: [], refunds: [] };
}

export type DecidedTransfer = { readonly id: string; readonly transfer: Transfer; readonly request: Movement };

export function draftTransfer(draft: Draft, input: DecidedTransfer & { readonly hash: Hash; readonly view: View }): void {
  const { id, transfer, request, hash, view } = input;
  const at = timeOf(request);
  const holdId = aboutOf(request);
  const reason = request.reason ?? '';
  const legs = transfer.legs.map((leg) => ({ accountId: accountId(leg.account), amountMinor: leg.amountMinor }));
  const { kind, currency, amountMinor, feeMinor } = transfer;
  const content = contentHashOf(hash, { id, kind, currency, amountMinor, feeMinor, holdId, reason, atMs: request.atMs, legs });
  const firstLeg = draft.legs.accountId.values.length + 1;
  push(draft.transfers, { id, kind, currency, amount: amountMinor, fee: feeMinor, holdId, reason, at: request.atMs, hash: content, firstLeg, legCount: legs.length });
  for (const leg of legs) {
    push(draft.legs, { accountId: leg.accountId, amount: leg.amountMinor });
    const missing = view.missing.get(leg.accountId);
    if (missing) draft.accounts.set(leg.accountId, missing);
  }
  if (request.receipt) draft.receipts.push({ jti: request.receipt.jti, transfer_id: id, at });
  draftCases(draft, { transfer, reason, atMs: request.atMs });
  if (kind === 'refund' && request.payment) {
    draft.refunds.push({ id, payment_id: request.payment.id, amount_minor: String(amountMinor), fee_returned_minor: String(feeMinor), reason, at });
  }
}

/** Returns the new state. The payment is locked and its state was checked by the ladder. */
export function draftMove(draft: Draft, input: { view: View; request: Movement; move: PaymentMove; reason: string }): string {
  const { view, request, move, reason } = input;
  const { id } = request.payment!;
  const payment = view.payments.get(id)!;
  const to = move.moves[payment.state];
  if (to === undefined) throw new Error(`the event ${move.event} does not leave the state ${payment.state}`);
  const at = timeOf(request);
  const row = draft.payments.get(id) ?? { id, state: to };
  row.state = to;
  if (to === 'authorised') row.authorised_at = at;
  if (to === 'captured') row.paid_at = at;
  if (to === 'declined') row.last_problem = reason;
  draft.payments.set(id, row);
  draft.events.push({ payment_id: id, at, event: move.event, from_state: payment.state, to_state: to, reason });
  view.payments.set(id, { ...payment, state: to });
  return to;
}

export function draftKey(draft: Draft, row: KeyRow, { isBegun }: { isBegun: boolean }): void {
  if (isBegun) draft.begunKeys.push(row);
  else push(draft.keys, row);
}

export function isEmpty({ keys, begunKeys }: Draft): boolean {
  return keys.key.values.length + begunKeys.length === 0;
}

export async function writeDraft(query: Query, draft: Draft): Promise<void> {
  const accounts = [...draft.accounts].map(([id, { account, counted }]) => ({ id, class: account.class, owner_id: account.ownerId, currency: account.currency, counted }));
  const values = [
    ...binaryArrays([draft.transfers, draft.legs, draft.keys, holdsOf(draft)].flatMap((columns): Column[] => Object.values(columns))),
    rows(draft.begunKeys.map(({ inputHash, ...rest }) => ({ input_hash: inputHash, ...rest }))),
    rows(draft.receipts),
    rows(accounts),
    rows([...draft.payments.values()]),
    rows(draft.events),
    rows(draft.refunds),
    rows([...draft.payouts.values()]),
    rows([...draft.disputes.values()]),
  ];
  await query(`SELECT books_write(${parameters(values.length)})`, values, 'books write');
}

function draftCases(draft: Draft, { transfer, reason, atMs }: { transfer: Transfer; reason: string; atMs: number }): void {
  const { kind, hold, payout, dispute } = transfer;
  if (hold) {
    const earlier = draft.holds.get(hold.id);
    const begins = kind === 'authorise';
    // Closed once: what goes back later does not close it again.
    draft.holds.set(hold.id, { hold, openedAt: begins ? atMs : (earlier?.openedAt ?? null), closedAt: earlier?.closedAt ?? (begins ? null : atMs) });
  }
  if (payout) {
    const begins = kind === 'withdraw' || kind === 'pay_out';
    const times = timesOf(draft.payouts.get(payout.id), { atMs, begins, isOver: true });
    const { id, beneficiary, currency, state } = payout;
    draft.payouts.set(id, { id, beneficiary: beneficiary.is, beneficiary_id: beneficiary.id, currency, amount_minor: String(payout.amountMinor), state, sent_at: times.begun, closed_at: times.over });
  }
  if (dispute) {
    const earlier = draft.disputes.get(dispute.id);
    const times = timesOf(earlier, { atMs, begins: kind === 'dispute_open', isOver: dispute.state !== 'open' });
    const { id, holdId, bearer, state } = dispute;
    const amounts = { amount_minor: String(dispute.amountMinor), recovered_minor: String(dispute.recoveredMinor) };
    draft.disputes.set(id, { id, hold_id: holdId, bearer, ...amounts, state, reason: earlier?.['reason'] ?? reason, opened_at: times.begun, closed_at: times.over });
  }
}

function timesOf(earlier: CaseRow | undefined, { atMs, begins, isOver }: { atMs: number; begins: boolean; isOver: boolean }) {
  const at = timeOf({ atMs });
  if (begins) return { begun: at, over: null };
  return { begun: earlier?.['opened_at'] ?? earlier?.['sent_at'] ?? null, over: isOver ? at : null };
}

function holdsOf(draft: Draft): Columns<typeof holdColumns> {
  const columns = emptyColumns(holdColumns);
  for (const { hold, openedAt, closedAt } of draft.holds.values()) {
    const { id, payerId, merchantId, currency, state, feeParts } = hold;
    push(columns, {
      id, payerId, merchantId, currency, state, openedAt, closedAt,
      amount: hold.amountMinor,
      captured: hold.capturedMinor,
      refunded: hold.refundedMinor,
      disputed: hold.disputedMinor,
      fee: hold.feeMinor,
      feeReturned: hold.feeReturnedMinor,
      feeParts: feeParts.length === 0 ? '[]' : JSON.stringify(feeParts.map(({ receiverId, feeMinor }) => ({ receiverId, feeMinor: String(feeMinor) }))),
    });
  }
  return columns;
}

const timeOf = ({ atMs }: { readonly atMs: number }): string => new Date(atMs).toISOString();
const rows = (of: readonly object[]): string | null => (of.length === 0 ? null : JSON.stringify(of));
const parameters = (count: number): string => Array.from({ length: count }, (_, index) => `$${index + 1}`).join(', ');

function emptyColumns<Types extends Readonly<Record<string, ColumnType>>>(types: Types): Columns<Types> {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type, values: [] }])) as unknown as Columns<Types>;
}

function push<Types extends Readonly<Record<string, ColumnType>>>(columns: Columns<Types>, row: RowOf<Types>): void {
  for (const name in columns) (columns[name] as Column).values.push(row[name] as never);
}
