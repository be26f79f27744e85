// A database with the product's schema, and the people the rack moves money for.
import { fileURLToPath } from 'node:url';
import { migrate } from '../apps/server/src/db/migrate.ts';
import { createPool, type Pool } from '../apps/server/src/db/pool.ts';
import type { RackPostgres } from './postgres.ts';

export const migrationsDir = fileURLToPath(new URL('../apps/server/src/db/migrations', import.meta.url));

export async function createBooksDatabase(postgres: RackPostgres, name: string): Promise<string> {
  const url = await postgres.createDatabase(name);
  const pool = createPool({ url, connectionsMax: 1 });
  await migrate({ pool, migrationsDir });
  await pool.end();
  return url;
}

export async function addPayers(pool: Pool, ids: readonly string[]): Promise<void> {
  await pool.query(`INSERT INTO payer (id, name, phone_e164, face_state) SELECT id, id, 'tel ' || id, 'on' FROM unnest($1::text[]) AS id`, [ids]);
}
