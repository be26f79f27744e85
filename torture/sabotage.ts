// FOR CONTROLS: the real books with one of their guards taken away, so that the rack can be seen to notice.
import { randomUUID } from 'node:crypto';
import type { Books } from '../apps/server/src/books/index.ts';
import type { Pool, PoolClient } from '../apps/server/src/db/pool.ts';
import type { Sabotage } from './wire.ts';

/** The real pool, except that no row is locked when it is read. */
export function sabotagedPool(pool: Pool, sabotage: Sabotage): Pool {
  if (sabotage !== 'no_locks') return pool;
  const connect = async (): Promise<PoolClient> => unlocked(await pool.connect());
  return { connect, query: pool.query.bind(pool), end: pool.end.bind(pool) } as unknown as Pool;
}

/** The real books, except that a key is never found again. */
export function sabotagedBooks(books: Books, sabotage: Sabotage): Books {
  if (sabotage !== 'no_keys') return books;
  return { ...books, post: (request) => books.post({ ...request, idempotency: { ...request.idempotency, key: randomUUID() } }) };
}

function unlocked(client: PoolClient): PoolClient {
  return new Proxy(client, {
    get(target, name) {
      if (name === 'query') return (text: string, values?: unknown[]) => target.query(text.replace(/ FOR (UPDATE|SHARE)\b/, ''), values);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
