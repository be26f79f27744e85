// What the rack and the process under test say to each other: posts as JSON, amounts as text, many in one body.
import { isCurrency, money } from '@sonrisa/ledger/money.ts';
import type { PostResult } from '../apps/server/src/books/index.ts';
import type { Asked } from './movements.ts';

export type Outcome =
  /** `then`: of what was asked for right after it, as far as it came. */
  | { readonly is: 'answered'; readonly answer: PostResult; readonly then?: readonly PostResult[] }
  /** The database did not answer in time: the caller is told to ask again. */
  | { readonly is: 'busy' }
  /** What must never reach a caller. */
  | { readonly is: 'broken'; readonly message: string };

/** Ways to spoil the process under test, for controls. */
export type Sabotage = 'none' | 'no_keys';
export type WorkerOptions = { readonly url: string; readonly connectionsMax: number; readonly sabotage: Sabotage };

export function encodeRequests(requests: readonly Asked[]): string {
  return JSON.stringify(requests, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

export function decodeRequests(text: string): Asked[] {
  return JSON.parse(text, (name, value: unknown) => (name === 'amount' ? amountOf(value) : value)) as Asked[];
}

function amountOf(value: unknown): unknown {
  const { amountMinor, currency } = value as { amountMinor: string; currency: string };
  if (!isCurrency(currency)) throw new Error(`not a currency: ${currency}`);
  return money(BigInt(amountMinor), currency);
}

/** What must be the same for everybody who asks: all of the answer but whether it was a repetition. */
export function bytesOf(answer: PostResult): string {
  const { replayed: _, ...rest } = answer;
  return JSON.stringify(rest);
}
