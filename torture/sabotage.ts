// FOR CONTROLS: the real books with one of their guards taken away, so that the rack can be seen to notice.
import { randomUUID } from 'node:crypto';
import type { Books, IdempotencyKey } from '../apps/server/src/books/index.ts';
import type { Pool } from '../apps/server/src/db/pool.ts';
import type { Sabotage } from './wire.ts';

const functionsThatLock = ['books_lock', 'books_lock_accounts', 'books_write'];

/** The real functions, except that no row is locked when it is read. For the whole database: before any process starts. */
export async function takeLocksAway(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ text: string }>('SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE proname = ANY ($1)', [functionsThatLock]);
  for (const { text } of rows) await pool.query(text.replace(/ FOR (UPDATE|SHARE)( OF account)?\b/g, ''));
}

/** The real books, except that a key is never found again. */
export function sabotagedBooks(books: Books, sabotage: Sabotage): Books {
  if (sabotage !== 'no_keys') return books;
  const underAnother = <Keyed extends { readonly idempotency: IdempotencyKey }>(asked: Keyed): Keyed => ({ ...asked, idempotency: { ...asked.idempotency, key: randomUUID() } });
  return { ...books, post: (request) => books.post(underAnother(request)), postInOrder: (chain) => books.postInOrder(underAnother(chain)) };
}
