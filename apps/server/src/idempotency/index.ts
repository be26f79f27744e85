// Writes that are safe to repeat: the first answer to a key is stored and given again byte for byte. Money is safe without
// this table too (the books keep their own keys); this is what makes a repeated request see the very same answer.
import { createHash } from 'node:crypto';
import { ProblemError, isTransient, problemCatalogue, renderProblem } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';

export type StoredAnswer = { status: number; body: string };

export type Idempotency = {
  /**
   * Runs `work` once for this principal and key. Throws `idempotency_key_reused` for another input and
   * `idempotency_in_progress` while the first request runs. A final refusal is an answer and is stored; a transient one is
   * thrown and leaves the key free.
   */
  once(request: { principal: string; key: string; input: string }, work: () => Promise<StoredAnswer>): Promise<StoredAnswer>;
};

/** A request whose process died holds its key for this long; the work behind it finds its own earlier traces. */
const abandonedAfterMs = 10_000;

export function createIdempotency({ db, clock }: { db: Database; clock: Clock }): Idempotency {
  return {
    once: async ({ principal, key, input }, work) => {
      const row = { principal: `http:${principal}`, key };
      const inputHash = createHash('sha256').update(input).digest('base64url');
      const stored = await claim({ db, clock, row, inputHash });
      if (stored) return stored;
      const answer = await work().catch(finalRefusal).catch(async (error: unknown) => {
        await db.deleteFrom('idempotency').where('principal', '=', row.principal).where('key', '=', key).where('status', 'is', null).execute();
        throw error;
      });
      await db.updateTable('idempotency').set(answer).where('principal', '=', row.principal).where('key', '=', row.key).execute();
      return answer;
    },
  };
}

type Key = { principal: string; key: string };

/** The stored answer, or nothing when the key is ours to work on. */
async function claim(input: { db: Database; clock: Clock; row: Key; inputHash: string }): Promise<StoredAnswer | undefined> {
  const { db, clock, row, inputHash } = input;
  const now = new Date(clock.nowMs());
  const inserted = await db
    .insertInto('idempotency')
    .values({ ...row, input_hash: inputHash, created_at: now })
    .onConflict((conflict) => conflict.columns(['principal', 'key']).doNothing())
    .returning('key')
    .executeTakeFirst();
  if (inserted) return undefined;
  const known = await db.selectFrom('idempotency').selectAll().where('principal', '=', row.principal).where('key', '=', row.key).executeTakeFirst();
  if (!known) throw new ProblemError('idempotency_in_progress', { facts: { retryAfterS: 1 } });
  if (known.input_hash !== inputHash) throw new ProblemError('idempotency_key_reused');
  if (known.status !== null && known.body !== null) return { status: known.status, body: known.body };
  const takenOver = await db
    .updateTable('idempotency')
    .set({ created_at: now })
    .where('principal', '=', row.principal)
    .where('key', '=', row.key)
    .where('status', 'is', null)
    .where('created_at', '<=', new Date(now.getTime() - abandonedAfterMs))
    .returning('key')
    .executeTakeFirst();
  if (!takenOver) throw new ProblemError('idempotency_in_progress', { facts: { retryAfterS: 1 } });
  return undefined;
}

function finalRefusal(error: unknown): StoredAnswer {
  if (!(error instanceof ProblemError) || isTransient(error.code)) throw error;
  return { status: problemCatalogue[error.code].status, body: JSON.stringify(renderProblem(error)) };
}
