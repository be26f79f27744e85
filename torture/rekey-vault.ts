// The vault's database and keys folder, opened beside the vault that works on them: what a backup holds, and what is there in the end.
import { readdirSync } from 'node:fs';
import { systemRandom } from '../apps/vault/src/adapters/system.ts';
import type { Database } from '../apps/vault/src/db/database.ts';
import { openKeyFiles } from '../apps/vault/src/key-files.ts';
import { openKeyRing } from '../apps/vault/src/keys.ts';
import type { VaultKeyRing } from '../apps/vault/src/keys.ts';

export type SealedRecord = { payer_ref: string; epoch: number; pack_id: string; key_version: number; wrapped_key: Buffer; ciphertext: Buffer };

const columns = 'payer_ref, epoch, pack_id, key_version, wrapped_key, ciphertext';
const backupRecordsMax = 200;

/** With the keys that are in the folder now: a ring remembers those it has opened, so what is gone needs a new one to be seen. */
export const keysIn = (keysDir: string): Promise<VaultKeyRing> => openKeyRing({ files: openKeyFiles(keysDir), random: systemRandom });

export const backupOf = (db: Database): Promise<SealedRecord[]> => db.rows<SealedRecord>(`SELECT ${columns} FROM face_template ORDER BY md5(payer_ref) LIMIT ${backupRecordsMax}`);

export const recordsOf = (db: Database, payerRefs: readonly string[]): Promise<SealedRecord[]> => db.rows<SealedRecord>(`SELECT ${columns} FROM face_template WHERE payer_ref = ANY ($1)`, [payerRefs]);

export async function countUnder(db: Database, keyVersion: number): Promise<number> {
  const [row] = await db.rows<{ records: number }>('SELECT count(*)::int AS records FROM face_template WHERE key_version = $1', [keyVersion]);
  return row?.records ?? 0;
}

/** Undefined where it does not open. */
export async function valuesIn({ templateKeys }: VaultKeyRing, record: SealedRecord): Promise<Float32Array | undefined> {
  const sealer = await templateKeys.sealer(record.key_version).catch(() => undefined);
  try {
    const sealed = { keyVersion: record.key_version, wrappedKey: record.wrapped_key, ciphertext: record.ciphertext };
    return sealer && Float32Array.from(sealer.open(sealed, { payerRef: record.payer_ref, epoch: record.epoch, packId: record.pack_id }).reveal());
  } catch {
    return undefined;
  }
}

export async function openedOf(keys: VaultKeyRing, records: readonly SealedRecord[]): Promise<number> {
  let opened = 0;
  for (const record of records) if (await valuesIn(keys, record)) opened += 1;
  return opened;
}

export const keyFilesIn = (keysDir: string): string => readdirSync(keysDir).filter((name) => /^(templates|transform)-/.test(name)).sort().join(', ');
export const keyFilesAfter = 'templates-2.key, transform-2.key';

/** Whether all are under the second keys, and these alone are there. */
export async function recordFindings(input: { db: Database; keysDir: string; recordsExpected: number; backup: readonly SealedRecord[] }): Promise<string[]> {
  const { db, keysDir, recordsExpected, backup } = input;
  const findings: string[] = [];
  const versions = await db.rows<{ version: number; records: number }>('SELECT key_version AS version, count(*)::int AS records FROM face_template GROUP BY 1 ORDER BY 1');
  for (const { version, records } of versions) if (version !== 2) findings.push(`${records} records are under key ${version}`);
  const kept = versions.reduce((sum, { records }) => sum + records, 0);
  if (kept !== recordsExpected) findings.push(`${kept} records are there, expected ${recordsExpected}`);
  if (keyFilesIn(keysDir) !== keyFilesAfter) findings.push(`the key files are ${keyFilesIn(keysDir)}`);
  const opened = await openedOf(await keysIn(keysDir), backup);
  if (opened > 0) findings.push(`${opened} of ${backup.length} records of a backup from before still open`);
  return findings;
}
