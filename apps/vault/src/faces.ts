// Faces in the database: the only truth about who can be recognised. Templates leave here sealed or not at all.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { FaceState, LookAlikes } from '@sonrisa/protocol/vault-api.ts';
import type { Queries } from './db/database.ts';
import { unlessServiceFailed } from './key-service.ts';
import type { SecretTemplate } from './secret-template.ts';
import type { TemplateKeys } from './template-keys.ts';
import type { SealedTemplate, TemplateSealer } from './templates.ts';

export interface FaceRow {
  readonly payerRef: string;
  readonly epoch: number;
  /** Somebody enrolled looks alike, and nobody has found yet that these are two people. */
  readonly lookAlike: boolean;
  /** Whom an officer told apart from this payer. */
  readonly toldApartFrom: readonly string[];
  readonly templates: readonly SecretTemplate[];
}

/** Cosine to somebody else's face, and from which on it counts as alike among so many people. */
export type Alike = { readonly payerRef: string; readonly score: number; readonly scoreMin: number };

export interface Faces {
  /**
   * Opened templates of active faces; whoever asked wipes them. A damaged row counts as no face, and is reported. Throws
   * KeyServiceError where a key service has to be asked for a key and cannot be.
   */
  open(queries: Queries, payerRefs: readonly string[]): Promise<FaceRow[]>;
  /** The same of a face that waits for its account to open. */
  openPending(queries: Queries, input: { payerRef: string; epoch: number }): Promise<FaceRow | undefined>;
  /** The next `limit` payers with an active face after `after`, in order. */
  page(queries: Queries, input: { after: string; limit: number }): Promise<string[]>;
  /** Payers with an active face. */
  withLastFour(queries: Queries, hmac: Buffer): Promise<string[]>;
  /** Replaces whatever was kept of this payer by a face that is pending. */
  replace(tx: Queries, input: { payerRef: string; epoch: number; lastFourHmac: Buffer; enrolledAt: Date; templates: readonly SecretTemplate[] }): Promise<void>;
  /** Whether the face of this epoch is active now. */
  activate(tx: Queries, input: { payerRef: string; epoch: number; at: Date }): Promise<boolean>;
  /** Erases faces that were enrolled before `before` and never became active. */
  erasePending(queries: Queries, before: Date): Promise<void>;
  /** Number of templates that were erased. */
  erase(tx: Queries, payerRef: string): Promise<number>;
  markLookAlikes(tx: Queries, input: { payerRef: string; others: readonly Alike[]; foundAt: Date }): Promise<void>;
  /** Without those that were told apart. */
  lookAlikesOf(queries: Queries, payerRef: string): Promise<LookAlikes['alikes']>;
  /** Lifts the mark of a pair until one of the two is erased; said again, the answer is the same. Whether there is such a pair. */
  tellApart(queries: Queries, input: { payerRef: string; otherRef: string; at: Date }): Promise<boolean>;
  /** Locks the payer, known or not, until the transaction ends; the epoch below which it may not be enrolled. */
  lockPayer(tx: Queries, payerRef: string): Promise<{ epochMin: number }>;
  raiseEpoch(tx: Queries, input: { payerRef: string; epochMin: number }): Promise<void>;
  /** Whether this payer has a face, and one that can be compared. */
  stateOf(queries: Queries, payerRef: string): Promise<FaceState>;
  /** People with an active face that another pack enrolled. */
  waitingForNewLook(queries: Queries): Promise<number>;
  /** Of active faces. */
  counts(queries: Queries): Promise<{ faces: number; templates: number; lookAlikes: number }>;
}

type TemplateRow = { payer_ref: string; epoch: number; look_alike: boolean; told_apart_from: string[]; key_version: number; wrapped_key: Buffer; ciphertext: Buffer };

export function createFaces(deps: { keys: Pick<TemplateKeys, 'sealer'>; packId: string; onDamaged: (payerRef: string) => void }): Faces {
  const { keys, packId, onDamaged } = deps;

  const open = async (queries: Queries, payerRefs: readonly string[]): Promise<FaceRow[]> =>
    openRows(await queries.rows<TemplateRow>(`${selectTemplates} AND f.activated_at IS NOT NULL ${inOrder}`, [payerRefs, packId]));

  async function openPending(queries: Queries, { payerRef, epoch }: { payerRef: string; epoch: number }): Promise<FaceRow | undefined> {
    const pending = `${selectTemplates} AND f.activated_at IS NULL AND f.epoch = $3 ${inOrder}`;
    const [face] = await openRows(await queries.rows<TemplateRow>(pending, [[payerRef], packId, epoch]));
    return face;
  }

  async function openRows(rows: readonly TemplateRow[]): Promise<FaceRow[]> {
    const sealers = new Map<number, TemplateSealer | undefined>();
    for (const version of new Set(rows.map((row) => row.key_version))) sealers.set(version, await keys.sealer(version).catch(unlessServiceFailed));
    const byPayer = new Map<string, FaceRow & { templates: SecretTemplate[] }>();
    for (const row of rows) {
      const template = openRow(row, sealers.get(row.key_version));
      if (!template) continue;
      const face = byPayer.get(row.payer_ref) ?? { payerRef: row.payer_ref, epoch: row.epoch, lookAlike: row.look_alike, toldApartFrom: row.told_apart_from, templates: [] };
      face.templates.push(template);
      byPayer.set(row.payer_ref, face);
    }
    return [...byPayer.values()];
  }

  // One damaged record must not keep everybody else from being recognised.
  function openRow(row: TemplateRow, sealer: TemplateSealer | undefined): SecretTemplate | undefined {
    const sealed: SealedTemplate = { keyVersion: row.key_version, wrappedKey: row.wrapped_key, ciphertext: row.ciphertext };
    try {
      if (!sealer) throw new Error(`no template key of version ${row.key_version}`);
      return sealer.open(sealed, { payerRef: row.payer_ref, epoch: row.epoch, packId });
    } catch {
      onDamaged(row.payer_ref);
      return undefined;
    }
  }

  async function replace(tx: Queries, input: Parameters<Faces['replace']>[1]): Promise<void> {
    const { payerRef, epoch, lastFourHmac, enrolledAt, templates } = input;
    await tx.rows('DELETE FROM face_template WHERE payer_ref = $1', [payerRef]);
    await tx.rows(
      `INSERT INTO face (payer_ref, epoch, last_four_hmac, enrolled_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (payer_ref) DO UPDATE SET epoch = $2, last_four_hmac = $3, enrolled_at = $4, activated_at = NULL`,
      [payerRef, epoch, lastFourHmac, enrolledAt],
    );
    const sealer = await currentSealer(tx, keys);
    for (const template of templates) {
      const sealed = sealer.seal(template, { payerRef, epoch, packId });
      await tx.rows(
        'INSERT INTO face_template (payer_ref, epoch, pack_id, key_version, wrapped_key, ciphertext) VALUES ($1, $2, $3, $4, $5, $6)',
        [payerRef, epoch, packId, sealed.keyVersion, sealed.wrappedKey, sealed.ciphertext],
      );
    }
  }

  async function waitingForNewLook(queries: Queries): Promise<number> {
    const [row] = await queries.rows<{ people: number }>(`SELECT count(*)::int AS people FROM face f WHERE f.activated_at IS NOT NULL AND NOT ${comparable(1)}`, [packId]);
    return row?.people ?? 0;
  }

  const stateOf = (queries: Queries, payerRef: string): Promise<FaceState> => stateOfFace(queries, { payerRef, packId });

  return { open, openPending, stateOf, waitingForNewLook, replace, activate, page, withLastFour, erase, erasePending, markLookAlikes, lookAlikesOf, tellApart, lockPayer, raiseEpoch, counts };
}

async function stateOfFace(queries: Queries, { payerRef, packId }: { payerRef: string; packId: string }): Promise<FaceState> {
  const [face] = await queries.rows<{ epoch: number; active: boolean; comparable: boolean }>(
    `SELECT f.epoch, f.activated_at IS NOT NULL AS active, ${comparable(2)} AS comparable FROM face f WHERE f.payer_ref = $1`,
    [payerRef, packId],
  );
  if (!face) return { state: 'none', epoch: null };
  const state = !face.comparable ? 'other_pack' : face.active ? 'active' : 'pending';
  return { state, epoch: face.epoch };
}

// After every key was destroyed there is none until the vault starts again.
async function currentSealer(tx: Queries, keys: Pick<TemplateKeys, 'sealer'>): Promise<TemplateSealer> {
  const version = await currentKeyVersion(tx);
  return keys.sealer(version).catch((cause: unknown) => {
    throw new ProblemError('vault_unavailable', { cause });
  });
}

// Held until the transaction ends: once a re-keying has moved the version on, nothing of the old one is still to come.
async function currentKeyVersion(tx: Queries): Promise<number> {
  const [row] = await tx.rows<{ version: number }>('SELECT version FROM template_key_current FOR SHARE');
  if (!row) throw new Error('the vault has no current template key');
  return row.version;
}

const selectTemplates = `
  SELECT f.payer_ref, f.epoch, t.key_version, t.wrapped_key, t.ciphertext,
         EXISTS (SELECT 1 FROM look_alike a WHERE a.payer_ref = f.payer_ref AND a.told_apart_at IS NULL)
           OR EXISTS (SELECT 1 FROM look_alike a WHERE a.other_ref = f.payer_ref AND a.told_apart_at IS NULL) AS look_alike,
         ARRAY(SELECT other_ref FROM look_alike a WHERE a.payer_ref = f.payer_ref AND a.told_apart_at IS NOT NULL
               UNION ALL SELECT payer_ref FROM look_alike a WHERE a.other_ref = f.payer_ref AND a.told_apart_at IS NOT NULL) AS told_apart_from
  FROM face f JOIN face_template t ON t.payer_ref = f.payer_ref AND t.epoch = f.epoch AND t.pack_id = $2
  WHERE f.payer_ref = ANY ($1)`;
const comparable = (parameter: number): string =>
  `EXISTS (SELECT 1 FROM face_template t WHERE t.payer_ref = f.payer_ref AND t.epoch = f.epoch AND t.pack_id = $${parameter})`;
const inOrder = 'ORDER BY f.payer_ref, t.id';

async function page(queries: Queries, input: { after: string; limit: number }): Promise<string[]> {
  const rows = await queries.rows<{ payer_ref: string }>(
    'SELECT payer_ref FROM face WHERE payer_ref > $1 AND activated_at IS NOT NULL ORDER BY payer_ref LIMIT $2',
    [input.after, input.limit],
  );
  return rows.map((row) => row.payer_ref);
}

async function withLastFour(queries: Queries, hmac: Buffer): Promise<string[]> {
  const rows = await queries.rows<{ payer_ref: string }>('SELECT payer_ref FROM face WHERE last_four_hmac = $1 AND activated_at IS NOT NULL', [hmac]);
  return rows.map((row) => row.payer_ref);
}

// Active before stays active since when it was.
async function activate(tx: Queries, input: { payerRef: string; epoch: number; at: Date }): Promise<boolean> {
  const active = await tx.rows('UPDATE face SET activated_at = coalesce(activated_at, $3) WHERE payer_ref = $1 AND epoch = $2 RETURNING payer_ref', [
    input.payerRef,
    input.epoch,
    input.at,
  ]);
  return active.length > 0;
}

// No memory holds a pending face, so nobody needs to hear of it.
async function erasePending(queries: Queries, before: Date): Promise<void> {
  await queries.rows('DELETE FROM face WHERE activated_at IS NULL AND enrolled_at < $1', [before]);
}

async function erase(tx: Queries, payerRef: string): Promise<number> {
  const templates = await tx.rows('DELETE FROM face_template WHERE payer_ref = $1 RETURNING id', [payerRef]);
  await tx.rows('DELETE FROM face WHERE payer_ref = $1', [payerRef]);
  return templates.length;
}

// Runs whether there are any or none: an activation that finds its like does the same work as one that does not. Two people stay two
// people when one of them takes a new look.
async function markLookAlikes(tx: Queries, input: { payerRef: string; others: readonly Alike[]; foundAt: Date }): Promise<void> {
  await tx.rows(
    `INSERT INTO look_alike (payer_ref, other_ref, found_at, score, score_min)
     SELECT least($1, other.payer_ref), greatest($1, other.payer_ref), $3, max(w.score), min(w.score_min)
     FROM unnest($2::text[], $4::float8[], $5::float8[]) AS w (ref, score, score_min) JOIN face other ON other.payer_ref = w.ref
     WHERE other.payer_ref <> $1 GROUP BY other.payer_ref
     ON CONFLICT (payer_ref, other_ref) DO UPDATE SET score = EXCLUDED.score, score_min = EXCLUDED.score_min`,
    [input.payerRef, input.others.map((each) => each.payerRef), input.foundAt, input.others.map(({ score }) => score), input.others.map(({ scoreMin }) => scoreMin)],
  );
}

async function lookAlikesOf(queries: Queries, payerRef: string): Promise<LookAlikes['alikes']> {
  return queries.rows<LookAlikes['alikes'][number]>(
    `SELECT CASE WHEN payer_ref = $1 THEN other_ref ELSE payer_ref END AS "payerRef", score, score_min AS "scoreMin"
       FROM look_alike WHERE (payer_ref = $1 OR other_ref = $1) AND told_apart_at IS NULL ORDER BY 1`,
    [payerRef],
  );
}

async function tellApart(queries: Queries, { payerRef, otherRef, at }: { payerRef: string; otherRef: string; at: Date }): Promise<boolean> {
  const told = await queries.rows(
    'UPDATE look_alike SET told_apart_at = coalesce(told_apart_at, $3) WHERE payer_ref = least($1, $2) AND other_ref = greatest($1, $2) RETURNING payer_ref',
    [payerRef, otherRef, at],
  );
  return told.length > 0;
}

// FOR UPDATE on a row that is not there locks nothing: put it there first.
async function lockPayer(tx: Queries, payerRef: string): Promise<{ epochMin: number }> {
  await tx.rows('INSERT INTO payer_epoch (payer_ref, epoch_min) VALUES ($1, 1) ON CONFLICT DO NOTHING', [payerRef]);
  const [row] = await tx.rows<{ epoch_min: number }>('SELECT epoch_min FROM payer_epoch WHERE payer_ref = $1 FOR UPDATE', [payerRef]);
  if (!row) throw new Error('a payer row vanished while it was being locked');
  return { epochMin: row.epoch_min };
}

async function raiseEpoch(tx: Queries, input: { payerRef: string; epochMin: number }): Promise<void> {
  await tx.rows('UPDATE payer_epoch SET epoch_min = greatest(epoch_min, $2) WHERE payer_ref = $1', [input.payerRef, input.epochMin]);
}

async function counts(queries: Queries): Promise<{ faces: number; templates: number; lookAlikes: number }> {
  const [row] = await queries.rows<{ faces: number; templates: number; look_alikes: number }>(
    `SELECT (SELECT count(*)::int FROM face WHERE activated_at IS NOT NULL) AS faces,
            (SELECT count(*)::int FROM face_template JOIN face USING (payer_ref, epoch) WHERE activated_at IS NOT NULL) AS templates,
            (SELECT count(*)::int FROM (SELECT payer_ref FROM look_alike WHERE told_apart_at IS NULL UNION SELECT other_ref FROM look_alike WHERE told_apart_at IS NULL) p) AS look_alikes`,
  );
  return { faces: row?.faces ?? 0, templates: row?.templates ?? 0, lookAlikes: row?.look_alikes ?? 0 };
}
