// Makes the embedded pack's ONNX files ready on disk: converts the weights inside the npm packages once, keeps
// the results by content hash, checks every file on every start, and the recogniser against a known answer.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildEmbeddedModels, embeddedPack } from '@sonrisa/face/models/embedded/pack.ts';
import type { PackProfile } from '@sonrisa/face/models/embedded/pack.ts';
import { checkReference, referenceDifferenceMax } from '@sonrisa/face/models/embedded/reference.ts';
import { modelNames } from '@sonrisa/face/runner.ts';
import type { CoreModelName, ModelName } from '@sonrisa/face/runner.ts';
import { createOrtRunner } from './ort-runner.ts';

export type ModelFiles = Readonly<Record<CoreModelName, string> & Partial<Record<ModelName, string>>>;

export interface LoadedPack {
  readonly profile: PackProfile;
  /** Absolute paths of the checked ONNX files. */
  readonly files: ModelFiles;
  /** Largest difference from the reference embedding. */
  readonly referenceDifference: number;
}

/** Throws when a weight file is missing or the recogniser does not give the reference embedding. */
export async function loadPack(options: {
  readonly cacheFolder: string;
  /** Bytes of a weight file by its `source`; default: from the installed npm packages. */
  readonly readSource?: (source: string) => Uint8Array;
}): Promise<LoadedPack> {
  const { cacheFolder, readSource = readInstalledSource } = options;
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  const files = (await cachedFiles(cacheFolder, readSource)) ?? (await convertedFiles(cacheFolder, readSource));
  const runner = await createOrtRunner(files);
  const { ok, differenceMax } = await checkReference(runner);
  await runner.close();
  if (!ok) throw new Error(`the recogniser differs from its reference by ${differenceMax}, more than ${referenceDifferenceMax}`);
  return { profile: embeddedPack, files, referenceDifference: differenceMax };
}

/** Reads a pack's weight file from where npm put it. */
export function readInstalledSource(source: string): Uint8Array {
  const require = createRequire(import.meta.url);
  const [scope, name, ...rest] = source.split('/');
  const packageName = `${scope}/${name}`;
  // @vladmandic/human exports no subpath: go by the folder its entry lies in.
  const path =
    packageName === '@vladmandic/human' ? join(dirname(require.resolve(packageName)), '..', ...rest) : require.resolve(source);
  return readFileSync(path);
}

type HashByModel = Record<CoreModelName, string>;

// The list says which content belongs to these very sources and this converter.
async function cachedFiles(folder: string, readSource: (source: string) => Uint8Array): Promise<ModelFiles | null> {
  const list = await readFile(listPath(folder, readSource), 'utf8').then(parseList, () => null);
  if (!list) return null;
  for (const name of modelNames) {
    const bytes = await readFile(modelPath(folder, list[name])).catch(() => null);
    if (!bytes || sha256(bytes) !== list[name]) return null;
  }
  return pathsOf(folder, list);
}

async function convertedFiles(folder: string, readSource: (source: string) => Uint8Array): Promise<ModelFiles> {
  const models = buildEmbeddedModels(readSource);
  const hashes: Partial<HashByModel> = {};
  for (const name of modelNames) {
    hashes[name] = sha256(models[name]);
    await writeAtomically(modelPath(folder, hashes[name]), models[name]);
  }
  const list = hashes as HashByModel;
  await writeAtomically(listPath(folder, readSource), Buffer.from(JSON.stringify(list)));
  return pathsOf(folder, list);
}

function listPath(folder: string, readSource: (source: string) => Uint8Array): string {
  const hash = createHash('sha256').update(`${embeddedPack.id} ${embeddedPack.conversion}`);
  for (const name of modelNames) {
    for (const { source } of embeddedPack.models[name].files) hash.update(sha256(readSource(source)));
  }
  return join(folder, `${embeddedPack.id}-${hash.digest('hex').slice(0, 32)}.json`);
}

const modelPath = (folder: string, hash: string): string => join(folder, `${hash}.onnx`);

function pathsOf(folder: string, list: HashByModel): ModelFiles {
  return { detector: modelPath(folder, list.detector), mesh: modelPath(folder, list.mesh), recogniser: modelPath(folder, list.recogniser) };
}

const sha256Hex = /^[0-9a-f]{64}$/;

function parseList(text: string): HashByModel | null {
  const list: unknown = tryJson(text);
  if (typeof list !== 'object' || list === null) return null;
  const fits = modelNames.every((name) => sha256Hex.test(String((list as Record<string, unknown>)[name])));
  return fits ? (list as HashByModel) : null;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

// Two processes may start at once, and one may die half-way: nobody ever sees a half-written file.
async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const folder = await mkdtemp(join(dirname(path), temporaryPrefix));
  try {
    const temporary = join(folder, 'content');
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const temporaryPrefix = 'writing-';
