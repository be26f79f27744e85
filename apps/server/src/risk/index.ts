// Risk: judges each payment at the moment somebody was recognised, keeps what was judged, and lets the back office change the
// rules without a restart. It sees signals and amounts, never a face.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { storesMax, type OperatorStore, type OutcomeDiffPage, type RiskCandidate, type RiskDecision, type RiskOutcome, type RiskRollOut, type RiskRuleSet } from '@sonrisa/protocol/risk-api.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { builtInRules } from './built-in-rules.ts';
import { backTestPage, candidatePage, type Page } from './compare.ts';
import { type Asked, askedOf, decide } from './decide.ts';
import { explain, recordDecision } from './decisions.ts';
import { gatherSignals, type RiskCase } from './gather-signals.ts';
import { beginRollOut, currentRollOut, listRollOuts, rollBack, rulesFor, setRollOut } from './roll-out.ts';
import { compileOrThrow, createRuleSets, type RuleSet, type RuleSetHead } from './rule-sets.ts';

export { askedOf, type Asked } from './decide.ts';
export type { RiskCase } from './gather-signals.ts';

export type Verdict = { readonly outcome: RiskOutcome; readonly asked: Asked };
type By = { readonly setBy: string; readonly reason: string };

export type Risk = {
  /** Of a fresh database: the built-in rules, in charge everywhere. A newer program's built-in rules are added and wait. */
  install(): Promise<void>;
  /** Judges and records. The payer of the claims must be known. */
  judge(input: RiskCase): Promise<Verdict>;
  /** Throws `payment_not_found`. */
  explain(paymentId: string): Promise<RiskDecision[]>;
  /** Throws `input_invalid` with what is wrong with which rule. */
  addRules(input: RiskRuleSet & { note: string; madeBy: string }): Promise<RuleSet>;
  rules(version: number): Promise<RuleSet>;
  listRules(limit: number): Promise<RuleSetHead[]>;
  rollOut(): Promise<RiskRollOut>;
  listRollOuts(limit: number): Promise<RiskRollOut[]>;
  /** Throws `not_found` for an unknown version or store. */
  setRollOut(input: By & { active: number; candidate: RiskCandidate | null }): Promise<RiskRollOut>;
  /** Throws `roll_back_impossible`. */
  rollBack(input: By): Promise<RiskRollOut>;
  /** Against the version in charge, or another, over the newest decisions; a page, newest first. */
  backTest(input: Page & { version: number; against?: number | undefined }): Promise<OutcomeDiffPage>;
  /** The same with rules that are no version yet. Throws `input_invalid` with what is wrong with which rule. */
  backTestDraft(input: Page & RiskRuleSet & { against: number }): Promise<OutcomeDiffPage>;
  /** What the candidate said beside the rules in charge since the roll-out began, as recorded; a page, newest first. */
  candidate(input: Page): Promise<OutcomeDiffPage>;
  /** Where a candidate may decide, by name; 1,000 at most. */
  stores(): Promise<OperatorStore[]>;
  /** Where a store is, for the speed between two payments. Throws `not_found`. */
  placeStore(input: { storeId: string; latitude: number; longitude: number }): Promise<void>;
};

export function createRisk({ db, nowMs }: { db: Database; nowMs: () => number }): Risk {
  const ruleSets = createRuleSets(db);
  return {
    async install() {
      const builtIn = await ruleSets.add({ ...builtInRules, note: 'built in', madeBy: 'sonrisa', nowMs: nowMs() });
      await beginRollOut(db, { active: builtIn.version, reason: 'installed', setBy: 'sonrisa', nowMs: nowMs() });
    },
    async judge(input) {
      const { signals, overPinLimit } = await gatherSignals(db, { ...input, nowMs: nowMs() });
      const { decides, shadow } = rulesFor(await currentRollOut(db), input.storeId);
      const judged = decide((await ruleSets.read(decides)).compiled, signals);
      const { rung } = input.claims;
      const asked = askedOf({ rung, overPinLimit: overPinLimit || signals.limits.verdict === 'confirmation_due', outcome: judged.outcome });
      const beside = shadow === null ? null : { version: shadow, judged: decide((await ruleSets.read(shadow)).compiled, signals) };
      await recordDecision(db, { ...input, version: decides, judged, asked: { rung, ...asked }, shadow: beside, signals, nowMs: nowMs() });
      return { outcome: judged.outcome, asked };
    },
    explain: (paymentId) => explain({ db, ruleSets }, paymentId),
    addRules: (input) => ruleSets.add({ ...input, nowMs: nowMs() }),
    rules: (version) => ruleSets.read(version),
    listRules: (limit) => ruleSets.list(limit),
    rollOut: () => currentRollOut(db),
    listRollOuts: (limit) => listRollOuts(db, limit),
    setRollOut: (input) => setRollOut(db, { ...input, nowMs: nowMs() }),
    rollBack: (input) => rollBack(db, { ...input, nowMs: nowMs() }),
    async backTest({ version, against, ...page }) {
      const [was, is] = await Promise.all([ruleSets.read(against ?? (await currentRollOut(db)).active), ruleSets.read(version)]);
      return backTestPage(db, { ...page, was: was.compiled, is: is.compiled });
    },
    async backTestDraft({ rules, against, ...page }) {
      const is = compileOrThrow({ rules });
      return backTestPage(db, { ...page, was: (await ruleSets.read(against)).compiled, is });
    },
    candidate: async (page) => candidatePage(db, { ...page, rollOut: await currentRollOut(db) }),
    async stores() {
      const { rows } = await sql<OperatorStore>`
        SELECT s.id, s.name, s.name_zh AS "nameZh", m.name AS merchant, m.name_zh AS "merchantZh"
        FROM store s JOIN merchant m ON m.id = s.merchant_id ORDER BY m.name, s.name, s.id LIMIT ${storesMax}`.execute(db);
      return rows;
    },
    async placeStore({ storeId, latitude, longitude }) {
      const placed = await sql`UPDATE store SET latitude = ${latitude}, longitude = ${longitude} WHERE id = ${storeId}`.execute(db);
      if (placed.numAffectedRows !== 1n) throw new ProblemError('not_found');
    },
  };
}
