// Writes that are safe to repeat: the first answer to a key is stored and given again byte for byte. Money is safe without
// this table too (the books keep their own keys); this is what makes a repeated request see the very same answer, and what
// keeps two runs of one request apart: a second one that starts while the first lives could hear another answer than it.
import { ProblemError, isTransient, problemCatalogue, renderProblem } from '@sonrisa/protocol/problem.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import type { AnswerSeal } from './answer-seal.ts';
import { processLockClass, type ProcessLock } from './process-lock.ts';

export { forgetOldKeys } from './prune.ts';
export { createAnswerSeal, type AnswerSeal } from './answer-seal.ts';
export { createProcessLock, type ProcessLock } from './process-lock.ts';

export type StoredAnswer = { status: number; body: string };

export type Idempotency = {
  /**
   * Runs `work` once for this principal and key. Throws `idempotency_key_reused` for another input and
   * `idempotency_in_progress` while the first request runs. A final refusal is an answer and is stored; a transient one is
   * thrown and leaves the key free. The key of a process that died is taken over at once; the work behind it finds its own
   * earlier traces.
   */
  once(request: { principal: string; key: string; input: string }, work: () => Promise<StoredAnswer>): Promise<StoredAnswer>;
};

export type IdempotencyDeps = { db: Database; clock: Clock; processLock: ProcessLock; seal: AnswerSeal };

/** A run in a living process that took this long never ends: far above the time any request or statement is given. */
export const abandonedAfterMs = 5 * 60_000;

export function createIdempotency(deps: IdempotencyDeps): Idempotency {
  let runs = 0;
  return {
    once: async ({ principal, key, input }, work) => {
      runs += 1;
      const claim = { principal: `http:${principal}`, key, held_by: await deps.processLock.id(), run: runs };
      const inputHash = deps.seal.hash(input);
      const stored = await take(deps, { claim, inputHash });
      if (stored) return stored;
      const answer = await work().catch(finalRefusal).catch(async (error: unknown) => {
        await free(deps.db, claim);
        throw error;
      });
      return store(deps, { claim, answer });
    },
  };
}

type Claim = { principal: string; key: string; held_by: number; run: number };

/** The stored answer, or nothing when the key is ours to work on. */
async function take({ db, clock, seal }: IdempotencyDeps, { claim, inputHash }: { claim: Claim; inputHash: string }): Promise<StoredAnswer | undefined> {
  const now = new Date(clock.nowMs());
  const inserted = await db
    .insertInto('idempotency')
    .values({ ...claim, input_hash: inputHash, created_at: now })
    .onConflict((conflict) => conflict.columns(['principal', 'key']).doNothing())
    .returning('key')
    .executeTakeFirst();
  if (inserted) return undefined;
  const known = await read(db, claim);
  if (!known) throw inProgress();
  if (known.input_hash !== inputHash) throw new ProblemError('idempotency_key_reused');
  if (known.status !== null && known.body !== null) return { status: known.status, body: seal.open(known.body, claim) };
  const takenOver = await db
    .updateTable('idempotency')
    .set({ created_at: now, held_by: claim.held_by, run: claim.run })
    .where('principal', '=', claim.principal)
    .where('key', '=', claim.key)
    .where('status', 'is', null)
    .where(({ eb, or }) => or([eb('created_at', '<=', new Date(now.getTime() - abandonedAfterMs)), holderIsDead]))
    .returning('key')
    .executeTakeFirst();
  if (!takenOver) throw inProgress();
  return undefined;
}

// objsubid 2: an advisory lock of two numbers.
const holderIsDead = sql<boolean>`NOT EXISTS (
  SELECT 1 FROM pg_locks
   WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid = ${sql.lit(processLockClass)}::oid AND objid = idempotency.held_by::oid
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`;

/** Only who holds the claim may answer. Whoever lost it says what was answered in its place. */
async function store({ db, seal }: IdempotencyDeps, { claim, answer }: { claim: Claim; answer: StoredAnswer }): Promise<StoredAnswer> {
  const written = await db
    .updateTable('idempotency')
    .set({ status: answer.status, body: seal.seal(answer.body, claim) })
    .where('principal', '=', claim.principal)
    .where('key', '=', claim.key)
    .where('held_by', '=', claim.held_by)
    .where('run', '=', claim.run)
    .where('status', 'is', null)
    .returning('key')
    .executeTakeFirst();
  if (written) return answer;
  const known = await read(db, claim);
  if (!known || known.status === null || known.body === null) throw inProgress();
  return { status: known.status, body: seal.open(known.body, claim) };
}

async function free(db: Database, claim: Claim): Promise<void> {
  await db
    .deleteFrom('idempotency')
    .where('principal', '=', claim.principal)
    .where('key', '=', claim.key)
    .where('held_by', '=', claim.held_by)
    .where('run', '=', claim.run)
    .where('status', 'is', null)
    .execute();
}

function read(db: Database, { principal, key }: Claim) {
  return db.selectFrom('idempotency').selectAll().where('principal', '=', principal).where('key', '=', key).executeTakeFirst();
}

const inProgress = () => new ProblemError('idempotency_in_progress', { facts: { retryAfterS: 1 } });

function finalRefusal(error: unknown): StoredAnswer {
  if (!(error instanceof ProblemError) || isTransient(error.code)) throw error;
  return { status: problemCatalogue[error.code].status, body: JSON.stringify(renderProblem(error)) };
}
