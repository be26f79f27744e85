// `sonrisa face pad-report`: what a pack's spoof nets let through, species by species, as Markdown, HTML and scores.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Listr } from 'listr2';
import { CalibrationError, measurePad } from '@sonrisa/vault/calibrate/index.ts';
import type { PadMeasurement } from '@sonrisa/vault/calibrate/index.ts';
import { PlainError } from '../plain-error.ts';
import { repositoryRoot } from '../repository.ts';
import { tableText } from './figures-table.ts';
import { interruptible, progressBar } from './long-run.ts';
import { netLines, padMethod, ratesRows, scoreRows, thresholdRows, warnings } from './pad-rows.ts';
import type { PadReport } from './pad-rows.ts';
import { folded, page, paragraph, table } from './report-html.ts';
import { markdownCell, markdownTable } from './report-markdown.ts';
import { escapeXml } from './svg.ts';

export type PadFlags = { readonly data: string; readonly map?: string; readonly packProfile?: string; readonly threshold?: string; readonly name?: string; readonly out: string };

export async function runPadReport(flags: PadFlags, print: (line: string) => void): Promise<void> {
  const given = thresholdOf(flags.threshold);
  const measured = await measureWithBar(flags);
  const { data, name = basename(resolve(data)) } = flags;
  const report: PadReport = { measuredOn: new Date().toISOString().slice(0, 10), dataSetName: name, threshold: given ?? measured.scoreMin, measured };
  const out = resolve(flags.out);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'pad-report.md'), renderMarkdown(report));
  writeFileSync(join(out, 'pad-report.html'), renderHtml(report));
  writeFileSync(join(out, 'pad-scores.json'), `${JSON.stringify({ packId: measured.packId, threshold: report.threshold, presentations: measured.presentations }, null, 1)}\n`);
  print([tableText(ratesRows(report)), '', ...warnings(report)].join('\n'));
  print(`\nReport: ${join(out, 'pad-report.html')} (also pad-report.md), every score in pad-scores.json.`);
}

function thresholdOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new PlainError(`--threshold takes a score between 0 and 1, not "${text}".`);
  return value;
}

async function measureWithBar({ data, map, packProfile }: PadFlags): Promise<PadMeasurement> {
  const interruption = interruptible();
  const done: { measured?: PadMeasurement } = {};
  const task = async (_: unknown, shown: { output: string }): Promise<void> => {
    const bar = progressBar((line) => {
      shown.output = line;
    });
    done.measured = await measurePad({
      folder: data,
      mapFile: map ?? null,
      pack: packProfile ?? 'embedded',
      cacheFolder: join(repositoryRoot(), '.cache', 'models'),
      onProgress: (share) => bar('photos scored', share),
      signal: interruption.signal,
    });
  };
  try {
    await new Listr([{ title: `Score the photos in ${data}`, task }], { registerSignalListeners: false, fallbackRendererCondition: !process.stdout.isTTY }).run();
  } catch (error) {
    throw error instanceof CalibrationError ? new PlainError(error.message) : error;
  } finally {
    interruption.end();
  }
  return done.measured as PadMeasurement;
}

const titleOf = ({ dataSetName, measuredOn, measured }: PadReport): string => `Presentation attacks on ${measured.packId}: ${dataSetName}, ${measuredOn}`;

export function renderMarkdown(report: PadReport): string {
  return [
    `# ${markdownCell(titleOf(report))}`,
    ...warnings(report).map((text) => `> ${text}`),
    ...[ratesRows(report), thresholdRows(report), scoreRows(report)].map(markdownTable),
    '## How it was measured',
    ...padMethod,
    ...netLines(report).map((text) => `* ${text}`),
    '',
  ].join('\n\n');
}

export function renderHtml(report: PadReport): string {
  const title = escapeXml(titleOf(report));
  const body = [
    `<h1>${title}</h1>`,
    ...warnings(report).map((text) => `<p><strong>${escapeXml(text)}</strong></p>`),
    table(ratesRows(report)),
    table(thresholdRows(report)),
    folded(scoreRows(report)),
    '<h2>How it was measured</h2>',
    ...[...padMethod, ...netLines(report)].map(paragraph),
  ].join('\n');
  return page(title, body);
}
