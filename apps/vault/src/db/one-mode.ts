// A vault's database is started in one mode and stays in it: faces of a sandbox never pay in production.
import { PlainError } from '../plain-error.ts';
import type { Database } from './database.ts';

export type Mode = 'sandbox' | 'production';

/** Writes the mode at the first start, in the row that names the installation; throws PlainError at a later start in the other mode. */
export async function keepMode(db: Database, mode: Mode): Promise<void> {
  await db.rows('UPDATE installation SET mode = $1 WHERE mode IS NULL', [mode]);
  const [row] = await db.rows<{ mode: Mode }>('SELECT mode FROM installation');
  if (row?.mode === mode) return;
  throw new PlainError(`The vault's database belongs to ${row?.mode} mode and cannot be started in ${mode} mode: give each mode a database of its own.`);
}
