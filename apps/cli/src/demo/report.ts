// What the demo prints: said and seen, the books, and where the time went.
import Table from 'cli-table3';
import type { TrialBalance } from '@sonrisa/protocol/back-office-api.ts';
import type { Claim } from './claims.ts';
import type { StageTime } from './timings.ts';

export type DemoReport = {
  readonly holds: boolean;
  readonly people: number;
  readonly errorBudget: number;
  readonly claims: readonly Claim[];
  readonly timings: readonly StageTime[];
  readonly trialBalance: TrialBalance | undefined;
  readonly peakMemoryBytes: Readonly<Record<string, number | undefined>>;
  readonly wallTimeMs: number;
};

export function renderReport(report: DemoReport): string {
  const { claims, trialBalance, timings } = report;
  return [
    heading(`Sandbox: test money, no liveness, an error budget of ${report.errorBudget} instead of one in a million.`),
    heading('The books'),
    trialBalance ? booksTable(trialBalance) : 'no trial balance could be read',
    heading('Where the time went'),
    timesTable(timings),
    Object.entries(report.peakMemoryBytes).map(([name, bytes]) => `peak memory, ${name}: ${bytes === undefined ? 'not known on this system' : `${Math.round(bytes / 2 ** 20)} MiB`}`).join('\n'),
    heading('Said and seen'),
    claimsTable(claims),
    report.holds ? `Everything is as said, with ${report.people} people, in ${(report.wallTimeMs / 1000).toFixed(0)} s.` : 'NOT everything is as said: see the rows marked NO.',
  ].join('\n');
}

const heading = (text: string): string => `\n${text}`;

const claimColumnWidths = [44, 74, 8];

function claimsTable(claims: readonly Claim[]): string {
  const table = new Table({ head: ['said', 'seen', 'holds'], colWidths: claimColumnWidths, wordWrap: true, style: plainStyle });
  for (const { said, seen, holds } of claims) table.push([said, seen, holds ? 'yes' : 'NO']);
  return table.toString();
}

function booksTable({ rows }: TrialBalance): string {
  const table = new Table({ head: ['account class', 'currency', 'accounts', 'debit', 'credit', 'balance'], colAligns: ['left', 'left', 'right', 'right', 'right', 'right'], style: plainStyle });
  for (const row of rows) table.push([row.accountClass, row.currency, row.accounts, row.debitMinor, row.creditMinor, row.balanceMinor].map((cell, index) => (index < 3 ? cell : inMajor(String(cell)))));
  return table.toString();
}

function timesTable(timings: readonly StageTime[]): string {
  const table = new Table({ head: ['stage', 'runs', 'median ms', 'worst ms'], colAligns: ['left', 'right', 'right', 'right'], style: plainStyle });
  for (const { stage, runs, medianMs, worstMs } of timings) table.push([stage, runs, medianMs.toFixed(1), worstMs.toFixed(1)]);
  return table.toString();
}

// Colours are for a person at a terminal; a log or a pipe gets plain text.
const plainStyle = { head: [], border: [] };

// The demo's currency has two decimals.
function inMajor(minor: string): string {
  const sign = minor.startsWith('-') ? '-' : '';
  const digits = minor.replace('-', '').padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
