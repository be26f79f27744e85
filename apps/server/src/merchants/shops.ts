// Merchants, their stores, keys and menus, as the people who run the installation set them up: by the operator API or on the command line.
import { isCurrency } from '@sonrisa/ledger/money.ts';
import type { Fees } from '@sonrisa/protocol/money-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Merchant, MerchantDetails, MerchantKey, MintedKey, NewMerchant, NewStore, Store } from '@sonrisa/protocol/set-up-api.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { Database, FeeTermsRow, MenuItemRow } from '../db/database.ts';

/** `origin`: who asks and under which key. The same origin again is the same merchant or store, also after a crash. */
export type Shops = {
  /** Throws `currency_mismatch` for a currency that is not counted here. */
  addMerchant(input: NewMerchant & { origin: string }): Promise<Merchant>;
  /** Newest first. */
  list(limit: number): Promise<Merchant[]>;
  /** Throws `not_found`, as everything below does for a merchant that is not there. */
  read(merchantId: string): Promise<MerchantDetails>;
  addStore(input: NewStore & { merchantId: string; origin: string }): Promise<Store>;
  /** Whose store it is. Throws `not_found`. */
  merchantOf(storeId: string): Promise<string>;
  setMenu(input: { merchantId: string; items: readonly MenuItemRow[] }): Promise<{ merchantId: string; items: number }>;
  /** The key is told once; only its hash stays. */
  addKey(input: { merchantId: string; label: string }): Promise<MintedKey>;
  /** Its next request is refused; said of one that is off already, the answer is the same. Throws `not_found`. */
  revokeKey(input: { merchantId: string; keyId: string }): Promise<MerchantKey>;
};

export type ShopsDeps = { db: Database; clock: Clock; tokens: Tokens; ids: Pick<Ids, 'from'>; mode: 'sandbox' | 'production' };

export function createShops(deps: ShopsDeps): Shops {
  const { db } = deps;
  return {
    addMerchant: (input) => addMerchant(deps, input),
    list: (limit) => readMerchants(db, { limit }),
    read: (merchantId) => details(db, merchantId),
    addStore: (input) => addStore(deps, input),
    merchantOf: async (storeId) => {
      const store = await db.selectFrom('store').select('merchant_id').where('id', '=', storeId).executeTakeFirst();
      if (!store) throw new ProblemError('not_found');
      return store.merchant_id;
    },
    setMenu: async ({ merchantId, items }) => {
      const set = await db.updateTable('merchant').set({ menu: JSON.stringify(items) }).where('id', '=', merchantId).returning('id').executeTakeFirst();
      if (!set) throw new ProblemError('not_found');
      return { merchantId, items: items.length };
    },
    addKey: (input) => addKey(deps, input),
    revokeKey: (input) => revokeKey(deps, input),
  };
}

async function addMerchant({ db, ids, clock }: ShopsDeps, { origin, fees, ...input }: NewMerchant & { origin: string }): Promise<Merchant> {
  const id = ids.from('merchant', `merchant\0${origin}`);
  if (!isCurrency(input.currency)) throw new ProblemError('currency_mismatch');
  const { basisPoints, ...terms } = fees;
  await db
    .insertInto('merchant')
    .values({ id, name: input.name, name_zh: input.nameZh, currency: input.currency, category_code: input.categoryCode, fee_basis_points: basisPoints, fee_terms: JSON.stringify(terms), created_at: new Date(clock.nowMs()) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return one(await readMerchants(db, { merchantId: id, limit: 1 }));
}

async function addStore({ db, ids, clock }: ShopsDeps, { origin, merchantId, ...input }: NewStore & { merchantId: string; origin: string }): Promise<Store> {
  await requireMerchant(db, merchantId);
  const id = ids.from('store', `store\0${merchantId}\0${origin}`);
  await db
    .insertInto('store')
    .values({
      id, merchant_id: merchantId, name: input.name, name_zh: input.nameZh, address: input.address, time_zone: input.timeZone, pin_from_minor: BigInt(input.pinFromMinor),
      latitude: input.place?.latitude ?? null, longitude: input.place?.longitude ?? null, created_at: new Date(clock.nowMs()),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  return one((await storesOf(db, merchantId)).filter((store) => store.id === id));
}

async function addKey({ db, tokens, clock, mode }: ShopsDeps, { merchantId, label }: { merchantId: string; label: string }): Promise<MintedKey> {
  await requireMerchant(db, merchantId);
  // Told apart by eye, as the sandbox's own are.
  const key = `sk_${mode === 'production' ? 'live' : 'test'}_${tokens.mint().token}`;
  const { id } = await db
    .insertInto('merchant_key')
    .values({ key_hash: tokens.hash(key), merchant_id: merchantId, label, created_at: new Date(clock.nowMs()) })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { ...one((await keysOf(db, merchantId)).filter((each) => each.id === id)), key };
}

async function revokeKey({ db, clock }: ShopsDeps, { merchantId, keyId }: { merchantId: string; keyId: string }): Promise<MerchantKey> {
  await db
    .updateTable('merchant_key')
    .set({ revoked_at: new Date(clock.nowMs()) })
    .where('id', '=', keyId)
    .where('merchant_id', '=', merchantId)
    .where('revoked_at', 'is', null)
    .execute();
  return one((await keysOf(db, merchantId)).filter((key) => key.id === keyId));
}

async function details(db: Database, merchantId: string): Promise<MerchantDetails> {
  const merchant = one(await readMerchants(db, { merchantId, limit: 1 }));
  return { ...merchant, storeList: await storesOf(db, merchantId), keys: await keysOf(db, merchantId) };
}

async function requireMerchant(db: Database, merchantId: string): Promise<void> {
  const known = await db.selectFrom('merchant').select('id').where('id', '=', merchantId).executeTakeFirst();
  if (!known) throw new ProblemError('not_found');
}

type MerchantRow = { id: string; name: string; name_zh: string; currency: string; category_code: string | null; fee_basis_points: number; fee_terms: FeeTermsRow; stores: number; menu_items: number; created_at: Date };

async function readMerchants(db: Database, { merchantId, limit }: { merchantId?: string; limit: number }): Promise<Merchant[]> {
  const { rows } = await sql<MerchantRow>`
    SELECT id, name, name_zh, currency, category_code, fee_basis_points, fee_terms, created_at, jsonb_array_length(menu) AS menu_items,
           (SELECT count(*)::int FROM store WHERE store.merchant_id = merchant.id) AS stores
      FROM merchant WHERE ${merchantId ?? null}::text IS NULL OR id = ${merchantId ?? null} ORDER BY created_at DESC, id LIMIT ${limit}`.execute(db);
  return rows.map((row) => ({
    id: row.id, name: row.name, nameZh: row.name_zh, currency: row.currency, categoryCode: row.category_code,
    fees: { basisPoints: row.fee_basis_points, ...row.fee_terms } as Fees,
    stores: row.stores, menuItems: row.menu_items, createdAtMs: row.created_at.getTime(),
  }));
}

async function storesOf(db: Database, merchantId: string): Promise<Store[]> {
  const rows = await db.selectFrom('store').selectAll().where('merchant_id', '=', merchantId).orderBy('created_at').orderBy('id').execute();
  return rows.map((row) => ({
    id: row.id, merchantId: row.merchant_id, name: row.name, nameZh: row.name_zh, address: row.address, timeZone: row.time_zone, pinFromMinor: String(row.pin_from_minor),
    place: row.latitude === null || row.longitude === null ? null : { latitude: row.latitude, longitude: row.longitude },
    createdAtMs: row.created_at.getTime(),
  }));
}

async function keysOf(db: Database, merchantId: string): Promise<MerchantKey[]> {
  const rows = await db.selectFrom('merchant_key').select(['id', 'label', 'created_at', 'revoked_at']).where('merchant_id', '=', merchantId).orderBy('created_at').orderBy('id').execute();
  return rows.map((row) => ({ id: row.id, label: row.label, createdAtMs: row.created_at.getTime(), revokedAtMs: row.revoked_at?.getTime() ?? null }));
}

function one<Found>(found: readonly Found[]): Found {
  if (found[0] === undefined) throw new ProblemError('not_found');
  return found[0];
}
