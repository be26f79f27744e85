// `sonrisa face calibrate`: measures one pack or two, writes curve files and a report, prints the figures.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Listr } from 'listr2';
import { CalibrationError, calibratePack } from '@sonrisa/vault/calibrate/index.ts';
import type { PackMeasurement } from '@sonrisa/vault/calibrate/index.ts';
import { PlainError } from '../plain-error.ts';
import { repositoryRoot } from '../repository.ts';
import { figuresTable } from './figures-table.ts';
import { interruptible, progressBar } from './long-run.ts';
import { renderHtml } from './report-html.ts';
import { renderMarkdown } from './report-markdown.ts';
import { drawDet, drawFnmr, drawHistogram } from './plots.ts';
import type { Drawing, Report } from './report.ts';

export type CalibrateFlags = {
  readonly data: string;
  readonly pairs?: string;
  readonly from: string;
  readonly compare?: string;
  readonly packProfile?: string;
  readonly name?: string;
  readonly out: string;
  readonly seed: string;
  readonly threads?: string;
};

export async function runCalibrate(flags: CalibrateFlags, print: (line: string) => void): Promise<void> {
  const measuredOn = new Date().toISOString().slice(0, 10);
  const packs = packsOf(flags);
  const measured: PackMeasurement[] = [];
  const interruption = interruptible();
  try {
    await new Listr(packs.map((pack) => measuring({ pack, flags, measuredOn, measured, signal: interruption.signal })), {
      registerSignalListeners: false,
      fallbackRendererCondition: !process.stdout.isTTY,
    }).run();
  } catch (error) {
    throw error instanceof CalibrationError ? new PlainError(error.message) : error;
  } finally {
    interruption.end();
  }
  const out = resolve(flags.out);
  const report = { measuredOn, dataSetName: dataSetName(flags), packs: measured };
  writeReport(out, report);
  print(figuresTable(report));
  print(`\nReport: ${join(out, 'report.html')} (also report.md), curve files beside it.`);
}

function packsOf({ from, compare, packProfile }: CalibrateFlags): string[] {
  return [from, ...(compare === undefined ? [] : [compare])].map((pack) => {
    if (pack === 'embedded') return pack;
    if (pack !== 'custom') throw new PlainError(`There is no pack "${pack}": embedded or custom (with --pack-profile).`);
    if (packProfile === undefined) throw new PlainError('The pack custom needs --pack-profile <file>: which ONNX files, and how they want their input.');
    return packProfile;
  });
}

const dataSetName = ({ name, data }: CalibrateFlags): string => name ?? basename(resolve(data));

const stepNames = { embed: 'photos to embeddings', normalise: 'nearest strangers of each photo', compare: 'every photo with every other', bootstrap: 'bootstrap over people' } as const;

function measuring(input: { pack: string; flags: CalibrateFlags; measuredOn: string; measured: PackMeasurement[]; signal: AbortSignal }) {
  const { pack, flags, measuredOn, measured, signal } = input;
  return {
    title: `Measure the pack ${pack}`,
    task: async (_: unknown, task: { output: string }) => {
      const bar = progressBar((line) => {
        task.output = line;
      });
      const result = await calibratePack({
        folder: flags.data,
        pairsFile: flags.pairs ?? null,
        pack,
        cacheFolder: join(repositoryRoot(), '.cache', 'models'),
        dataSetName: dataSetName(flags),
        measuredOn,
        seed: wholeNumber(flags.seed, '--seed', 0),
        threads: flags.threads === undefined ? availableParallelism() : wholeNumber(flags.threads, '--threads', 1),
        onProgress: ({ step, done }) => bar(stepNames[step], done),
        signal,
        ...bundledWorker(),
      });
      measured.push(result);
    },
  };
}

// In the bundle the worker is a file of its own beside it; from source it is found by its own place.
export function bundledWorker(): { workerFile?: string } {
  return import.meta.url.endsWith('.ts') ? {} : { workerFile: join(dirname(fileURLToPath(import.meta.url)), 'photo-worker.mjs') };
}

export function wholeNumber(text: string, flag: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new PlainError(`${flag} takes a whole number from ${least}, not "${text}".`);
  return value;
}

function writeReport(out: string, report: Report): void {
  mkdirSync(out, { recursive: true });
  const drawings: Drawing[] = [
    { file: 'det.svg', title: 'Errors against each other (DET)', svg: drawDet(report) },
    { file: 'fnmr.svg', title: 'False non-matches against false matches, with 95 % bounds', svg: drawFnmr(report) },
    ...report.packs.map((pack) => ({ file: `scores-${pack.packId}.svg`, title: `Scores of ${pack.packId}`, svg: drawHistogram(pack) })),
  ];
  for (const { file, svg } of drawings) writeFileSync(join(out, file), svg);
  for (const { packId, cosine, normalised } of report.packs) {
    writeFileSync(join(out, `curve-${packId}.json`), `${JSON.stringify(cosine.curve, null, 1)}\n`);
    if (normalised) writeFileSync(join(out, `curve-${packId}-normalised.json`), `${JSON.stringify(normalised.curve, null, 1)}\n`);
  }
  writeFileSync(join(out, 'report.md'), renderMarkdown(report, drawings));
  writeFileSync(join(out, 'report.html'), renderHtml(report, drawings));
}
