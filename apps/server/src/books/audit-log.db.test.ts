// Checkpoints and proofs over a journal of some thousand links: verified with the pure code and the public key alone.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicKey, verify } from 'node:crypto';
import { isSignedBy, parseKey, parseNote } from '@sonrisa/ledger/checkpoint.ts';
import { isConsistent, isIncluded, leafHashOf } from '@sonrisa/ledger/merkle.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tools/test-database.ts';
import { loadAuditKey } from '../adapters/audit-key.ts';
import { createPool, type Pool } from '../db/pool.ts';
import { type AuditLog, createAuditLog } from './index.ts';
import { migrationsDir, testAtMs, untilJournalMay } from './books.fixture.ts';
import { sha256Bytes } from './sha256.ts';

let database: TestDatabase;
let pool: Pool;
let auditLog: AuditLog;
const keysDir = mkdtempSync(join(tmpdir(), 'sonrisa-audit-log-'));

beforeAll(async () => {
  database = await createTestDatabase({ migrationsDir, name: 'audit_log' });
  pool = createPool({ url: database.url });
  const key = loadAuditKey({ keysDir });
  auditLog = createAuditLog({ pool, signer: key, publicKeyText: key.text });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  rmSync(keysDir, { recursive: true });
});

// Transfers on accounts that are not there, past the trigger that would refuse them: here the log is of interest, not the money.
let made = 0;
async function addTransfers(count: number): Promise<void> {
  await pool.query('ALTER TABLE transfer DISABLE TRIGGER USER');
  await pool.query(
    `INSERT INTO transfer (id, kind, currency, amount_minor, hold_id, at, content_sha256, leg_accounts, leg_amounts)
     SELECT 'trf_' || n, 'capture', 'CNY', 1, 'pay_' || n, now(), md5(n::text), '{from:CNY,to:CNY}', '{-1,1}' FROM generate_series($1::int, $2::int) n`,
    [made, made + count - 1],
  );
  await pool.query('ALTER TABLE transfer ENABLE TRIGGER USER');
  made += count;
  await untilJournalMay(pool);
}

const publicKey = () => parseKey(sha256Bytes, readFileSync(join(keysDir, 'audit-public-key.txt'), 'utf8'))!;
const checkpointIn = (note: string) => {
  const checkpoint = parseNote(note)!;
  const signed = isSignedBy(checkpoint, {
    hash: sha256Bytes,
    key: publicKey(),
    verify: ({ message, signature, publicKey: bytes }) => verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(bytes).toString('base64url') }, format: 'jwk' }), signature),
  });
  expect(signed).toBe(true);
  return checkpoint;
};
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
const sizes = [1, 255, 256, 257, 700, 1_030, 5_000];

it('a checkpoint for each time something was added, and none when nothing was', async () => {
  expect(await auditLog.extend(testAtMs)).toBeNull();
  for (const size of sizes) {
    await addTransfers(size - made);
    const checkpoint = checkpointIn((await auditLog.extend(testAtMs - size))!);
    // The clock goes back here; checkpoints do not.
    expect([checkpoint.size, checkpoint.number, checkpoint.atMs]).toEqual([size, sizes.indexOf(size) + 1, testAtMs - 1]);
    expect(await auditLog.extend(testAtMs)).toBeNull();
  }
  const { publicKey: text, checkpoints } = await auditLog.checkpoints({ limit: 3 });
  expect(text).toBe(readFileSync(join(keysDir, 'audit-public-key.txt'), 'utf8').trim());
  expect(checkpoints.map(({ size }) => size)).toEqual([5_000, 1_030, 700]);
  const { rows } = await pool.query<{ level: number; count: bigint }>('SELECT level, count(*) FROM journal_node GROUP BY level ORDER BY level');
  expect(rows.map(({ level, count }) => [level, Number(count)])).toEqual([[8, 19], [9, 9], [10, 4], [11, 2], [12, 1]]);
});

it('proves that a payment is in the newest checkpoint', async () => {
  for (const index of [0, 1, 254, 255, 256, 1_023, 4_095, 4_096, 4_999]) {
    const [{ transfer_id: id } = { transfer_id: '' }] = (await pool.query<{ transfer_id: string }>('SELECT transfer_id FROM journal WHERE seq = $1', [index + 1])).rows;
    const { checkpoint, size, waiting, proofs } = await auditLog.inclusion(id.replace('trf', 'pay'));
    expect([proofs.length, waiting, size]).toEqual([1, 0, 5_000]);
    const { root } = checkpointIn(checkpoint!);
    const [proof] = proofs;
    const leafHash = leafHashOf(sha256Bytes, new TextEncoder().encode(proof!.leaf));
    expect(proof).toMatchObject({ transferId: id, index });
    expect(isIncluded(sha256Bytes, { leafHash, index, size, path: proof!.path.map(bytesOf), root })).toBe(true);
    const other = leafHashOf(sha256Bytes, new TextEncoder().encode(proof!.leaf.replace('link', 'fake')));
    expect(isIncluded(sha256Bytes, { leafHash: other, index, size, path: proof!.path.map(bytesOf), root })).toBe(false);
  }
  await addTransfers(1);
  expect(await auditLog.inclusion('pay_5000')).toMatchObject({ waiting: 1, proofs: [] });
  await expect(auditLog.inclusion('pay_never')).rejects.toMatchObject({ code: 'payment_not_found' });
});

it('proves that each checkpoint is the beginning of every later one', async () => {
  for (const from of sizes) {
    for (const to of sizes.filter((size) => size >= from)) {
      const proof = await auditLog.consistency({ from, to });
      const path = proof.path.map(bytesOf);
      expect(isConsistent(sha256Bytes, { from: checkpointIn(proof.from), to: checkpointIn(proof.to), path })).toBe(true);
    }
  }
  for (const wrong of [{ from: 700, to: 256 }, { from: 2, to: 256 }, { from: 256, to: 9_999 }]) {
    await expect(auditLog.consistency(wrong)).rejects.toMatchObject({ code: 'input_invalid' });
  }
});

it('the key stays the same, and only its owner may read it', () => {
  const before = loadAuditKey({ keysDir }).text;
  expect(loadAuditKey({ keysDir }).text).toBe(before);
  expect(statSync(join(keysDir, 'audit-signing.pem')).mode & 0o777).toBe(0o600);
});
