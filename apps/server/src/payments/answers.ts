// The answer to a write that carries an idempotency key: made once, stored as text, and the same bytes for everybody who
// asks again. Final refusals are answers too; transient ones are not, so that the same request may succeed later.
import { CompiledQuery, type Transaction } from 'kysely';
import { ProblemError, isProblemCode, isTransient, problemCatalogue, type ProblemFacts } from '@sonrisa/protocol/problem.ts';
import { claimKey, sha256, storeAnswer, type Query, type StoredAnswer } from '../books/index.ts';
import type { Database, Tables } from '../db/database.ts';

export type Asked = { readonly principal: string; readonly key: string; readonly input: readonly unknown[] };

/** Key, work and answer in one transaction. A refusal thrown by `work` undoes what `work` did and is stored if final. */
export async function answerOnce<T extends object>(db: Database, asked: Asked, work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
  const answer = await db.transaction().execute(async (trx) => {
    const query = queryOf(trx);
    const earlier = await claim(query, asked);
    if (earlier) return earlier;
    await query('SAVEPOINT before_work', []);
    const made = await outcomeOf(() => work(trx));
    if (made.status !== 200) await query('ROLLBACK TO SAVEPOINT before_work', []);
    return storeAnswer(query, { ...asked, ...made });
  });
  return read<T>(answer);
}

/** For work of several transactions, each safe to repeat: who comes back with the same key carries on where it stands. */
export async function answerInSteps<T extends object>(db: Database, asked: Asked, work: () => Promise<T>): Promise<T> {
  const query = queryOf(db);
  const earlier = await claim(query, asked);
  if (earlier) return read<T>(earlier);
  return read<T>(await storeAnswer(query, { ...asked, ...(await outcomeOf(work)) }));
}

async function claim(query: Query, asked: Asked): Promise<StoredAnswer | null> {
  const claimed = await claimKey(query, { principal: asked.principal, key: asked.key, inputHash: sha256(JSON.stringify(asked.input)) });
  if (claimed.is === 'reused') throw new ProblemError('idempotency_key_reused');
  return claimed.is === 'answered' ? claimed.answer : null;
}

async function outcomeOf(work: () => Promise<object>): Promise<StoredAnswer> {
  try {
    return { status: 200, body: JSON.stringify(await work()) };
  } catch (error) {
    if (!(error instanceof ProblemError) || isTransient(error.code)) throw error;
    return { status: problemCatalogue[error.code].status, body: JSON.stringify({ code: error.code, facts: error.facts }) };
  }
}

function read<T>(answer: StoredAnswer): T {
  const body: unknown = JSON.parse(answer.body);
  if (answer.status === 200) return body as T;
  const { code, facts } = body as { code: string; facts?: ProblemFacts };
  throw new ProblemError(isProblemCode(code) ? code : 'internal', facts ? { facts } : {});
}

function queryOf(db: Database | Transaction<Tables>): Query {
  return async <Row>(text: string, values: readonly unknown[]) => (await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
}
