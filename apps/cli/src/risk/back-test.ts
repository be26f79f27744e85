// `sonrisa risk back-test`: recorded decisions, newest first, judged by two sets of rules; what differs is a table. Read page by page
// in one snapshot, so that a running server is not held up and a hundred thousand decisions need no memory.
import { readFileSync } from 'node:fs';
import Table from 'cli-table3';
import { Listr } from 'listr2';
import { riskRuleSetSchema, type OutcomeDiff, type RiskRuleSet } from '@sonrisa/protocol/risk-api.ts';
import { compileRules, countRecordedSql, createBackTest, type CompiledRules, recordedOf, recordedSql } from '@sonrisa/server/risk/replay.ts';
import { progressBar } from '../face/long-run.ts';
import { PlainError } from '../plain-error.ts';
import { type Query, withConnection } from '../postgres/connect.ts';

export type BackTestInput = { readonly databaseUrl: string; readonly rules: string; readonly against: number | undefined; readonly decisions: number };

const pageMax = 1_000;

export async function runBackTest(input: BackTestInput & { print: (line: string) => void }): Promise<void> {
  const { print } = input;
  let report: OutcomeDiff | undefined;
  await new Listr([{
    title: `Judging up to ${input.decisions} decisions by other rules`,
    task: async (_context, task) => {
      const bar = progressBar((line) => (task.output = line));
      report = await backTest({ ...input, progress: (done) => bar('decisions', done) });
    },
  }], { rendererOptions: { collapseErrors: false } }).run();
  if (report) for (const line of linesOf(report)) print(line);
}

/** Throws PlainError for rules that are none or a version that is not there. */
export async function backTest(input: BackTestInput & { progress: (done: number) => void }): Promise<OutcomeDiff> {
  return withConnection(input.databaseUrl, async (query) => {
    await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const after = /^\d+$/.test(input.rules) ? await rulesOf(query, Number(input.rules)) : compiled(rulesIn(input.rules), input.rules);
    const before = await rulesOf(query, input.against ?? (await versionInCharge(query)));
    const test = createBackTest({ before, after });
    const [counted] = await query(countRecordedSql, [input.decisions, null]);
    await eachDecision(query, { decisions: Number(counted?.['decisions'] ?? 0), add: test.add, progress: input.progress });
    return test.diff();
  });
}

async function eachDecision(query: Query, { decisions, add, progress }: { decisions: number; add: ReturnType<typeof createBackTest>['add']; progress: (done: number) => void }): Promise<void> {
  let before: unknown = null;
  for (let done = 0; done < decisions; ) {
    const rows = await query(recordedSql, [before, Math.min(pageMax, decisions - done)]);
    for (const row of rows) add(recordedOf(row));
    if (rows.length === 0) return;
    done += rows.length;
    before = rows.at(-1)?.['id'];
    progress(done / decisions);
  }
}

async function versionInCharge(query: Query): Promise<number> {
  const [row] = await query('SELECT active FROM risk_roll_out ORDER BY number DESC LIMIT 1');
  if (!row) throw new PlainError('There are no risk rules in this database yet: start the server once.');
  return Number(row['active']);
}

async function rulesOf(query: Query, version: number): Promise<CompiledRules> {
  const [row] = await query('SELECT rules FROM risk_rule_set WHERE version = $1', [version]);
  if (!row) throw new PlainError(`There is no version ${version} of the risk rules.`);
  return compiled({ rules: row['rules'] as RiskRuleSet['rules'] }, `version ${version}`);
}

function rulesIn(file: string): RiskRuleSet {
  try {
    return riskRuleSetSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new PlainError(`${file} is no file of risk rules: ${(error as Error).message}`);
  }
}

function compiled(rules: RiskRuleSet, name: string): CompiledRules {
  const made = compileRules(rules);
  if (!made.ok) throw new PlainError(`${name} cannot be used:\n${made.errors.map(({ path, message }) => `- ${path}: ${message}`).join('\n')}`);
  return made.rules;
}

function linesOf({ decisions, same, stricter, milder, changes, fired }: OutcomeDiff): string[] {
  const head = `${decisions} decisions: ${same} as before, ${stricter} stricter, ${milder} milder.`;
  const changed = new Table({ head: ['from', 'to', 'decisions', 'payments, for example'], style: { head: [] } });
  for (const change of changes) changed.push([change.from, change.to, String(change.decisions), change.examples.slice(0, 2).map(({ paymentId }) => paymentId).join('\n')]);
  const rules = new Table({ head: ['rule', 'fired before', 'fires now'], style: { head: [] } });
  for (const { rule, before, after } of fired) rules.push([rule, String(before), String(after)]);
  return [head, ...(changes.length > 0 ? [changed.toString()] : []), ...(fired.length > 0 ? [rules.toString()] : [])];
}
