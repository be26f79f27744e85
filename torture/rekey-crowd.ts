// Made-up people for a vault's database: random directions, sealed by the product's own sealer and written in bulk; remembered, so
// that each can be compared with what is there in the end.
import type { Database } from '../apps/vault/src/db/database.ts';
import type { VaultKeyRing } from '../apps/vault/src/keys.ts';
import { SecretTemplate } from '../apps/vault/src/secret-template.ts';
import { recordsOf, valuesIn } from './rekey-vault.ts';
import type { Seeded } from './seeded.ts';

export type Crowd = {
  readonly size: number;
  add(count: number): Promise<void>;
  /** Opens every record of theirs with keys of the folder as it is now. */
  compare(keys: VaultKeyRing): Promise<{ altered: number; unopened: number }>;
};

const batchPeople = 1000;
const firstKeyVersion = 1;
/** Two rotations in float32. */
const valueErrorMax = 1e-5;

export function crowdOf(input: { db: Database; keys: VaultKeyRing; packId: string; dimensions: number; random: Seeded }): Crowd {
  const { db, keys, packId, dimensions } = input;
  const random = input.random.fork('crowd');
  const templates: Float32Array[] = [];
  const refOf = (index: number): string => `pyr_crowd_${index}`;

  async function add(count: number): Promise<void> {
    for (let left = count; left > 0; left -= batchPeople) await addBatch(Math.min(left, batchPeople));
  }

  async function addBatch(count: number): Promise<void> {
    const sealer = await keys.templateKeys.sealer(firstKeyVersion);
    const people = Array.from({ length: count }, () => {
      const payerRef = refOf(templates.length);
      const template = direction(random, dimensions);
      templates.push(template);
      const { wrappedKey, ciphertext } = sealer.seal(new SecretTemplate(Float32Array.from(template)), { payerRef, epoch: 1, packId });
      return { payerRef, wrappedKey, ciphertext, lastFour: keys.hideLastFour(String(random.int(10_000)).padStart(4, '0')) };
    });
    const refs = people.map(({ payerRef }) => payerRef);
    await db.transaction(async (tx) => {
      await tx.rows(
        `INSERT INTO face (payer_ref, epoch, last_four_hmac, enrolled_at, activated_at)
         SELECT ref, 1, hmac, now(), now() FROM unnest($1::text[], $2::bytea[]) AS p (ref, hmac)`,
        [refs, people.map(({ lastFour }) => lastFour)],
      );
      await tx.rows(
        `INSERT INTO face_template (payer_ref, epoch, pack_id, key_version, wrapped_key, ciphertext)
         SELECT ref, 1, $2, $3, wrapped, sealed FROM unnest($1::text[], $4::bytea[], $5::bytea[]) AS p (ref, wrapped, sealed)`,
        [refs, packId, firstKeyVersion, people.map(({ wrappedKey }) => wrappedKey), people.map(({ ciphertext }) => ciphertext)],
      );
    });
  }

  async function compare(now: VaultKeyRing): Promise<{ altered: number; unopened: number }> {
    let [altered, unopened] = [0, 0];
    for (let from = 0; from < templates.length; from += batchPeople) {
      const indexes = Array.from({ length: Math.min(batchPeople, templates.length - from) }, (_, i) => from + i);
      const byRef = new Map((await recordsOf(db, indexes.map(refOf))).map((record) => [record.payer_ref, record]));
      for (const index of indexes) {
        const record = byRef.get(refOf(index));
        const values = record && (await valuesIn(now, record));
        if (!values) unopened += 1;
        else if (templates[index]!.some((value, i) => Math.abs(value - (values[i] ?? NaN)) > valueErrorMax)) altered += 1;
      }
    }
    return { altered, unopened };
  }

  return {
    get size() {
      return templates.length;
    },
    add,
    compare,
  };
}

// Each value the sum of uniform ones, near enough to a bell curve for directions that favour none.
function direction(random: Seeded, dimensions: number): Float32Array {
  const values = Float32Array.from({ length: dimensions }, () => random.int(2 ** 20) + random.int(2 ** 20) + random.int(2 ** 20) - 1.5 * 2 ** 20);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
