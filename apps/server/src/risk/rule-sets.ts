// Rule sets in the database: added, never changed; the same rules are the same version. Compiled once a process.
import { createHash } from 'node:crypto';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { RiskRule, RiskRuleSet } from '@sonrisa/protocol/risk-api.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { compileRules, type CompiledRules } from './compile-rules.ts';

export type RuleSetHead = { version: number; note: string; madeBy: string; madeAtMs: number; rules: number };
export type RuleSet = Omit<RuleSetHead, 'rules'> & { rules: RiskRule[]; compiled: CompiledRules };
export type RuleSets = {
  /** Throws `input_invalid` with what is wrong with which rule. */
  add(input: RiskRuleSet & { note: string; madeBy: string; nowMs: number }): Promise<RuleSet>;
  /** Throws `not_found`. */
  read(version: number): Promise<RuleSet>;
  list(limit: number): Promise<RuleSetHead[]>;
};

/** Versions kept compiled; more than two are in use only while somebody back-tests. */
const compiledMax = 20;

export function createRuleSets(db: Database): RuleSets {
  const known = new Map<number, RuleSet>();
  const read = async (version: number): Promise<RuleSet> => {
    const kept = known.get(version);
    if (kept) return kept;
    const { rows } = await sql<Row>`SELECT version, note, made_by, made_at, rules FROM risk_rule_set WHERE version = ${version}`.execute(db);
    if (!rows[0]) throw new ProblemError('not_found');
    const made = ruleSetOf(rows[0]);
    if (known.size >= compiledMax) known.clear();
    known.set(version, made);
    return made;
  };
  return {
    read,
    async add({ rules, note, madeBy, nowMs }) {
      compileOrThrow({ rules });
      const hash = createHash('sha256').update(JSON.stringify(rules)).digest('hex');
      await sql`INSERT INTO risk_rule_set (note, made_by, made_at, rules, content_sha256)
        VALUES (${note}, ${madeBy}, ${new Date(nowMs)}, ${JSON.stringify(rules)}, ${hash}) ON CONFLICT (content_sha256) DO NOTHING`.execute(db);
      const { rows } = await sql<{ version: number }>`SELECT version FROM risk_rule_set WHERE content_sha256 = ${hash}`.execute(db);
      return read(rows[0]?.version ?? 0);
    },
    async list(limit) {
      const { rows } = await sql<Omit<Row, 'rules'> & { rules: number }>`
        SELECT version, note, made_by, made_at, jsonb_array_length(rules) AS rules FROM risk_rule_set ORDER BY version DESC LIMIT ${limit}`.execute(db);
      return rows.map((row) => ({ ...headOf(row), rules: row.rules }));
    },
  };
}

type Row = { version: number; note: string; made_by: string; made_at: Date; rules: RiskRule[] };

const headOf = ({ version, note, made_by, made_at }: Omit<Row, 'rules'>) => ({ version, note, madeBy: made_by, madeAtMs: made_at.getTime() });

function ruleSetOf(row: Row): RuleSet {
  return { ...headOf(row), rules: row.rules, compiled: compileOrThrow({ rules: row.rules }) };
}

/** Throws `input_invalid` with what is wrong with which rule. */
export function compileOrThrow(set: RiskRuleSet): CompiledRules {
  const compiled = compileRules(set);
  if (!compiled.ok) throw new ProblemError('input_invalid', { errors: [...compiled.errors] });
  return compiled.rules;
}
