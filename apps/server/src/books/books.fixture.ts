// Real books on a real PostgreSQL, for tests: everything in it is real.
import { fileURLToPath } from 'node:url';
import { money } from '@sonrisa/ledger/money.ts';
import { createTestDatabase, serverRole } from '../../../../tools/test-database.ts';
import { type Database, createDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { type Pool, createPool } from '../db/pool.ts';
import { assertBooksCoherent, type Books, createBooks, type PostRequest } from './index.ts';

export const migrationsDir = fileURLToPath(new URL('../db/migrations', import.meta.url));
export const testAtMs = 1_780_000_000_000;
/** Nobody's face is new here: of those the risk rules ask more. */
const monthMs = 30 * 86_400_000;

export type TestBooks = {
  /** As the owner of the tables, to look and to meddle. */
  pool: Pool;
  /** As the server, and so are the books. */
  db: Database;
  books: Books;
  url: string;
  serverUrl: string;
  addPayer(payerId: string): Promise<void>;
  /** A fresh id, different each time. */
  next(prefix: string): string;
  close(): Promise<void>;
};

export async function openTestBooks(name: string): Promise<TestBooks> {
  const database = await createTestDatabase({ migrationsDir, name, migrate: migrateFresh });
  const pool = createPool({ url: database.url });
  const serverPool = createPool({ url: database.serverUrl });
  const db = createDatabase(serverPool);
  let made = 0;
  const next = (prefix: string) => `${prefix}_${String((made += 1)).padStart(32, '0')}`;
  const books = createBooks({ pool: serverPool, newTransferId: (kind) => next(kind) });
  return {
    pool,
    db,
    books,
    url: database.url,
    serverUrl: database.serverUrl,
    next,
    async addPayer(payerId) {
      const phone = next('+86');
      await db.insertInto('payer').values({ id: payerId, name: payerId, phone_e164: phone, face_state: 'on', created_at: new Date(testAtMs - monthMs) }).execute();
    },
    async close() {
      try {
        await books.audit(testAtMs);
        await assertBooksCoherent(pool);
      } finally {
        await Promise.all([pool.end(), serverPool.end()]);
        await database.drop();
      }
    },
  };
}

async function migrateFresh(url: string): Promise<void> {
  const pool = createPool({ url, connectionsMax: 1 });
  await migrate({ pool, migrationsDir, serverRole });
  await pool.end();
}

export const topUp = (payerId: string, amountMinor: bigint, key: string): PostRequest => ({
  idempotency: { principal: `payer:${payerId}`, key },
  command: { kind: 'top_up', payerId, amount: money(amountMinor, 'CNY') },
  atMs: testAtMs,
});

export const authorise = (payerId: string, amountMinor: bigint, holdId: string): PostRequest => ({
  idempotency: { principal: `payment:${holdId}`, key: 'authorise' },
  command: { kind: 'authorise', holdId, payerId, merchantId: 'bakery', amount: money(amountMinor, 'CNY') },
  atMs: testAtMs,
});

export const capture = (holdId: string, amountMinor?: bigint): PostRequest => ({
  idempotency: { principal: `payment:${holdId}`, key: 'capture' },
  command: { kind: 'capture', holdId, feeBasisPoints: 60, ...(amountMinor === undefined ? {} : { amount: money(amountMinor, 'CNY') }) },
  atMs: testAtMs,
});

export const release = (holdId: string): PostRequest => ({
  idempotency: { principal: `payment:${holdId}`, key: 'void' },
  command: { kind: 'void', holdId },
  atMs: testAtMs,
});

export const refund = (holdId: string, amountMinor: bigint | undefined, key: string): PostRequest => ({
  idempotency: { principal: 'merchant:bakery', key },
  command: { kind: 'refund', holdId, ...(amountMinor === undefined ? {} : { amount: money(amountMinor, 'CNY') }) },
  atMs: testAtMs,
});

/** Transactions of other tests in the same cluster hold the journal back. Returns when nothing keeps it from taking every transfer there is. */
export async function untilJournalMay(pool: Pool): Promise<void> {
  const heldBack = 'SELECT 1 FROM transfer WHERE written_in >= pg_snapshot_xmin(pg_current_snapshot()) AND written_in < pg_snapshot_xmax(pg_current_snapshot()) LIMIT 1';
  while ((await pool.query(heldBack)).rows.length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
}
