// The movements the rack asks for. The reason carries the key into the transfer, so that the books can be asked afterwards
// how often each key moved money without trusting the books' own list of keys.
import { money } from '@sonrisa/ledger/money.ts';
import type { Command } from '@sonrisa/ledger/transfer.ts';
import type { Movement, PostRequest } from '../apps/server/src/books/index.ts';

export const currency = 'CNY';
export const firstAtMs = Date.UTC(2026, 10, 23, 8, 0, 0);

export type Keyed = { readonly principal: string; readonly key: string; readonly atMs?: number };

/** `then`: what is posted right after it, in the same transaction and under the same key. */
export type Asked = PostRequest & { readonly then?: readonly Movement[] };

export const topUp = (keyed: Keyed, payerId: string, amountMinor: bigint): PostRequest =>
  asked(keyed, { kind: 'top_up', payerId, amount: money(amountMinor, currency) });

export const authorise = (keyed: Keyed, input: { payerId: string; merchantId: string; holdId: string; amountMinor: bigint }): PostRequest =>
  asked(keyed, { kind: 'authorise', holdId: input.holdId, payerId: input.payerId, merchantId: input.merchantId, amount: money(input.amountMinor, currency) });

export const capture = (keyed: Keyed, holdId: string, amountMinor?: bigint): PostRequest =>
  asked(keyed, { kind: 'capture', holdId, feeBasisPoints: 60, ...(amountMinor === undefined ? {} : { amount: money(amountMinor, currency) }) });

export const release = (keyed: Keyed, holdId: string): PostRequest => asked(keyed, { kind: 'void', holdId });

export const refund = (keyed: Keyed, holdId: string, amountMinor: bigint): PostRequest =>
  asked(keyed, { kind: 'refund', holdId, amount: money(amountMinor, currency) });

export const keyOf = ({ idempotency }: PostRequest): string => `${idempotency.principal}/${idempotency.key}`;

function asked({ principal, key, atMs = firstAtMs }: Keyed, command: Command): PostRequest {
  return { idempotency: { principal, key }, command, atMs, reason: `${principal}/${key}` };
}
