// The seeded bakery: complete, the same after every start, and its codes and keys follow the configuration.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokens } from '../adapters/tokens.ts';
import { systemRandom } from '../adapters/random.ts';
import { createDatabase } from '../db/database.ts';
import { activate, freshKey, startTestServer, type TestServer } from '../testing/test-server.ts';
import { merchantKeyOf, operatorTokenOf, seedPeople, seedSandbox } from './index.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ name: 'seed' });
});
afterAll(() => server.stop());

const counts = async () => {
  const tables = ['merchant', 'store', 'staff', 'merchant_key', 'activation_code'];
  const { rows } = await server.pool.query(tables.map((table) => `SELECT '${table}' AS name, count(*)::int AS n FROM ${table}`).join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
};
const seedAgain = (activationCode: string, merchantKey = 'sk_test_other') =>
  seedSandbox({ db: createDatabase(server.pool), tokens: createTokens({ random: systemRandom }), merchantKey, activationCode, currency: 'CNY' });

describe('the sandbox seed', () => {
  it('is a bakery with three stores, staff of every role, a key and a code', async () => {
    expect(await counts()).toEqual({ merchant: 1, store: 3, staff: 7, merchant_key: 1, activation_code: 1 });
    const { rows } = await server.pool.query('SELECT DISTINCT role FROM staff ORDER BY role');
    expect(rows.map(({ role }) => role)).toEqual(['cashier', 'manager', 'owner']);
  });

  it('has two people who agree on what takes two, also after another start', async () => {
    const { people } = (await server.ask('GET', '/api/sandbox/keys')).body;
    expect(people).toHaveLength(2);
    await seedPeople({ db: createDatabase(server.pool), tokens: createTokens({ random: systemRandom }), people });
    const merchantId = (await server.pool.query('SELECT id FROM merchant')).rows[0].id;
    const proposed = await server.ask('PUT', `/api/operator/merchants/${merchantId}/fees`, { token: people[0].token, key: freshKey(), json: { basisPoints: 50, reason: 'tried' } });
    const approved = await server.ask('POST', `/api/operator/proposals/${proposed.body.id}/approve`, { token: people[1].token, key: freshKey() });
    expect(approved.body.state).toBe('done');
    expect((await server.ask('GET', '/api/operator/people', { token: people[0].token })).body.people.map(({ name }: { name: string }) => name).sort()).toEqual(['Cai Lin', 'Mia Chen']);
  });

  it('changes nothing the second time, not even while a terminal was activated with its code', async () => {
    const before = await counts();
    await activate(server);
    await seedAgain('TESTCODE', (await server.ask('GET', '/api/sandbox/keys')).body.merchantKey);
    expect(await counts()).toEqual(before);
  });

  it('with another code closes the old one', async () => {
    await seedAgain('NEWCODE2');
    await expect(activate(server)).rejects.toThrow('activation_code_invalid');
    expect((await counts()).activation_code).toBe(1);
  });
});

describe('the sandbox keys', () => {
  it('follow from the secret and say what they are', () => {
    const subKey = new Uint8Array(32).fill(9);
    expect(merchantKeyOf(subKey)).toMatch(/^sk_test_[\w-]{43}$/);
    expect(operatorTokenOf(subKey)).toMatch(/^op_test_[\w-]{43}$/);
    expect(merchantKeyOf(subKey)).toBe(merchantKeyOf(new Uint8Array(32).fill(9)));
  });
});
