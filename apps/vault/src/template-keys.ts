// The keys of templates by version, behind one port: made, used, and destroyed for ever. A version is two keys in two files:
// one that wraps data keys, one that the secret transform is drawn from.
import type { Random } from './adapters/system.ts';
import type { KeyFiles } from './key-files.ts';
import { PlainError } from './plain-error.ts';
import { createTemplateSealer } from './templates.ts';
import type { TemplateSealer } from './templates.ts';

export interface TemplateKeys {
  /** Seals and opens records of this version. Throws PlainError where its keys are not in the folder, or damaged. */
  sealer(version: number): Promise<TemplateSealer>;
  /** Makes the keys of a version, unless there are some. */
  make(version: number): Promise<void>;
  /** Takes a version out of this process's memory; its files stay. */
  drop(version: number): void;
  /** Overwrites and removes the files of a version: whatever is sealed under it, in any backup of the database, is lost. */
  destroy(version: number): Promise<void>;
  /** Versions that have files. */
  versions(): number[];
}

const keyBytes = 32;
const firstVersion = 1;
const wrapFile = (version: number): string => `templates-${version}.key`;
const transformFile = (version: number): string => `transform-${version}.key`;

export function createTemplateKeys(deps: { files: KeyFiles; random: Random; installationId: string }): TemplateKeys {
  const { files, random, installationId } = deps;
  const opened = new Map<number, Promise<TemplateSealer>>();
  const newKey = (): Uint8Array => random.bytes(keyBytes);

  function sealer(version: number): Promise<TemplateSealer> {
    const known = opened.get(version) ?? open(version);
    opened.set(version, known);
    known.catch(() => opened.delete(version));
    return known;
  }

  async function open(version: number): Promise<TemplateSealer> {
    const masterKey = await read(wrapFile(version));
    // The first version may be older than transforms; its records say so too, and open in no other way.
    const transformKey = version === firstVersion && !files.has(transformFile(version)) ? undefined : await read(transformFile(version));
    return createTemplateSealer({ installationId, masterKey, transformKey, keyVersion: version, random });
  }

  async function read(name: string): Promise<Buffer> {
    const bytes = await files.read(name);
    if (!bytes) throw new PlainError(`The vault's key ${name} is not in the keys folder: bring it back from its backup.`);
    if (bytes.length !== keyBytes) throw new PlainError(`The vault's key ${name} is damaged: bring it back from the backup of the keys folder.`);
    return bytes;
  }

  // The wrapping key comes second: a folder that has it alone is one from before there were transforms.
  async function make(version: number): Promise<void> {
    if (files.has(wrapFile(version))) return;
    await files.readOrMake(transformFile(version), newKey);
    await files.readOrMake(wrapFile(version), newKey);
  }

  const drop = (version: number): void => void opened.delete(version);

  async function destroy(version: number): Promise<void> {
    drop(version);
    for (const name of [wrapFile(version), transformFile(version)]) await files.destroy(name);
  }

  const versions = (): number[] => files.names().flatMap((name) => versionIn(name)).sort((a, b) => a - b);

  return { sealer, make, drop, destroy, versions };
}

function versionIn(fileName: string): number[] {
  const [, version] = /^templates-([1-9][0-9]*)\.key$/.exec(fileName) ?? [];
  return version === undefined ? [] : [Number(version)];
}
