// Short: a real log falsified 120 times, each found; and the control that compares no roots.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../tools/test-database.ts';
import { falsify } from './audit.ts';
import { migrationsDir } from './books-database.ts';
import { createSeeded } from './seeded.ts';

let databases: TestDatabase[];
beforeAll(async () => {
  databases = [await createTestDatabase({ migrationsDir, name: 'audit' }), await createTestDatabase({ migrationsDir, name: 'audit_control' })];
});
afterAll(async () => {
  for (const database of databases) await database.drop();
});

it('120 falsified logs: each is found', async () => {
  const report = await falsify({ url: databases[0]!.url, rounds: 120, random: createSeeded(5) });
  expect(report).toEqual({ rounds: 120, damaged: 60, transfers: 50, checkpoints: 5, findings: [] });
});

it('control: without roots some get through', async () => {
  const { findings } = await falsify({ url: databases[1]!.url, rounds: 120, random: createSeeded(5), without: 'root' });
  expect(findings.join('\n')).toMatch(/not found: .*the chain made to fit|not found: .*whole chain made to fit/);
});
