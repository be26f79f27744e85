// A group of requests inside an open transaction: lock everything they touch, decide them one after another with the pure ledger,
// write what came of it in one call. A request that is refused writes its answer and nothing else.
import { accountId } from '@sonrisa/ledger/account.ts';
import type { Hash } from '@sonrisa/ledger/journal.ts';
import { isTransientRefusal, type RefusalCode } from '@sonrisa/ledger/refusals.ts';
import { type CommandKind, decide, sumOfLegs, type Transfer } from '@sonrisa/ledger/transfer.ts';
import { problemCatalogue } from '@sonrisa/protocol/problem.ts';
import { type Draft, draftKey, draftMove, draftTransfer, emptyDraft, isEmpty, writeDraft } from './draft.ts';
import type { Query } from './idempotency.ts';
import type { Chain, Movement, PostRefused, PostResult, Posted } from './request.ts';
import { allowsMove, applyTransfer, factsOf, keyName, lockView, type View } from './view.ts';

/** `last`: see transaction.ts. */
export type PostingTools = { readonly query: Query; readonly last: Query; readonly hash: Hash; readonly newTransferId: (kind: CommandKind) => string };

/** `keep: false`: nothing was written. */
export type GroupOutcome = { readonly result: PostResult[][]; readonly keep: boolean };

/** `onDecided` is called when only the writing is left. */
export async function postGroup(tools: PostingTools, chains: readonly Chain[], onDecided?: () => void): Promise<GroupOutcome> {
  const view = await lockView(tools.query, chains);
  const group: Group = { hash: tools.hash, newTransferId: tools.newTransferId, view, draft: emptyDraft() };
  const result = chains.map((chain) => decideChain(group, chain));
  onDecided?.();
  if (isEmpty(group.draft)) return { result, keep: false };
  await writeDraft(tools.last, group.draft);
  return { result, keep: true };
}

type Group = Omit<PostingTools, 'query' | 'last'> & { readonly view: View; readonly draft: Draft };

type Answer = Posted | PostRefused;

function decideChain(group: Group, chain: Chain): PostResult[] {
  const { view, draft, hash } = group;
  const name = keyName(chain.idempotency);
  const inputHash = inputHashOf(hash, chain.movements);
  const known = view.keys.get(name);
  if (known && known.inputHash !== inputHash) return [{ ok: false, code: 'idempotency_key_reused', replayed: false }];
  if (known) return answersIn(known.body).map((answer) => ({ ...answer, replayed: true }));

  const answers = decideMovements(group, chain.movements);
  const last = answers.at(-1)!;
  // Nothing was written, and the same may succeed later.
  if (answers.length === 1 && !last.ok && isTransientRefusal(last.code as RefusalCode)) return [{ ...last, replayed: false }];
  const body = JSON.stringify(chain.movements.length === 1 ? last : answers);
  const status = last.ok ? 200 : problemCatalogue[last.code].status;
  draftKey(draft, { ...chain.idempotency, inputHash, status, body }, { isBegun: view.begunKeys.has(name) });
  view.keys.set(name, { inputHash, body });
  return answers.map((answer) => ({ ...answer, replayed: false }));
}

// Of one movement its answer, of several a list.
function answersIn(body: string): Answer[] {
  const kept = JSON.parse(body) as Answer | Answer[];
  return Array.isArray(kept) ? kept : [kept];
}

function decideMovements(group: Group, movements: readonly Movement[]): Answer[] {
  const answers: Answer[] = [];
  for (const movement of movements) {
    const answer = decideOne(group, movement);
    answers.push(answer);
    if (!answer.ok) break;
  }
  return answers;
}

function decideOne(group: Group, request: Movement): Answer {
  const { view, draft, hash } = group;
  const decision = decide(request.command, factsOf(view, request));
  if (!decision.ok) return refuse(group, request, decision.code);

  const { transfer } = decision;
  if (sumOfLegs(transfer.legs) !== 0n) throw new Error(`legs of a ${transfer.kind} do not sum to zero`);
  const id = group.newTransferId(transfer.kind);
  applyTransfer(view, { transfer, request });
  draftTransfer(draft, { id, transfer, request, hash, view });
  const paymentState = request.payment ? draftMove(draft, { view, request, move: moveOf(request, transfer), reason: request.reason ?? '' }) : null;
  return postedOf({ view, transfer, transferId: id, paymentState });
}

/** What a request asks for, without what differs from try to try (its time). */
export function inputHashOf(hash: Hash, movements: readonly Movement[]): string {
  const inputs = movements.map(inputOf);
  return hash(JSON.stringify(inputs.length === 1 ? inputs[0] : inputs));
}

function inputOf({ command, receipt, reason, payment }: Movement): unknown[] {
  const amount = 'amount' in command && command.amount ? [String(command.amount.amountMinor), command.amount.currency] : null;
  const rest = Object.entries(command).filter(([name]) => name !== 'amount').sort(([a], [b]) => (a < b ? -1 : 1));
  return ['post', rest.map(([name, value]) => [name, plain(value)]), amount, receipt?.jti ?? null, reason ?? '', payment?.id ?? null];
}

// JSON has no bigint. Not by a replacer: with one, every string of every request goes through a call.
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

function refuse(group: Group, request: Movement, code: RefusalCode): PostRefused {
  const payment = request.payment && group.view.payments.get(request.payment.id);
  const move = request.payment?.refused;
  // A payment that had moved on is left alone.
  if (payment && move && !isTransientRefusal(code) && code !== 'payment_state_conflict' && allowsMove(request, { payment, move })) {
    draftMove(group.draft, { view: group.view, request, move, reason: code });
  }
  return { ok: false, code };
}

function moveOf({ payment }: Movement, transfer: Transfer) {
  const isPart = transfer.kind === 'refund' && transfer.hold !== null && transfer.hold.refundedMinor < transfer.hold.capturedMinor;
  return isPart ? (payment!.postedInPart ?? payment!.posted) : payment!.posted;
}

function postedOf(input: { view: View; transfer: Transfer; transferId: string; paymentState: string | null }): Posted {
  const { view, transfer, transferId, paymentState } = input;
  const walletLeg = transfer.legs.find((leg) => leg.account.class === 'payer_wallet');
  const payerId = transfer.hold?.payerId ?? walletLeg?.account.ownerId ?? '';
  const walletId = accountId({ class: 'payer_wallet', ownerId: payerId, currency: transfer.currency });
  return {
    ok: true,
    transferId,
    currency: transfer.currency,
    amountMinor: String(transfer.amountMinor),
    feeMinor: String(transfer.feeMinor),
    capturedMinor: String(transfer.hold?.capturedMinor ?? 0n),
    refundedMinor: String(transfer.hold?.refundedMinor ?? 0n),
    walletMinor: String(view.balances.get(walletId) ?? 0n),
    paymentState,
  };
}
