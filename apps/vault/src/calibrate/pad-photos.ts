// Scores photos of presentations (live, print, screen …) with a pack's spoof nets, one frame each, as the vault would.
// Nothing is kept but the scores.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import sharp from 'sharp';
import { embeddedPack } from '@sonrisa/face/models/embedded/pack.ts';
import { customSteps } from '@sonrisa/face/models/custom/steps.ts';
import { bonaFideSpecies } from '@sonrisa/face/pad/rates.ts';
import type { Presentation } from '@sonrisa/face/pad/rates.ts';
import { createFacePipeline, forget } from '@sonrisa/face/pipeline.ts';
import type { FacePipeline } from '@sonrisa/face/pipeline.ts';
import { decodeFrame } from '../pack/decode.ts';
import { createOrtRunner } from '../pack/ort-runner.ts';
import { openPack } from '../pack/pack-source.ts';
import { PlainError } from '../plain-error.ts';

export interface PadOptions {
  /** One folder a species, or any photos with `mapFile`. */
  readonly folder: string;
  /** JSON: photo (path in the folder) → species. */
  readonly mapFile: string | null;
  /** Path of a profile. */
  readonly pack: string;
  readonly cacheFolder: string;
  readonly onProgress: (done: number) => void;
  readonly signal?: AbortSignal;
}

export interface PadMeasurement {
  readonly packId: string;
  /** What live terminals refuse below. */
  readonly scoreMin: number;
  readonly nets: readonly { readonly file: string; readonly origin: string; readonly licence: string; readonly cropScale: number }[];
  readonly presentations: readonly Presentation[];
}

const presentationsMax = 100_000;

/** Throws PlainError for what the operator can put right. */
export async function measurePad(options: PadOptions): Promise<PadMeasurement> {
  const { pack: packName, cacheFolder, onProgress, signal } = options;
  if (packName === embeddedPack.id) throw new PlainError(`The embedded pack has no spoof nets: ${embeddedPack.passiveSpoof.reason}. Name a pack with --pack-profile.`);
  const listed = listPresentations(options);
  const { id, files, profile } = await openPack({ pack: packName, cacheFolder });
  if (!profile?.spoof) throw new PlainError(`The pack ${id} has no spoof nets: its profile has no "spoof".`);
  sharp.cache(false);
  const runner = await createOrtRunner(files);
  const presentations: Presentation[] = [];
  try {
    const pipeline = createFacePipeline({ runner, steps: customSteps(profile) });
    for (const { species, file } of listed) {
      signal?.throwIfAborted();
      presentations.push({ species, file, ...(await scoreOf(pipeline, join(options.folder, file))) });
      onProgress(presentations.length / listed.length);
    }
  } finally {
    await runner.close();
  }
  const nets = profile.spoof.nets.map(({ file, origin, licence, cropScale }) => ({ file, origin, licence, cropScale }));
  return { packId: id, scoreMin: profile.spoof.scoreMin, nets, presentations };
}

async function scoreOf(pipeline: FacePipeline, path: string): Promise<Pick<Presentation, 'score' | 'reason'>> {
  const decoded = await decodeFrame(readFileSync(path));
  if (!decoded.ok) return { score: null, reason: decoded.refusal };
  const { primary } = await pipeline.look(decoded.image);
  decoded.image.data.fill(0);
  if (!primary) return { score: null, reason: 'no_face' };
  const score = await pipeline.padScore(primary);
  forget(primary);
  return { score, reason: null };
}

const pictureNames = /\.(jpe?g|png|webp)$/i;

function listPresentations({ folder, mapFile }: PadOptions): { species: string; file: string }[] {
  const photos = photosIn(folder);
  const speciesOf = mapFile === null ? folderOf : speciesByMap(mapFile, photos);
  const listed = photos.flatMap((file) => {
    const species = speciesOf(file);
    return species === undefined ? [] : [{ species, file }];
  });
  if (listed.length === 0) throw new PlainError(`${folder} holds no photo with a species: one folder a species (live, print, screen …), or a --map.`);
  if (listed.length > presentationsMax) throw new PlainError(`${folder} holds ${listed.length} photos, at most ${presentationsMax} are scored in one run.`);
  if (!listed.some(({ species }) => species !== bonaFideSpecies)) throw new PlainError(`${folder} holds live photos only: there is no attack to measure.`);
  return listed;
}

function photosIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && pictureNames.test(entry.name)).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    return files.map((file) => file.split(sep).join('/')).sort();
  } catch (error) {
    throw new PlainError(`The folder ${folder} cannot be read.`, { cause: error });
  }
}

const folderOf = (file: string): string | undefined => (file.includes('/') ? file.slice(0, file.indexOf('/')) : undefined);

function speciesByMap(mapFile: string, photos: readonly string[]): (file: string) => string | undefined {
  let map: unknown;
  try {
    map = JSON.parse(readFileSync(mapFile, 'utf8'));
  } catch (error) {
    throw new PlainError(`The map ${mapFile} cannot be read as JSON.`, { cause: error });
  }
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw new PlainError(`The map ${mapFile} is not an object of photo → species.`);
  const species = new Map(Object.entries(map));
  for (const [file, name] of species) {
    if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new PlainError(`The map ${mapFile} gives ${file} no species of lower case letters, digits and dashes.`);
    if (!photos.includes(file)) throw new PlainError(`The map ${mapFile} names ${file}, which is not there.`);
  }
  return (file) => species.get(file) as string | undefined;
}
