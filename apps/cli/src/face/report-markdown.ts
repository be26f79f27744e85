// The report as Markdown, with its plots as files beside it.
import { accuracyRows, claimLines, curveRows, listErrorRows, method, operatingRows, photoRows, scorings, worstRows } from './report.ts';
import type { Drawing, Report, Rows } from './report.ts';

export function renderMarkdown(report: Report, drawings: readonly Drawing[]): string {
  const all = scorings(report);
  return [
    `# Calibration on ${markdownCell(report.dataSetName)}, ${report.measuredOn}`,
    ...[photoRows(report), accuracyRows(report), operatingRows(report)].map(markdownTable),
    ...claimLines(report),
    ...drawings.map(({ title, file }) => `## ${title}\n\n![${title}](${file})`),
    ...all.map((scoring) => markdownTable(curveRows(scoring))),
    ...listErrorRows(report).map(markdownTable),
    ...all.flatMap((scoring) => worstRows(scoring).map(markdownTable)),
    '## How it was measured',
    ...method,
    '',
  ].join('\n\n');
}

export function markdownTable({ title, note, head, rows }: Rows): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;
  return [`## ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line), ...(note === undefined ? [] : ['', note])].join('\n');
}

// File names come from the operator's disk: a bar would end the cell.
export const markdownCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/[\r\n]/g, ' ');
