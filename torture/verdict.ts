// The end of every run: journal sealed, books audited, and what clients were told compared with what is there.
import { auditBooks, createBooks } from '../apps/server/src/books/index.ts';
import { createPool } from '../apps/server/src/db/pool.ts';
import { firstAtMs } from './movements.ts';
import type { Told } from './told.ts';

/** Every finding in words; empty when nothing is lost, doubled, changed or incoherent. */
export async function findingsOf(url: string, told: Told): Promise<string[]> {
  const pool = createPool({ url, connectionsMax: 1 });
  try {
    const compared = await told.compare(pool);
    const books = createBooks({ pool, newTransferId: () => 'none' });
    const audited = await books.audit(firstAtMs);
    // What an audit of the books finds it also writes down, so a second look must agree.
    const again = (await auditBooks(pool)).map(({ sentence }) => sentence);
    return [...compared, ...new Set([...audited, ...again])];
  } finally {
    await pool.end();
  }
}
