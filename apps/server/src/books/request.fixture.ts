// A request for tests in which only its key matters.
import { money } from '@sonrisa/ledger/money.ts';
import type { PostRequest } from './request.ts';

export const topUpOf = (key: string): PostRequest => ({
  idempotency: { principal: 'anybody', key },
  command: { kind: 'top_up', payerId: 'ana', amount: money(1n, 'CNY') },
  atMs: 0,
});
