// The two databases whose schema is kept in docs/schema, and how each comes to it: its program's own migrator.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrate as migrateServer } from '../../apps/server/src/db/migrate.ts';
import { createPool } from '../../apps/server/src/db/pool.ts';
import { openDatabase } from '../../apps/vault/src/db/database.ts';
import { migrate as migrateVault } from '../../apps/vault/src/db/migrate.ts';

const serverRole = 'sonrisa_server';
const root = fileURLToPath(new URL('../..', import.meta.url));

export type Kept = { readonly name: 'server' | 'vault'; readonly file: string; readonly migrationsDir: string; migrate(url: string): Promise<void> };

export const kept: readonly Kept[] = (['server', 'vault'] as const).map((name) => {
  const migrationsDir = join(root, 'apps', name, 'src', 'db', 'migrations');
  return { name, file: join(root, 'docs', 'schema', `${name}.sql`), migrationsDir, migrate: (url) => migrators[name](url, migrationsDir) };
});

const migrators = {
  server: async (url: string, migrationsDir: string) => {
    const pool = createPool({ url });
    try {
      await migrateServer({ pool, migrationsDir, serverRole });
    } finally {
      await pool.end();
    }
  },
  vault: async (url: string, migrationsDir: string) => {
    const db = openDatabase({ url, onIdleError: () => undefined });
    try {
      await migrateVault(db, migrationsDir);
    } finally {
      await db.close();
    }
  },
};
