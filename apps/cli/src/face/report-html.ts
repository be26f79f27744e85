// The report as one page that needs nothing else: no script, no font, no picture from elsewhere.
import { accuracyRows, claimLines, curveRows, listErrorRows, method, operatingRows, photoRows, scorings, worstRows } from './report.ts';
import type { Drawing, Report, Rows } from './report.ts';
import { escapeXml } from './svg.ts';

export function renderHtml(report: Report, drawings: readonly Drawing[]): string {
  const title = escapeXml(`Calibration on ${report.dataSetName}, ${report.measuredOn}`);
  const all = scorings(report);
  const body = [
    `<h1>${title}</h1>`,
    ...[photoRows(report), accuracyRows(report), operatingRows(report)].map(table),
    ...claimLines(report).map(paragraph),
    ...drawings.map((drawing) => `<h2>${escapeXml(drawing.title)}</h2>\n<figure>${drawing.svg}</figure>`),
    ...all.map((scoring) => folded(curveRows(scoring))),
    ...listErrorRows(report).map(folded),
    ...all.flatMap((scoring) => worstRows(scoring).map(folded)),
    '<h2>How it was measured</h2>',
    ...method.map(paragraph),
  ].join('\n');
  return page(title, body);
}

/** `title` and `body` are HTML already. */
export const page = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>\n<body>\n${body}\n</body></html>\n`;

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1d2733}
table{border-collapse:collapse;font-size:.9rem;display:block;overflow-x:auto}td,th{border:1px solid #cbd5e1;padding:.3rem .6rem;text-align:left}
th{background:#f1f5f9}figure{margin:0}svg{max-width:100%;height:auto}small{color:#52606d}summary{cursor:pointer;font-weight:600;margin:1rem 0}`;

export const paragraph = (text: string): string => `<p>${escapeXml(text)}</p>`;

export function table(rows: Rows): string {
  return `<h2>${escapeXml(rows.title)}</h2>\n${tableOnly(rows)}`;
}

export function folded(rows: Rows): string {
  return `<details><summary>${escapeXml(rows.title)}</summary>\n${tableOnly(rows)}</details>`;
}

function tableOnly({ note, head, rows }: Rows): string {
  const line = (cells: readonly string[], tag: string): string => `<tr>${cells.map((text) => `<${tag}>${escapeXml(text)}</${tag}>`).join('')}</tr>`;
  return `<table>${line(head, 'th')}${rows.map((row) => line(row, 'td')).join('\n')}</table>${note === undefined ? '' : `<p><small>${escapeXml(note)}</small></p>`}`;
}
