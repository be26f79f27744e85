// Decisions as they are kept: payment, signals, version, outcome, which rules fired, what was asked. Written before anything is
// asked of the shopper, never changed, and judged again whenever somebody reads them.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { RiskDecision, RiskOutcome } from '@sonrisa/protocol/risk-api.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { type Asked, decide, type Fired, type Judged } from './decide.ts';
import type { RuleSet, RuleSets } from './rule-sets.ts';
import { listSignals, type Signals } from './signals.ts';

export type Decided = {
  readonly paymentId: string;
  readonly storeId: string;
  readonly terminalId: string;
  readonly version: number;
  readonly judged: Judged;
  readonly asked: Asked & { readonly rung: string };
  readonly shadow: { readonly version: number; readonly judged: Judged } | null;
  readonly signals: Signals;
};

const decisionsMax = 50;

export async function recordDecision(db: Database, input: Decided & { nowMs: number }): Promise<void> {
  const { shadow } = input;
  await sql`
    INSERT INTO risk_decision (payment_id, at, store_id, terminal_id, rules_version, outcome, fired, asked, shadow_version, shadow_outcome, shadow_fired, signals)
    VALUES (${input.paymentId}, ${new Date(input.nowMs)}, ${input.storeId}, ${input.terminalId}, ${input.version}, ${input.judged.outcome}, ${JSON.stringify(input.judged.fired)},
            ${JSON.stringify(input.asked)}, ${shadow?.version ?? null}, ${shadow?.judged.outcome ?? null}, ${shadow ? JSON.stringify(shadow.judged.fired) : null},
            ${JSON.stringify(input.signals)})`.execute(db);
}

type Row = {
  id: bigint | string; payment_id: string; at: Date; store_id: string; terminal_id: string; rules_version: number; outcome: RiskOutcome; fired: Fired[];
  asked: RiskDecision['asked']; shadow_version: number | null; shadow_outcome: RiskOutcome | null; shadow_fired: Fired[] | null; signals: Signals;
};

/** Oldest first. Throws `payment_not_found`. */
export async function explain({ db, ruleSets }: { db: Database; ruleSets: RuleSets }, paymentId: string): Promise<RiskDecision[]> {
  const payment = await db.selectFrom('payment').select('id').where('id', '=', paymentId).executeTakeFirst();
  if (!payment) throw new ProblemError('payment_not_found');
  const { rows } = await sql<Row>`SELECT * FROM risk_decision WHERE payment_id = ${paymentId} ORDER BY id LIMIT ${decisionsMax}`.execute(db);
  return Promise.all(rows.map(async (row): Promise<RiskDecision> => {
    const rules = await ruleSets.read(row.rules_version);
    const again = decide(rules.compiled, row.signals);
    const shadowRules = row.shadow_version === null ? null : await ruleSets.read(row.shadow_version);
    return {
      id: String(row.id),
      paymentId,
      atMs: row.at.getTime(),
      storeId: row.store_id,
      terminalId: row.terminal_id,
      decided: inWords(rules, { outcome: row.outcome, fired: row.fired }),
      asked: row.asked,
      shadow: shadowRules && row.shadow_outcome && row.shadow_fired ? inWords(shadowRules, { outcome: row.shadow_outcome, fired: row.shadow_fired }) : null,
      signals: listSignals(row.signals),
      replay: { outcome: again.outcome, same: again.outcome === row.outcome && sameFired(again.fired, row.fired) },
    };
  }));
}

const sameFired = (one: readonly Fired[], other: readonly Fired[]): boolean => JSON.stringify(one.map(({ rule }) => rule)) === JSON.stringify(other.map(({ rule }) => rule));

function inWords({ version, rules }: RuleSet, { outcome, fired }: Judged): RiskDecision['decided'] {
  const reasons = fired.map(({ rule, outcome: asked, broken }) => {
    const words = rules.find(({ id }) => id === rule)?.reason ?? { en: rule, zh: rule };
    return { rule, outcome: asked, ...words, broken: broken ?? false };
  });
  return { version, outcome, reasons };
}
