// How a run of the rack is told: on the terminal, and as a section of torture/RESULTS.md when asked to.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { machineFacts, replaceSection } from '../bench/results.ts';

export type Report = {
  /** Name of the section, and what was done in one sentence. */
  readonly title: string;
  readonly facts: readonly string[];
  readonly findings: readonly string[];
  /** What it means to have found nothing; by default that the books hold. */
  readonly verdict?: string;
  /** True for a control: then findings are what is wanted. */
  readonly control: boolean;
};

const resultsFile = new URL('./RESULTS.md', import.meta.url);
const preamble = '# Torture\n\nEach section is the last recorded run of `npm run torture -- NAME --record`. A control is a run with one guard taken away: there the rack must find something.\n';
const findingsShownMax = 10;

export function isPassed({ control, findings }: Report): boolean {
  return control ? findings.length > 0 : findings.length === 0;
}

export function renderReport(report: Report): string {
  const { control, findings, facts } = report;
  const shown = findings.slice(0, findingsShownMax).map((finding) => `  - ${finding}`);
  const more = findings.length > findingsShownMax ? [`  - … and ${findings.length - findingsShownMax} more`] : [];
  const verdict = control
    ? findings.length > 0 ? `- found, as a control must: ${findings.length} findings` : '- NOTHING FOUND: this control must find something'
    : findings.length > 0 ? `- FAILED: ${findings.length} findings` : `- ${report.verdict ?? 'nothing lost, nothing doubled, books coherent'}`;
  return [...facts.map((fact) => `- ${fact}`), verdict, ...shown, ...more].join('\n');
}

export function recordReport(report: Report): void {
  const section = `## ${report.title}\n\n${machineFacts()}\n\n${renderReport(report)}\n`;
  const before = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : preamble;
  writeFileSync(resultsFile, replaceSection(before, report.title, section));
}
