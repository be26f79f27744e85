// The figures a person at a terminal came for.
import Table from 'cli-table3';
import { accuracyRows, claimLines, operatingRows, photoRows } from './report.ts';
import type { Report, Rows } from './report.ts';

export function figuresTable(report: Report): string {
  return [...[photoRows(report), accuracyRows(report), operatingRows(report)].map(tableText), '', ...claimLines(report)].join('\n');
}

export function tableText({ title, note, ...rows }: Rows): string {
  return ['', title, table(rows), ...(note === undefined ? [] : [note])].join('\n');
}

function table({ head, rows }: Pick<Rows, 'head' | 'rows'>): string {
  const drawn = new Table({ head: [...head], wordWrap: true, style: { head: [], border: [] } });
  for (const row of rows) drawn.push([...row]);
  return drawn.toString();
}
