// Which rules decide where. Every change is a row of its own and the last one holds, for every process, from the next decision
// on: a rollback is one more row, which says what the one before the change said.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { RiskCandidate, RiskRollOut } from '@sonrisa/protocol/risk-api.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

type Change = { reason: string; setBy: string; nowMs: number };
type Row = { number: number; active: number; candidate: number | null; stage: 'shadow' | 'stores' | null; store_ids: string[]; goes_back_to: number | null; reason: string; set_by: string; at: Date };

export async function currentRollOut(db: Database): Promise<RiskRollOut> {
  return viewOf(await current(db));
}

export async function listRollOuts(db: Database, limit: number): Promise<RiskRollOut[]> {
  const { rows } = await sql<Row>`SELECT * FROM risk_roll_out ORDER BY number DESC LIMIT ${limit}`.execute(db);
  return rows.map(viewOf);
}

/** Throws `not_found` for a version that is none, `busy` when somebody changed it at the same moment. */
export async function setRollOut(db: Database, input: Change & { active: number; candidate: RiskCandidate | null }): Promise<RiskRollOut> {
  const now = await current(db);
  return insert(db, { ...input, number: now.number + 1, goesBackTo: now.number });
}

/** To what held before the last change that still holds. Throws `roll_back_impossible` when that was the first. */
export async function rollBack(db: Database, input: Change): Promise<RiskRollOut> {
  const now = await current(db);
  const { rows } = await sql<Row>`SELECT * FROM risk_roll_out WHERE number = ${now.goes_back_to}`.execute(db);
  const [before] = rows;
  if (!before) throw new ProblemError('roll_back_impossible');
  return insert(db, { ...input, active: before.active, candidate: candidateOf(before), number: now.number + 1, goesBackTo: before.goes_back_to });
}

/** The first row, when there is none yet; any number of processes may start at once. */
export async function beginRollOut(db: Database, input: Change & { active: number }): Promise<void> {
  await sql`INSERT INTO risk_roll_out (number, active, reason, set_by, at) VALUES (1, ${input.active}, ${input.reason}, ${input.setBy}, ${new Date(input.nowMs)})
    ON CONFLICT (number) DO NOTHING`.execute(db);
}

/** `decides` counts in this store; `shadow` is judged beside it and recorded, no more. */
export function rulesFor({ active, candidate }: RiskRollOut, storeId: string): { decides: number; shadow: number | null } {
  if (!candidate || candidate.version === active) return { decides: active, shadow: null };
  const isPilot = candidate.stage === 'stores' && candidate.storeIds.includes(storeId);
  return isPilot ? { decides: candidate.version, shadow: active } : { decides: active, shadow: candidate.version };
}

async function current(db: Database): Promise<Row> {
  const { rows } = await sql<Row>`SELECT * FROM risk_roll_out ORDER BY number DESC LIMIT 1`.execute(db);
  if (!rows[0]) throw new Error('there are no risk rules: they are installed when the server starts');
  return rows[0];
}

async function insert(db: Database, input: Change & { active: number; candidate: RiskCandidate | null; number: number; goesBackTo: number | null }): Promise<RiskRollOut> {
  const { active, candidate, number, goesBackTo, reason, setBy, nowMs } = input;
  const storeIds = candidate?.stage === 'stores' ? candidate.storeIds : [];
  await refuseUnknown(db, { versions: [active, ...(candidate ? [candidate.version] : [])], storeIds });
  const { rows } = await sql<Row>`
    INSERT INTO risk_roll_out (number, active, candidate, stage, store_ids, goes_back_to, reason, set_by, at)
    VALUES (${number}, ${active}, ${candidate?.version ?? null}, ${candidate?.stage ?? null}, ${storeIds}, ${goesBackTo}, ${reason}, ${setBy}, ${new Date(nowMs)})
    ON CONFLICT (number) DO NOTHING RETURNING *`.execute(db);
  if (!rows[0]) throw new ProblemError('busy');
  return viewOf(rows[0]);
}

async function refuseUnknown(db: Database, { versions, storeIds }: { versions: number[]; storeIds: string[] }): Promise<void> {
  const { rows } = await sql<{ unknown: boolean }>`
    SELECT EXISTS (SELECT FROM unnest(${versions}::int[]) AS v WHERE NOT EXISTS (SELECT FROM risk_rule_set r WHERE r.version = v))
        OR EXISTS (SELECT FROM unnest(${storeIds}::text[]) AS s WHERE NOT EXISTS (SELECT FROM store WHERE store.id = s)) AS unknown`.execute(db);
  if (rows[0]?.unknown) throw new ProblemError('not_found');
}

function candidateOf({ candidate, stage, store_ids }: Row): RiskCandidate | null {
  if (candidate === null || stage === null) return null;
  return stage === 'stores' ? { stage, version: candidate, storeIds: store_ids } : { stage, version: candidate };
}

function viewOf(row: Row): RiskRollOut {
  return { number: row.number, active: row.active, candidate: candidateOf(row), goesBackTo: row.goes_back_to, reason: row.reason, setBy: row.set_by, atMs: row.at.getTime() };
}
