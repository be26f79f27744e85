// A whole vault over a real database for tests: fake or real engine, a clock that only moves when told, and the calls a
// server would make, by name.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import { vaultPaths } from '@sonrisa/protocol/vault-api.ts';
import type { MintLook } from '@sonrisa/protocol/vault-api.ts';
import { createTestDatabase } from '../../../../tools/test-database.ts';
import type { TestDatabase } from '../../../../tools/test-database.ts';
import { systemRandom } from '../adapters/system.ts';
import { openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import type { FaceEngine } from '../face-engine.ts';
import { openKeyFiles } from '../key-files.ts';
import { openKeyRing } from '../keys.ts';
import { createLog } from '../log.ts';
import { createVault } from '../vault.ts';
import type { VaultDeps } from '../vault.ts';
import { createFakeEngine } from './fake-engine.ts';
import { createTestTerminal } from './terminal.ts';

export const migrationsDir = fileURLToPath(new URL('../db/migrations', import.meta.url));
const secret = 'a secret that is only used in tests';

export const createVaultDatabase = (name: string): Promise<TestDatabase> =>
  createTestDatabase({ migrationsDir, name, migrate: (url) => withDatabase(url, (db) => migrate(db, migrationsDir)) });

export async function withDatabase<Result>(url: string, use: (db: ReturnType<typeof openDatabase>) => Promise<Result>): Promise<Result> {
  const db = openDatabase({ url, onIdleError: () => undefined });
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}

export type TestVault = Awaited<ReturnType<typeof startTestVault>>;

export async function startTestVault(
  input: { url: string; keysDir: string; engine?: FaceEngine; logTo?: { write(line: string): void } } & Partial<
    Pick<VaultDeps, 'mode' | 'budget' | 'confirm' | 'wrapGallery'>
  >,
) {
  const { url, keysDir, engine = createFakeEngine(), logTo, mode = 'sandbox', budget = 1e-3, ...rest } = input;
  const time = { nowMs: 1_800_000_000_000 };
  const waiting = new Set<() => void>();
  const db = openDatabase({ url, onIdleError: () => undefined });
  const keys = await openKeyRing({ files: openKeyFiles(keysDir), random: systemRandom });
  const terminal = await createTestTerminal();
  const vault = await createVault({
    db,
    engine,
    keys,
    log: createLog({ level: logTo ? 'trace' : 'silent', ...(logTo ? { destination: logTo } : {}) }),
    clock: { nowMs: () => time.nowMs },
    random: systemRandom,
    schedule: (work) => {
      waiting.add(work);
      return () => void waiting.delete(work);
    },
    mode,
    budget,
    secret,
    ...rest,
  });

  type Body = { method: 'GET' | 'POST' | 'PUT'; url: string; payload?: object | Buffer; type?: string };
  async function call({ method, url: path, payload, type = 'application/json' }: Body) {
    const headers = { authorization: `Bearer ${secret}`, ...(payload ? { 'content-type': type } : {}) };
    const reply = await vault.app.inject({ method, url: path, headers, ...(payload ? { payload } : {}) });
    return { status: reply.statusCode, body: reply.json<Record<string, unknown>>() };
  }
  const mint = (look: MintLook) => call({ method: 'POST', url: vaultPaths.looks, payload: look });
  const submit = (nonce: string, sealed: Uint8Array) =>
    call({ method: 'PUT', url: vaultPaths.capture(nonce), payload: Buffer.from(sealed), type: 'application/octet-stream' });

  /** Mints a look, and seals frames for it as it wants them. */
  async function look(request: MintLook, frames: readonly Uint8Array<ArrayBuffer>[]) {
    const minted = await mint(request);
    if (minted.status !== 201) throw new Error(`no look: ${JSON.stringify(minted.body)}`);
    const ticket = minted.body as unknown as LookTicket;
    const bound = { nonce: ticket.nonce, purpose: request.purpose, subjectId: request.subjectId };
    const sealed = await terminal.seal({ bound, frames, vaultKey: keys.exported.sealing.jwk });
    return { nonce: ticket.nonce, bound, sealed, submit: () => submit(ticket.nonce, sealed) };
  }

  const payment = (subjectId: string): MintLook => ({
    purpose: 'payment',
    subjectId,
    amountMinor: '1250',
    currency: 'CNY',
    merchantId: 'mer_1',
    storeId: 'sto_1',
    signerThumbprint: terminal.thumbprint,
  });
  const enrolment = (payerRef: string, more: { faceEpoch?: number; lastFour?: string; subjectId?: string } = {}): MintLook => ({
    purpose: 'enrolment',
    subjectId: more.subjectId ?? `enr_${payerRef}_${more.faceEpoch ?? 1}`,
    payerRef,
    faceEpoch: more.faceEpoch ?? 1,
    lastFour: more.lastFour ?? '0000',
    signerThumbprint: terminal.thumbprint,
  });
  const verification = (payerRef: string, subjectId = `ver_${payerRef}`): MintLook => ({
    purpose: 'verification',
    subjectId,
    payerRef,
    signerThumbprint: terminal.thumbprint,
  });

  return {
    ...vault,
    db,
    keys,
    terminal,
    time,
    /** Runs what was scheduled for later. */
    ringTimers: () => [...waiting].forEach((work) => work()),
    call,
    mint,
    submit,
    look,
    payment,
    enrolment,
    verification,
    take: async (request: MintLook, frames: readonly Uint8Array<ArrayBuffer>[]) => (await look(request, frames)).submit(),
    digits: (nonce: string, digits: string) => call({ method: 'POST', url: vaultPaths.digits(nonce), payload: { digits } }),
    forget: (payerRef: string, faceEpoch: number) => call({ method: 'POST', url: vaultPaths.forget(payerRef), payload: { faceEpoch } }),
    stats: () => call({ method: 'GET', url: vaultPaths.stats }),
    stop: async () => {
      await vault.app.close();
      await db.close();
    },
  };
}

/** A folder for keys that goes away with the test. */
export function temporaryKeys(): { dir: string; remove(): void } {
  const dir = mkdtempSync(join(tmpdir(), 'sonrisa-keys-'));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
