// Short: few keys, many retries, many cuts; and the control that never finds a key again.
import { expect, it } from 'vitest';
import { createTestDatabase } from '../tools/test-database.ts';
import { migrationsDir } from './books-database.ts';
import { addShoppers } from './crash.ts';
import { idem, type IdemReport } from './idem.ts';
import { createSeeded } from './seeded.ts';
import type { Sabotage } from './wire.ts';

async function run({ sabotage, keys, retries }: { sabotage: Sabotage; keys: number; retries: number }): Promise<IdemReport> {
  const database = await createTestDatabase({ migrationsDir, name: 'idem' });
  try {
    const payerIds = await addShoppers(database.url);
    return await idem({ url: database.url, payerIds, keys, retries, clients: 32, workers: 2, random: createSeeded(3), sabotage });
  } finally {
    await database.drop();
  }
}

it('60 keys asked 20 times each, with connections cut around COMMIT: 60 movements, the same bytes', async () => {
  const { findings, told, answers, cuts } = await run({ sabotage: 'none', keys: 60, retries: 20 });
  expect(findings).toEqual([]);
  expect([told.moved, answers]).toEqual([60, 1_200]);
  expect(cuts.after).toBeGreaterThan(0);
});

it('control: without the look-up of keys money moves again and answers differ', async () => {
  const { findings } = await run({ sabotage: 'no_keys', keys: 30, retries: 4 });
  expect(findings.join('\n')).toMatch(/^doubled: /m);
  expect(findings.join('\n')).toMatch(/^changed: /m);
});
