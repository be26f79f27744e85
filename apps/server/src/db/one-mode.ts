// A database is started in one mode and stays in it: test keys, test money and enrolments of a sandbox never reach production.
import type { Pool } from './pool.ts';
import { SchemaError } from './schema-error.ts';

export type Mode = 'sandbox' | 'production';

/** Writes the mode at the first start; throws SchemaError at every later start in the other one. */
export async function keepMode({ pool, mode }: { pool: Pool; mode: Mode }): Promise<void> {
  await pool.query('INSERT INTO installation (mode) VALUES ($1) ON CONFLICT DO NOTHING', [mode]);
  const { rows } = await pool.query<{ mode: Mode }>('SELECT mode FROM installation');
  const kept = rows[0]?.mode;
  if (kept === mode) return;
  throw new SchemaError('mode_other', `This database belongs to ${kept} mode and cannot be started in ${mode} mode: give each mode a database of its own.`);
}
