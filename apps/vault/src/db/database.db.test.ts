// What the vault does when its database goes away in the middle of a transaction.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../../../tools/test-database.ts';
import { withDatabase } from '../testing/test-vault.ts';

test('a connection that breaks between two statements fails the transaction and ends no process', async () => {
  const migrationsDir = mkdtempSync(join(tmpdir(), 'sonrisa-no-migrations-'));
  const database = await createTestDatabase({ migrationsDir, name: 'breaks' });
  try {
    await withDatabase(database.url, async (db) => {
      const broken = db.transaction(async (tx) => {
        const [backend] = await tx.rows<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        await db.rows('SELECT pg_terminate_backend($1)', [backend?.pid]);
        await sleep(200);
        return tx.rows('SELECT 1');
      });
      await expect(broken).rejects.toThrow();
      expect(await db.rows('SELECT 1 AS still')).toEqual([{ still: 1 }]);
    });
  } finally {
    await database.drop();
    rmSync(migrationsDir, { recursive: true });
  }
});
