// One request inside an open transaction: take the key, lock, decide with the pure ledger, write. A writer that takes many
// requests into one transaction calls this once for each.
import { accountId } from '@sonrisa/ledger/account.ts';
import type { Hash } from '@sonrisa/ledger/journal.ts';
import { isTransientRefusal, type RefusalCode } from '@sonrisa/ledger/refusals.ts';
import { type CommandKind, decide, sumOfLegs, type Transfer } from '@sonrisa/ledger/transfer.ts';
import { problemCatalogue } from '@sonrisa/protocol/problem.ts';
import { allowsMove, type LockedFacts, lockFacts, lockPayment } from './facts.ts';
import { claimKey, type Query, storeAnswer } from './idempotency.ts';
import type { PostRefused, PostRequest, PostResult, Posted } from './request.ts';
import { movePayment, writeTransfer } from './write.ts';

export type PostingTools = { readonly query: Query; readonly hash: Hash; readonly newTransferId: (kind: CommandKind) => string };

/** `keep: false`: the caller must roll back, nothing of this may stay (a transient refusal is not an answer to keep). */
export type PostingOutcome = { readonly result: PostResult; readonly keep: boolean };

export async function decideAndWrite(tools: PostingTools, request: PostRequest): Promise<PostingOutcome> {
  const { query, hash } = tools;
  const claim = await claimKey(query, { ...request.idempotency, inputHash: inputHashOf(hash, request) });
  if (claim.is === 'reused') return { result: { ok: false, code: 'idempotency_key_reused', replayed: false }, keep: false };
  if (claim.is === 'answered') return { result: { ...(JSON.parse(claim.answer.body) as Posted | PostRefused), replayed: true }, keep: false };

  await query('SAVEPOINT before_posting', []);
  const transferId = tools.newTransferId(request.command.kind);
  const facts = await lockFacts(query, { request, transferId });
  const decision = decide(request.command, facts);
  if (!decision.ok) return refuse(tools, { request, code: decision.code });

  const { transfer } = decision;
  if (sumOfLegs(transfer.legs) !== 0n) throw new Error(`legs of a ${transfer.kind} do not sum to zero`);
  await writeTransfer(query, { id: transferId, transfer, request, hash });
  const paymentState = await stepPayment(query, { request, transfer, facts });
  return answer(tools, { request, answer: postedOf({ request, transfer, transferId, facts, paymentState }) });
}

/** What a request asks for, without what differs from try to try (its time). */
export function inputHashOf(hash: Hash, request: PostRequest): string {
  const { command, receipt, reason, payment } = request;
  const amount = 'amount' in command && command.amount ? [String(command.amount.amountMinor), command.amount.currency] : null;
  const rest = Object.entries(command).filter(([name]) => name !== 'amount').sort(([a], [b]) => (a < b ? -1 : 1));
  const asText = (_name: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
  return hash(JSON.stringify(['post', rest, amount, receipt?.jti ?? null, reason ?? '', payment?.id ?? null], asText));
}

async function refuse(tools: PostingTools, input: { request: PostRequest; code: RefusalCode }): Promise<PostingOutcome> {
  const { request, code } = input;
  const refused: PostRefused = { ok: false, code };
  if (isTransientRefusal(code)) return { result: { ...refused, replayed: false }, keep: false };
  // Undoes the zero rows and gives the receipt back: a refusal moves no money and uses nothing up.
  await tools.query('ROLLBACK TO SAVEPOINT before_posting', []);
  const move = request.payment?.refused;
  // The rollback freed the payment's row too: it is asked again, and a payment that had moved on is left alone.
  if (request.payment && move && code !== 'payment_state_conflict') {
    const payment = await lockPayment(tools.query, request.payment.id);
    if (payment && allowsMove(request, { payment, move })) {
      await movePayment(tools.query, { paymentId: request.payment.id, from: payment.state, move, reason: code, atMs: request.atMs });
    }
  }
  return answer(tools, { request, answer: refused });
}

async function stepPayment(query: Query, input: { request: PostRequest; transfer: Transfer; facts: LockedFacts }): Promise<string | null> {
  const { request, transfer, facts } = input;
  if (!request.payment || facts.paymentState === null) return null;
  const isPart = transfer.kind === 'refund' && transfer.hold !== null && transfer.hold.refundedMinor < transfer.hold.capturedMinor;
  const move = isPart ? (request.payment.postedInPart ?? request.payment.posted) : request.payment.posted;
  return movePayment(query, { paymentId: request.payment.id, from: facts.paymentState, move, reason: request.reason ?? '', atMs: request.atMs });
}

function postedOf(input: { request: PostRequest; transfer: Transfer; transferId: string; facts: LockedFacts; paymentState: string | null }): Posted {
  const { transfer, transferId, facts, paymentState } = input;
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
    walletMinor: String((facts.balances.get(walletId) ?? 0n) + (walletLeg?.amountMinor ?? 0n)),
    paymentState,
  };
}

async function answer(tools: PostingTools, input: { request: PostRequest; answer: Posted | PostRefused }): Promise<PostingOutcome> {
  const status = input.answer.ok ? 200 : problemCatalogue[input.answer.code].status;
  await storeAnswer(tools.query, { ...input.request.idempotency, status, body: JSON.stringify(input.answer) });
  return { result: { ...input.answer, replayed: false }, keep: true };
}
