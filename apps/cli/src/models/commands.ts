// `sonrisa models pull | list | use | verify`: the packs of a data folder. Nothing is fetched unless `pull` is asked for.
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Table from 'cli-table3';
import { Listr } from 'listr2';
import { CalibrationError, checkPack } from '@sonrisa/vault/calibrate/index.ts';
import type { CheckedPack } from '@sonrisa/vault/calibrate/index.ts';
import { interruptible, progressBar } from '../face/long-run.ts';
import { PlainError } from '../plain-error.ts';
import { repositoryRoot } from '../repository.ts';
import { download, sha256Of } from './download.ts';
import { recommendedFiles } from './recommended.ts';
import type { RecommendedFile } from './recommended.ts';
import { chosenPack, choosePack, embedded, installRecommended, readPackProfile, recommended, recommendedFolder, recommendedIsHere, recommendedProfilePath, resolvePack, setCurve } from './store.ts';

type Print = (line: string) => void;
export type PullFlags = { readonly data: string; readonly base?: string };
export type UseFlags = { readonly data: string; readonly curve?: string };

/** Files that are here and right are not asked for again. */
export async function pull({ data, base }: PullFlags, print: Print, files = recommendedFiles): Promise<void> {
  if (base !== undefined && !URL.canParse(base)) throw new PlainError(`--base takes an address like https://files.example.org/models, not "${base}".`);
  for (const { name, licence, note } of files) print(`${name}: ${licence}${note === null ? '' : `. NOTE: ${note}`}`);
  const folder = recommendedFolder(data);
  const interruption = interruptible();
  const fetching = (file: RecommendedFile) => ({
    title: `${file.name} (${megabytes(file.bytes)})`,
    task: async (_: unknown, shown: { output: string }): Promise<void> => {
      const bar = progressBar((line) => {
        shown.output = line;
      });
      const target = join(folder, file.name);
      if (existsSync(target) && (await sha256Of(target)) === file.sha256) return;
      const url = base === undefined ? file.url : `${base.replace(/\/+$/, '')}/${file.name}`;
      await download({ file, url, target, signal: interruption.signal, onProgress: (share) => bar('', share) });
    },
  });
  try {
    await new Listr(files.map(fetching), { registerSignalListeners: false, rendererOptions: { showErrorMessage: false }, fallbackRendererCondition: !process.stdout.isTTY }).run();
  } finally {
    interruption.end();
  }
  installRecommended(data);
  print(`The recommended pack is in ${folder}.`);
  if (readPackProfile(recommendedProfilePath(data)).curve === undefined) print(curveSentence(recommendedProfilePath(data)));
}

export function list(data: string, print: Print): void {
  const chosen = chosenPack(data);
  const table = new Table({ head: ['', 'pack', 'part', 'origin', 'licence', 'size', 'error curve'], wordWrap: true, colWidths: [3, 22, 12, 44, 14, 10, 30], style: { head: [], border: [] } });
  table.push([mark(chosen === embedded), embedded, 'all', 'npm packages @vladmandic/human and @vladmandic/face-api, converted on this machine', 'Apache-2.0, CC0, MIT', '–', 'comes with it']);
  if (recommendedIsHere(data)) for (const row of profileRows(recommendedProfilePath(data), mark(chosen === recommended))) table.push(row);
  else table.push([mark(chosen === recommended), recommended, '–', 'not here: "npm run sonrisa -- models pull"', '–', '–', '–']);
  if (chosen !== embedded && chosen !== recommended) for (const row of profileRows(chosen, mark(true))) table.push(row);
  print(table.toString());
  print('▶ in use from the next start on. Spoof nets: see "sonrisa face pad-report".');
}

/** Refuses a pack that is not whole, or has no curve: the vault would not start with it. */
export async function use(pack: string, { data, curve }: UseFlags, print: Print): Promise<void> {
  const resolved = resolvePack(data, pack);
  if (curve !== undefined && resolved === embedded) throw new PlainError('The embedded pack has its curve: --curve is for the others.');
  if (resolved !== embedded) {
    if (curve === undefined && readPackProfile(resolved).curve === undefined) throw new PlainError(curveSentence(resolved));
    if (curve !== undefined) await tryCurve(resolved, curve);
  }
  const checked = await inPlainWords(checkPack({ pack: resolved, cacheFolder: cacheFolder() }));
  const before = chosenPack(data);
  choosePack(data, pack === embedded || pack === recommended ? pack : resolved);
  print(`From the next start on this installation uses the pack ${checked.id}${before === pack ? ', as before' : ''}.`);
  print('Faces are not converted: templates of another pack cannot be compared with it. Everybody who enrolled with another pack is asked on their phone for a new look, and pays another way until then. "models use" with the pack from before brings the old faces back.');
}

/** Every file of every pack that is here, byte by byte. Throws PlainError after telling about all of them. */
export async function verify(data: string, print: Print): Promise<void> {
  const chosen = chosenPack(data);
  const packs = [...new Set([embedded, ...(existsSync(recommendedProfilePath(data)) ? [recommended] : []), chosen])];
  const bad: string[] = [];
  for (const pack of packs) {
    try {
      const { id, files, curveId } = await inPlainWords(checkPack({ pack: resolvePack(data, pack), cacheFolder: cacheFolder() }));
      print(`${id}: ${files} files are the right ones; ${curveId === null ? 'NO ERROR CURVE, the vault does not start with it' : `curve ${curveId}`}.`);
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      bad.push(pack);
      print(`${pack}: ${error.message}`);
    }
  }
  if (bad.length > 0) throw new PlainError(`Not as they should be: ${bad.join(', ')}.`);
}

// A curve of other weights must not reach the profile: it is tried beside it first.
async function tryCurve(profilePath: string, curveFile: string): Promise<void> {
  await inPlainWords(checkPack({ pack: profilePath, cacheFolder: cacheFolder(), curveFile: resolve(curveFile) }));
  setCurve(profilePath, curveFile);
}

const curveSentence = (profilePath: string): string =>
  `This pack has no error curve yet, and nobody can be charged by it before it has: measure it with "npm run sonrisa -- face calibrate --data PHOTOS --from custom --pack-profile ${profilePath}", then "npm run sonrisa -- models use ${profilePath} --curve calibration/curve-….json".`;

function profileRows(path: string, marked: string): string[][] {
  const profile = readPackProfile(path);
  const parts = [
    { part: 'detector', file: profile.detector },
    { part: 'recogniser', file: profile.recogniser },
    ...(profile.spoof?.nets ?? []).map((file) => ({ part: 'spoof net', file })),
  ];
  return parts.map(({ part, file }, at) => [at === 0 ? marked : '', at === 0 ? profile.id : '', part, file.origin, file.licence, sizeText(resolve(dirname(path), file.file)), at === 0 ? (profile.curve ?? 'none: not for payments') : '']);
}

const mark = (inUse: boolean): string => (inUse ? '▶' : '');
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const sizeText = (path: string): string => (existsSync(path) ? megabytes(statSync(path).size) : 'missing');
const cacheFolder = (): string => join(repositoryRoot(), '.cache', 'models');

async function inPlainWords(checking: Promise<CheckedPack>): Promise<CheckedPack> {
  try {
    return await checking;
  } catch (error) {
    throw error instanceof CalibrationError ? new PlainError(error.message) : error;
  }
}
