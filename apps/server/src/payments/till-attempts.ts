// Wrong PINs and digits of one terminal, and of one store, whoever they were tried on: somebody who walks through the faces of a
// town is stopped where they stand. A guess is counted before it is checked, under a row lock, so guesses in parallel gain nothing
// and a killed server forgets nothing. Failures fade with time and not with right answers, of which a guesser has some: their own.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { sql, type Transaction } from 'kysely';
import type { Database, Tables } from '../db/database.ts';
import { facePinDelayMs, storeFailureFadesMs, storeFailuresMax, terminalFailureFadesMs, terminalFailuresBeforeDelay, terminalFailuresMax } from './limits.ts';

export type Till = { readonly terminalId: string; readonly storeId: string };
export type AttemptScope = 'terminal' | 'store';

const terminalRule = { scope: 'terminal', max: terminalFailuresMax, fadesMs: terminalFailureFadesMs, delayEvery: terminalFailuresBeforeDelay } as const;
// No delay: the PINs of many honest people may be on their way at the same moment.
const storeRule = { scope: 'store', max: storeFailuresMax, fadesMs: storeFailureFadesMs, delayEvery: null } as const;
type Rule = typeof terminalRule | typeof storeRule;

/**
 * Runs `check`, one guess at a secret. A thrown `digits_wrong` and an answer that `isWrong` are failures, anything else is none.
 * Throws `till_locked` with `retryAfterS`, or `face_off_here` when only clearing helps, before `check` is run.
 */
export async function guessAtTill<T>(db: Database, input: Till & { nowMs: number; check: () => Promise<T>; isWrong?: (answer: T) => boolean }): Promise<T> {
  await reserve(db, input);
  let failed = false;
  try {
    const answer = await input.check();
    failed = input.isWrong?.(answer) ?? false;
    return answer;
  } catch (error) {
    failed = error instanceof ProblemError && error.code === 'digits_wrong';
    throw error;
  } finally {
    if (!failed) await giveBack(db, input);
  }
}

/** Before a camera opens. Throws `face_off_here`. */
export async function refuseWhereOff(db: Database, { terminalId, storeId }: Till): Promise<void> {
  const { rows } = await sql<{ off: boolean }>`
    SELECT EXISTS (SELECT FROM attempt_limit WHERE (scope = 'terminal' AND subject = ${terminalId} AND failures >= ${terminalFailuresMax})
                                                OR (scope = 'store' AND subject = ${storeId} AND failures >= ${storeFailuresMax})) AS off`.execute(db);
  if (rows[0]?.off) throw new ProblemError('face_off_here');
}

/** Face payment works again here. Throws `not_found` where nothing was counted. */
export async function clearTillAttempts(db: Database, { scope, id }: { scope: AttemptScope; id: string }): Promise<void> {
  const cleared = await sql`UPDATE attempt_limit SET failures = 0, locked_until = NULL WHERE scope = ${scope} AND subject = ${id}`.execute(db);
  if (cleared.numAffectedRows !== 1n) throw new ProblemError('not_found');
}

// Terminal, then store, in every transaction: nobody waits in a circle.
function reserve(db: Database, input: Till & { nowMs: number }): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await count(trx, { rule: terminalRule, subject: input.terminalId, nowMs: input.nowMs });
    await count(trx, { rule: storeRule, subject: input.storeId, nowMs: input.nowMs });
  });
}

async function count(trx: Transaction<Tables>, { rule, subject, nowMs }: { rule: Rule; subject: string; nowMs: number }): Promise<void> {
  const { scope, max, fadesMs, delayEvery } = rule;
  const now = new Date(nowMs);
  await sql`INSERT INTO attempt_limit (scope, subject, failures, counted_at) VALUES (${scope}, ${subject}, 0, ${now}) ON CONFLICT DO NOTHING`.execute(trx);
  const { rows } = await sql<Counted>`SELECT failures, counted_at, locked_until FROM attempt_limit WHERE scope = ${scope} AND subject = ${subject} FOR UPDATE`.execute(trx);
  const [counted] = rows;
  if (!counted) throw new Error(`no attempts are counted for ${scope} ${subject}`);
  if (counted.failures >= max) throw new ProblemError('face_off_here');
  const waitMs = (counted.locked_until?.getTime() ?? 0) - nowMs;
  if (waitMs > 0) throw new ProblemError('till_locked', { facts: { retryAfterS: Math.ceil(waitMs / 1000) } });
  const faded = Math.max(0, Math.floor((nowMs - counted.counted_at.getTime()) / fadesMs));
  const failures = Math.max(0, counted.failures - faded) + 1;
  const countedAt = failures === 1 ? now : new Date(counted.counted_at.getTime() + faded * fadesMs);
  const locks = delayEvery !== null && failures % delayEvery === 0;
  await sql`UPDATE attempt_limit SET failures = ${failures}, counted_at = ${countedAt}, locked_until = ${locks ? new Date(nowMs + facePinDelayMs) : null}
    WHERE scope = ${scope} AND subject = ${subject}`.execute(trx);
}

type Counted = { failures: number; counted_at: Date; locked_until: Date | null };

// The delay was set by a guess that was none; what is left is below it again.
async function giveBack(db: Database, { terminalId, storeId }: Till): Promise<void> {
  for (const [scope, subject] of [['terminal', terminalId], ['store', storeId]]) {
    await sql`UPDATE attempt_limit SET failures = greatest(0, failures - 1), locked_until = NULL WHERE scope = ${scope} AND subject = ${subject}`.execute(db);
  }
}
