// What a group of decided requests will write: collected row by row, sent in one call.
import { type AccountRef, accountId } from '@sonrisa/ledger/account.ts';
import type { Hold } from '@sonrisa/ledger/hold.ts';
import { type Hash, contentHashOf } from '@sonrisa/ledger/journal.ts';
import type { Transfer } from '@sonrisa/ledger/transfer.ts';
import type { IdempotencyKey, Query } from './idempotency.ts';
import type { PaymentMove, PostRequest } from './request.ts';
import { aboutOf, type View } from './view.ts';

type TransferRow = { id: string; kind: string; currency: string; amount: string; fee: string; holdId: string | null; reason: string; at: string; hash: string };
type EntryRow = { transferId: string; leg: string; accountId: string; amount: string };
type KeyRow = IdempotencyKey & { inputHash: string; status: string; body: string };
/** Of a hold, a payout or a dispute. One that this group begins has the time it began: that is what makes it a new row. */
type CaseRow = Readonly<Record<string, unknown>>;
type PaymentRow = { id: string; state: string; authorised_at?: string; paid_at?: string; last_problem?: string };

export type Draft = {
  readonly transfers: TransferRow[];
  readonly entries: EntryRow[];
  readonly keys: KeyRow[];
  readonly receipts: { jti: string; transfer_id: string; at: string }[];
  readonly accounts: Map<string, { account: AccountRef; counted: boolean }>;
  readonly holds: Map<string, CaseRow>;
  readonly payouts: Map<string, CaseRow>;
  readonly disputes: Map<string, CaseRow>;
  readonly payments: Map<string, PaymentRow>;
  readonly events: { payment_id: string; at: string; event: string; from_state: string; to_state: string; reason: string }[];
  readonly refunds: { id: string; payment_id: string; amount_minor: string; fee_returned_minor: string; reason: string; at: string }[];
};

export function emptyDraft(): Draft {
  return { transfers: [], entries: [], keys: [], receipts: [], accounts: new Map(), holds: new Map(), payouts: new Map(), disputes: new Map(), payments: new Map(), events: [], refunds: [] };
}

export type DecidedTransfer = { readonly id: string; readonly transfer: Transfer; readonly request: PostRequest };

export function draftTransfer(draft: Draft, input: DecidedTransfer & { readonly hash: Hash; readonly view: View }): void {
  const { id, transfer, request, hash, view } = input;
  const at = timeOf(request);
  const holdId = aboutOf(request.command);
  const reason = request.reason ?? '';
  const legs = transfer.legs.map((leg) => ({ accountId: accountId(leg.account), amountMinor: leg.amountMinor }));
  const { kind, currency, amountMinor, feeMinor } = transfer;
  const content = contentHashOf(hash, { id, kind, currency, amountMinor, feeMinor, holdId, reason, atMs: request.atMs, legs });
  draft.transfers.push({ id, kind, currency, amount: String(amountMinor), fee: String(feeMinor), holdId, reason, at, hash: content });
  for (const [index, leg] of legs.entries()) {
    draft.entries.push({ transferId: id, leg: String(index + 1), accountId: leg.accountId, amount: String(leg.amountMinor) });
    const missing = view.missing.get(leg.accountId);
    if (missing) draft.accounts.set(leg.accountId, missing);
  }
  if (request.receipt) draft.receipts.push({ jti: request.receipt.jti, transfer_id: id, at });
  draftCases(draft, { transfer, reason, at });
  if (kind === 'refund' && request.payment) {
    draft.refunds.push({ id, payment_id: request.payment.id, amount_minor: String(amountMinor), fee_returned_minor: String(feeMinor), reason, at });
  }
}

/** Returns the new state. The payment is locked and its state was checked by the ladder. */
export function draftMove(draft: Draft, input: { view: View; request: PostRequest; move: PaymentMove; reason: string }): string {
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

export function isEmpty(draft: Draft): boolean {
  return draft.keys.length === 0;
}

export async function writeDraft(query: Query, draft: Draft): Promise<void> {
  const { transfers, entries, keys } = draft;
  const accounts = [...draft.accounts].map(([id, { account, counted }]) => ({ id, class: account.class, owner_id: account.ownerId, currency: account.currency, counted }));
  await query(`SELECT books_write(${parameters(26)})`, [
    ...columns(transfers, ['id', 'kind', 'currency', 'amount', 'fee', 'holdId', 'reason', 'at', 'hash']),
    ...columns(entries, ['transferId', 'leg', 'accountId', 'amount']),
    ...columns(keys, ['principal', 'key', 'inputHash', 'status', 'body']),
    rows(draft.receipts),
    rows(accounts),
    rows([...draft.holds.values()]),
    rows([...draft.payments.values()]),
    rows(draft.events),
    rows(draft.refunds),
    rows([...draft.payouts.values()]),
    rows([...draft.disputes.values()]),
  ]);
}

function draftCases(draft: Draft, { transfer, reason, at }: { transfer: Transfer; reason: string; at: string }): void {
  const { kind, hold, payout, dispute } = transfer;
  if (hold) {
    const earlier = draft.holds.get(hold.id);
    const times = timesOf(earlier, { at, begins: kind === 'authorise', isOver: true });
    // Closed once: what goes back later does not close it again.
    draft.holds.set(hold.id, { ...holdRow(hold), opened_at: times.begun, closed_at: earlier?.['closed_at'] ?? times.over });
  }
  if (payout) {
    const begins = kind === 'withdraw' || kind === 'pay_out';
    const times = timesOf(draft.payouts.get(payout.id), { at, begins, isOver: true });
    const { id, beneficiary, currency, state } = payout;
    draft.payouts.set(id, { id, beneficiary: beneficiary.is, beneficiary_id: beneficiary.id, currency, amount_minor: String(payout.amountMinor), state, sent_at: times.begun, closed_at: times.over });
  }
  if (dispute) {
    const earlier = draft.disputes.get(dispute.id);
    const times = timesOf(earlier, { at, begins: kind === 'dispute_open', isOver: dispute.state !== 'open' });
    const { id, holdId, bearer, state } = dispute;
    const amounts = { amount_minor: String(dispute.amountMinor), recovered_minor: String(dispute.recoveredMinor) };
    draft.disputes.set(id, { id, hold_id: holdId, bearer, ...amounts, state, reason: earlier?.['reason'] ?? reason, opened_at: times.begun, closed_at: times.over });
  }
}

function timesOf(earlier: CaseRow | undefined, { at, begins, isOver }: { at: string; begins: boolean; isOver: boolean }) {
  if (begins) return { begun: at, over: null };
  return { begun: earlier?.['opened_at'] ?? earlier?.['sent_at'] ?? null, over: isOver ? at : null };
}

function holdRow(hold: Hold): CaseRow {
  return {
    id: hold.id,
    payer_id: hold.payerId,
    merchant_id: hold.merchantId,
    currency: hold.currency,
    state: hold.state,
    amount_minor: String(hold.amountMinor),
    captured_minor: String(hold.capturedMinor),
    refunded_minor: String(hold.refundedMinor),
    disputed_minor: String(hold.disputedMinor),
    fee_minor: String(hold.feeMinor),
    fee_returned_minor: String(hold.feeReturnedMinor),
    fee_parts: hold.feeParts.map(({ receiverId, feeMinor }) => ({ receiverId, feeMinor: String(feeMinor) })),
  };
}

const timeOf = ({ atMs }: PostRequest): string => new Date(atMs).toISOString();
const rows = (of: readonly object[]): string | null => (of.length === 0 ? null : JSON.stringify(of));
const parameters = (count: number): string => Array.from({ length: count }, (_, index) => `$${index + 1}`).join(', ');

function columns<Row extends Record<Name, string | null>, Name extends string>(of: readonly Row[], names: readonly Name[]): string[] {
  return names.map((name) => arrayLiteral(of.map((row) => row[name])));
}

// The text of a PostgreSQL array. Written here because most of a posting's values need no escaping, and the driver looks at every one.
function arrayLiteral(values: readonly (string | null)[]): string {
  const words = values.map((value) => (value === null ? 'NULL' : `"${special.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`));
  return `{${words.join(',')}}`;
}
const special = /["\\]/;
