// The sandbox's first merchant: a bakery with three stores, its staff, its menu, one activation code and one key. Safe to
// run at every start: what is there is left, codes and keys follow the configuration.
import { createHash } from 'node:crypto';
import type { Currency } from '@sonrisa/ledger/money.ts';
import { makeId, type IdKind } from '@sonrisa/protocol/ids.ts';
import { sandboxKeyLabel } from '@sonrisa/protocol/set-up-api.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { Database } from '../db/database.ts';
import { normaliseActivationCode } from '../terminals/index.ts';
import { bakery, bakeryMenu, bakeryPrice } from './bakery.ts';

export type SeedDeps = { db: Database; tokens: Tokens; merchantKey: string; activationCode: string; currency: Currency };

export async function seedSandbox({ db, tokens, merchantKey, activationCode, currency }: SeedDeps): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const merchantId = idOf('merchant', bakery.name);
    const menu = JSON.stringify(bakeryMenu(currency));
    await transaction
      .insertInto('merchant')
      .values({ id: merchantId, name: bakery.name, name_zh: bakery.nameZh, currency, menu, category_code: bakery.categoryCode })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ menu }))
      .execute();
    for (const store of bakery.stores) await seedStore(transaction, { merchantId, store, currency });
    await transaction
      .insertInto('merchant_key')
      .values({ key_hash: tokens.hash(merchantKey), merchant_id: merchantId, label: sandboxKeyLabel })
      .onConflict((conflict) => conflict.column('key_hash').doNothing())
      .execute();
    await seedActivationCode(transaction, { codeHash: tokens.hash(normaliseActivationCode(activationCode)) });
  });
}

async function seedStore(transaction: Database, { merchantId, store, currency }: { merchantId: string; store: (typeof bakery.stores)[number]; currency: Currency }) {
  const storeId = idOf('store', store.name);
  await transaction
    .insertInto('store')
    .values({
      id: storeId,
      merchant_id: merchantId,
      name: store.name,
      name_zh: store.nameZh,
      time_zone: bakery.timeZone,
      pin_from_minor: bakeryPrice(bakery.pinFromHundredths, currency),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const staff = store.staff.map(({ name, role }) => ({
    id: idOf('staff', name),
    merchant_id: merchantId,
    store_id: role === 'owner' ? null : storeId,
    name,
    role,
  }));
  await transaction.insertInto('staff').values(staff).onConflict((conflict) => conflict.column('id').doNothing()).execute();
}

// An older configured code stops working as soon as another one is configured.
async function seedActivationCode(transaction: Database, { codeHash }: { codeHash: string }): Promise<void> {
  await transaction.deleteFrom('activation_code').where('reusable', '=', true).where('code_hash', '<>', codeHash).execute();
  await transaction
    .insertInto('activation_code')
    .values({ code_hash: codeHash, store_id: idOf('store', bakery.stores[0].name), reusable: true })
    .onConflict((conflict) => conflict.column('code_hash').doNothing())
    .execute();
}

// The same seed has the same ids in every sandbox.
function idOf(kind: IdKind, name: string): string {
  return makeId(kind, createHash('sha256').update(`sandbox seed\0${kind}\0${name}`).digest().subarray(0, 16));
}
