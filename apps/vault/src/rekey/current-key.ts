// Before a vault serves: the keys that records are sealed under are there and whole, and are made where there is nothing yet.
import type { Database } from '../db/database.ts';
import { PlainError } from '../plain-error.ts';
import type { TemplateKeys } from '../template-keys.ts';

/** Throws PlainError when records are sealed under keys that are gone: new ones would open none of them. */
export async function openCurrentKeys({ db, templateKeys }: { db: Database; templateKeys: TemplateKeys }): Promise<void> {
  const inUse = await db.rows<{ version: number }>('SELECT DISTINCT key_version AS version FROM face_template');
  const [current] = await db.rows<{ version: number }>('SELECT version FROM template_key_current');
  const onDisk = new Set(templateKeys.versions());
  const gone = inUse.find(({ version }) => !onDisk.has(version));
  if (gone) throw new PlainError(`The template keys of version ${gone.version} are not in the vault's keys folder: bring them back from its backup. Without them no face in this database can be opened.`);
  const version = current?.version ?? 1;
  await templateKeys.make(version);
  for (const each of new Set([version, ...inUse.map((row) => row.version)])) await templateKeys.sealer(each);
}
