// Writes a benchmark's section into bench/RESULTS.md and leaves the other sections as they are.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

export interface ResultRow {
  readonly what: string;
  /** null: not measured in this run. */
  readonly cpuMs: number | null;
  readonly wallMs: number | null;
  readonly note?: string;
}

const resultsFile = new URL('./RESULTS.md', import.meta.url);
const preamble = '# Benchmarks\n\nEach section is written by `npm run bench -- NAME`; times are medians.\n';

export function writeSection(options: { readonly title: string; readonly text: string; readonly rows: readonly ResultRow[] }): string {
  const { title, text, rows } = options;
  const lines = rows.map(({ what, cpuMs, wallMs, note = '' }) => `| ${what} | ${ms(cpuMs)} | ${ms(wallMs)} | ${note} |`);
  const table = ['| what | CPU ms | wall ms | note |', '|---|---:|---:|---|', ...lines].join('\n');
  return writeSectionBody({ title, body: `${text}\n\n${table}` });
}

/** For benchmarks with tables of their own. */
export function writeSectionBody({ title, body }: { readonly title: string; readonly body: string }): string {
  const section = `## ${title}\n\n${machineFacts()}\n\n${body}\n`;
  const before = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : preamble;
  writeFileSync(resultsFile, replaceSection(before, title, section));
  return section;
}

/** Puts `section` in the place of the section with that title, or at the end. */
export function replaceSection(document: string, title: string, section: string): string {
  const parts = document.split(/^(?=## )/m);
  const at = parts.findIndex((part) => part.startsWith(`## ${title}\n`));
  if (at === -1) return `${document.trimEnd()}\n\n${section}`;
  const rest = parts.slice(at + 1).join('');
  return parts.slice(0, at).join('') + section + (rest && `\n${rest}`);
}

export function machineFacts(): string {
  const cores = cpus();
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown processor'}, ${memoryGib} GiB, Node ${process.versions.node}`;
  // The bench itself is about 1; more is other work on the machine, which stretches wall and, by shared caches, CPU times.
  return `${day}, ${machine}, load average ${(loadavg()[1] ?? 0).toFixed(1)}.`;
}

const ms = (value: number | null): string => (value === null ? '–' : value < 10 ? value.toFixed(1) : value.toFixed(0));
