// A page of a comparison: what a version would have decided of recorded decisions, or what one beside those in charge did say of
// real ones. Nothing is kept between pages, so whoever reads may stop, and any process may answer the next one.
import { comparedMax, type OutcomeDiffPage, type RiskRollOut } from '@sonrisa/protocol/risk-api.ts';
import { CompiledQuery } from 'kysely';
import type { Database } from '../db/database.ts';
import { createBackTest } from './back-test.ts';
import type { CompiledRules } from './compile-rules.ts';
import { createDiffCounter } from './outcome-diff.ts';
import { countRecordedSql, type Recorded, recordedOf, recordedPageMax, recordedSql } from './recorded.ts';

/** `before`: the id the last page ended with; `decisions`: how many to go through. */
export type Page = { readonly decisions: number; readonly before?: string | undefined };

export async function backTestPage(db: Database, input: Page & { was: CompiledRules; is: CompiledRules }): Promise<OutcomeDiffPage> {
  const test = createBackTest({ before: input.was, after: input.is });
  const next = await eachRecorded(db, { ...input, each: (decision) => (test.add(decision), true) });
  return { ...test.diff(), recorded: await recordedIn(db, input, null), next };
}

/** Since this roll-out began: the rules in charge against the candidate, whichever of the two decided. Without a candidate there is nothing to compare. */
export async function candidatePage(db: Database, input: Page & { rollOut: RiskRollOut }): Promise<OutcomeDiffPage> {
  const { rollOut } = input;
  const counter = createDiffCounter();
  const next = await eachRecorded(db, {
    ...input,
    each: (decision) => {
      if (decision.atMs < rollOut.atMs) return false;
      const pair = pairOf(decision, rollOut);
      if (pair) counter.add({ decision, ...pair });
      return true;
    },
  });
  return { ...counter.diff(), recorded: await recordedIn(db, input, new Date(rollOut.atMs)), next };
}

function pairOf({ decided, shadow }: Recorded, { active, candidate }: RiskRollOut) {
  const both = [decided, ...(shadow ? [shadow] : [])];
  const [was, is] = [both.find(({ version }) => version === active), both.find(({ version }) => version === candidate?.version)];
  return was && is ? { was: was.judged, is: is.judged } : null;
}

/** Newest first, until `each` says no. Returns where the next page goes on; null: there is none. */
async function eachRecorded(db: Database, input: Page & { each: (decision: Recorded) => boolean }): Promise<string | null> {
  let before = input.before ?? null;
  for (let left = input.decisions; left > 0; ) {
    const take = Math.min(left, recordedPageMax);
    const { rows } = await db.executeQuery<Record<string, unknown>>(CompiledQuery.raw(recordedSql, [before, take]));
    for (const row of rows) if (!input.each(recordedOf(row))) return null;
    if (rows.length < take) return null;
    left -= take;
    before = String(rows.at(-1)?.['id']);
  }
  return before;
}

async function recordedIn(db: Database, { before }: Page, since: Date | null): Promise<number | null> {
  if (before !== undefined) return null;
  const { rows } = await db.executeQuery<{ decisions: number }>(CompiledQuery.raw(countRecordedSql, [comparedMax, since]));
  return rows[0]?.decisions ?? 0;
}
