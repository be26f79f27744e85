// Live re-keying. New keys are made, new records are sealed under them from that moment, and every record of older keys is
// sealed anew, a batch at a time, by whichever processes have time. A search reads what it finds: a record under the old keys
// or under the new, both of which every process can open, so none fails meanwhile. Memory holds no key's form, and stays as it is.
//
// All processes share one keys folder: the files of the new version are there before any record is under it.
import type { RekeyProgress } from '@sonrisa/protocol/vault-api.ts';
import type { Clock } from '../adapters/system.ts';
import type { Database, Queries } from '../db/database.ts';
import { unlessServiceFailed } from '../key-service.ts';
import type { TemplateKeys } from '../template-keys.ts';

export interface Rekeying {
  /** Begins, unless one is under way. */
  start(): Promise<RekeyProgress>;
  progress(): Promise<RekeyProgress>;
  /** Seals anew what is left, if anything, and destroys keys that nothing is under any more. Returns records it sealed anew. */
  round(): Promise<number>;
}

export interface RekeyDeps {
  readonly db: Database;
  readonly templateKeys: TemplateKeys;
  readonly clock: Clock;
  readonly log: { info(facts: object, text: string): void; error(facts: object, text: string): void };
}

const batchRecords = 200;
/** A reader opens a record within moments of reading it; statements end after half of this. */
export const keyKeptMs = 60_000;

type Sealed = { id: string; payer_ref: string; epoch: number; pack_id: string; key_version: number; wrapped_key: Buffer; ciphertext: Buffer };

export function createRekeying(deps: RekeyDeps): Rekeying {
  const { db, templateKeys, log } = deps;
  let underWay: Promise<number> | null = null;

  // The keys are made, and seen to open, before any lock is held and any record is under them: a key service may take its
  // time, or fail, and then nothing has begun.
  async function start(): Promise<RekeyProgress> {
    const { state, keyVersion: before } = await progressOf(db);
    if (state !== 'resealing') {
      const next = before + 1;
      await templateKeys.make(next);
      await templateKeys.sealer(next);
      await db.transaction(async (tx) => {
        const [current] = await tx.rows<{ version: number }>('SELECT version FROM template_key_current FOR UPDATE');
        if (current?.version !== before) return;
        await tx.rows('INSERT INTO template_key (version) VALUES ($1)', [next]);
        await tx.rows('UPDATE template_key_current SET version = $1', [next]);
        log.info({ keyVersion: next }, 're-keying has begun');
      });
    }
    return progressOf(db);
  }

  function round(): Promise<number> {
    underWay ??= resealAll(deps)
      .then(async (resealed) => {
        await retire(deps);
        return resealed;
      })
      .finally(() => {
        underWay = null;
      });
    return underWay;
  }

  return { start, progress: () => progressOf(db), round };
}

async function progressOf(queries: Queries): Promise<RekeyProgress> {
  const [row] = await queries.rows<{ version: number; records: number; left: number; older: number }>(
    `SELECT c.version, (SELECT count(*)::int FROM face_template) AS records,
            (SELECT count(*)::int FROM face_template t WHERE t.key_version < c.version) AS left,
            (SELECT count(*)::int FROM template_key k WHERE k.version < c.version AND k.destroyed_at IS NULL) AS older
     FROM template_key_current c`,
  );
  const { version = 1, records = 0, left = 0, older = 0 } = row ?? {};
  const state = left > 0 ? 'resealing' : older > 0 ? 'retiring' : 'idle';
  return { state, keyVersion: version, records, left };
}

async function resealAll({ db, templateKeys, log }: RekeyDeps): Promise<number> {
  let resealed = 0;
  await openKeysInUse({ db, templateKeys });
  // A record that does not open is passed over, and its old keys are kept: only whoever runs this can know what became of it.
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const batch: { last: string | undefined; resealed: number; damaged: string[] } = await db.transaction((tx) => resealBatch(tx, { templateKeys, after: after ?? '0' }));
    for (const payerRef of batch.damaged) log.error({ payerRef }, 'a template record does not open and was not re-keyed');
    resealed += batch.resealed;
    after = batch.last;
  }
  if (resealed > 0) log.info({ records: resealed }, 'records were re-keyed');
  return resealed;
}

// Before any record is locked: where a key service has to be asked, nobody waits for it, and where it fails the next round
// begins again. So a process that did not begin the re-keying also has the new keys at hand before it meets a record of theirs.
async function openKeysInUse({ db, templateKeys }: Pick<RekeyDeps, 'db' | 'templateKeys'>): Promise<void> {
  const rows = await db.rows<{ version: number }>('SELECT version FROM template_key_current UNION SELECT DISTINCT key_version FROM face_template');
  for (const { version } of rows) await templateKeys.sealer(version).catch(unlessServiceFailed);
}

// Who is being erased or enrolled right now is passed over, and met again in the next round if they are still there.
async function resealBatch(tx: Queries, { templateKeys, after }: { templateKeys: TemplateKeys; after: string }) {
  const rows = await tx.rows<Sealed>(
    `SELECT t.id, t.payer_ref, t.epoch, t.pack_id, t.key_version, t.wrapped_key, t.ciphertext
     FROM face_template t WHERE t.key_version < (SELECT version FROM template_key_current) AND t.id > $1
     ORDER BY t.id LIMIT ${batchRecords} FOR UPDATE OF t SKIP LOCKED`,
    [after],
  );
  const [current] = await tx.rows<{ version: number }>('SELECT version FROM template_key_current');
  const done: { id: string; wrappedKey: Buffer; ciphertext: Buffer }[] = [];
  const damaged: string[] = [];
  if (!current || rows.length === 0) return { last: undefined, resealed: 0, damaged };
  const sealer = await templateKeys.sealer(current.version);
  for (const row of rows) {
    const owner = { payerRef: row.payer_ref, epoch: row.epoch, packId: row.pack_id };
    const old = await templateKeys.sealer(row.key_version).catch(unlessServiceFailed);
    try {
      if (!old) throw new Error(`no template key of version ${row.key_version}`);
      const template = old.open({ keyVersion: row.key_version, wrappedKey: row.wrapped_key, ciphertext: row.ciphertext }, owner);
      done.push({ id: row.id, ...sealer.seal(template, owner) });
      template.wipe();
    } catch {
      damaged.push(row.payer_ref);
    }
  }
  await tx.rows(
    `UPDATE face_template t SET key_version = $1, wrapped_key = n.wrapped_key, ciphertext = n.ciphertext
     FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]) AS n (id, wrapped_key, ciphertext) WHERE t.id = n.id`,
    [current.version, done.map(({ id }) => id), done.map(({ wrappedKey }) => wrappedKey), done.map(({ ciphertext }) => ciphertext)],
  );
  return { last: rows.at(-1)?.id, resealed: done.length, damaged };
}

// Keys leave memory and disk a while after the last record left them: somebody may have read a record just before.
async function retire({ db, templateKeys, clock, log }: RekeyDeps): Promise<void> {
  const now = new Date(clock.nowMs());
  await db.rows(
    `UPDATE template_key k SET emptied_at = $1
     WHERE k.emptied_at IS NULL AND k.version < (SELECT version FROM template_key_current) AND NOT EXISTS (SELECT FROM face_template t WHERE t.key_version <= k.version)`,
    [now],
  );
  const due = await db.rows<{ version: number; destroyed: boolean }>('SELECT version, destroyed_at IS NOT NULL AS destroyed FROM template_key WHERE emptied_at <= $1', [
    new Date(now.getTime() - keyKeptMs),
  ]);
  const onDisk = new Set(templateKeys.versions());
  for (const { version, destroyed } of due) {
    templateKeys.drop(version);
    if (onDisk.has(version)) await templateKeys.destroy(version);
    if (destroyed) continue;
    await db.rows('UPDATE template_key SET destroyed_at = $2 WHERE version = $1', [version, now]);
    log.info({ keyVersion: version }, 'old template keys were destroyed');
  }
}
