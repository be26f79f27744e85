// The vault over HTTP: a bearer secret, a time limit on each call, and the vault's own problem codes handed on. Sealed
// captures pass through as bytes nobody here can read.
import { lookTicketSchema } from '@sonrisa/protocol/capture.ts';
import { ProblemError, isProblemCode, problemSchema } from '@sonrisa/protocol/problem.ts';
import { verifyReceipt, type VerifiedReceipt } from '@sonrisa/protocol/receipt.ts';
import {
  activatedSchema,
  FramesSeenError,
  framesSeenFact,
  captureOutcomeSchema,
  faceStateSchema,
  digitsOutcomeSchema,
  forgottenSchema,
  lookAlikesSchema,
  type LookAlikes,
  toldApartSchema,
  vaultKeysSchema,
  vaultPaths,
  vaultStatsSchema,
  type Activated,
  type FaceState,
  type Forgotten,
  type ToldApart,
  type VaultKeys,
  type VaultStats,
} from '@sonrisa/protocol/vault-api.ts';
import { importJWK, type CryptoKey } from 'jose';
import type { z } from 'zod';
import type { VaultClient as PaymentsVault } from '../payments/index.ts';
import type { Clock } from './clock.ts';

export type Vault = PaymentsVault & {
  /** Lets tills recognise an enrolled face, once its account is open. May be asked again. */
  activate(payerRef: string, faceEpoch: number): Promise<Activated>;
  forget(payerRef: string, faceEpoch: number): Promise<Forgotten>;
  /** Whether the vault has a face of this payer that it can compare. */
  faceState(payerRef: string): Promise<FaceState>;
  /** Payers whose faces were found alike when one of the two became active. */
  lookAlikes(payerRef: string): Promise<LookAlikes>;
  /** Lifts the mark of a pair that an officer found to be two people. May be asked again. */
  tellApart(payerRef: string, otherRef: string): Promise<ToldApart>;
  /** Cached: asked again after a while, and when a receipt names a key not known yet. */
  keys(): Promise<VaultKeys>;
  verifyReceipt(receipt: string): Promise<VerifiedReceipt>;
  stats(): Promise<VaultStats>;
  isUp(): Promise<boolean>;
};

const callTimeoutMs = 5_000;
/** A capture waits for a worker and is matched against the whole gallery. */
const captureTimeoutMs = 20_000;
const healthTimeoutMs = 1_000;
const keysFreshMs = 60_000;

export function createVaultClient({ url, secret, clock }: { url: string; secret: string; clock: Clock }): Vault {
  const call = <Answer extends z.ZodType>(path: string, schema: Answer, request: CallRequest) => callVault({ url, secret, path, schema, request });
  let known: { keys: VaultKeys; readAtMs: number } | undefined;
  const keys = async (wantedKeyId?: string) => {
    const fresh = known && clock.nowMs() - known.readAtMs < keysFreshMs && (wantedKeyId === undefined || known.keys.receipts.keyId === wantedKeyId);
    if (!known || !fresh) known = { keys: await call(vaultPaths.keys, vaultKeysSchema, { method: 'GET' }), readAtMs: clock.nowMs() };
    return known.keys;
  };
  return {
    mintLook: (look) => call(vaultPaths.looks, lookTicketSchema, { method: 'POST', json: look }),
    capture: ({ nonce, of, sealed }) => call(`${vaultPaths.capture(encodeURIComponent(nonce))}?${new URLSearchParams(of)}`, captureOutcomeSchema, { method: 'PUT', bytes: sealed, timeoutMs: captureTimeoutMs }),
    digits: (nonce, digits) => call(vaultPaths.digits(encodeURIComponent(nonce)), digitsOutcomeSchema, { method: 'POST', json: { digits } }),
    activate: (payerRef, faceEpoch) => call(vaultPaths.activate(encodeURIComponent(payerRef)), activatedSchema, { method: 'POST', json: { faceEpoch } }),
    forget: (payerRef, faceEpoch) => call(vaultPaths.forget(encodeURIComponent(payerRef)), forgottenSchema, { method: 'POST', json: { faceEpoch } }),
    faceState: (payerRef) => call(vaultPaths.face(encodeURIComponent(payerRef)), faceStateSchema, { method: 'GET' }),
    lookAlikes: (payerRef) => call(vaultPaths.lookAlikes(encodeURIComponent(payerRef)), lookAlikesSchema, { method: 'GET' }),
    tellApart: (payerRef, otherRef) => call(vaultPaths.tellApart(encodeURIComponent(payerRef)), toldApartSchema, { method: 'POST', json: { otherRef } }),
    keys: () => keys(),
    stats: () => call(vaultPaths.stats, vaultStatsSchema, { method: 'GET' }),
    verifyReceipt: async (receipt) => {
      const { receipts } = await keys(keyIdOf(receipt));
      const publicKey = (await importJWK(receipts.jwk, 'EdDSA')) as CryptoKey;
      return verifyReceipt(receipt, { publicKey, nowMs: clock.nowMs() });
    },
    isUp: () => fetch(`${url}${vaultPaths.health}`, { headers: bearer(secret), signal: AbortSignal.timeout(healthTimeoutMs) }).then(
      (answer) => answer.ok,
      () => false,
    ),
  };
}

type CallRequest = { method: 'GET' | 'POST' | 'PUT'; json?: unknown; bytes?: Uint8Array; timeoutMs?: number };

async function callVault<Answer extends z.ZodType>(input: {
  url: string;
  secret: string;
  path: string;
  schema: Answer;
  request: CallRequest;
}): Promise<z.infer<Answer>> {
  const { url, secret, path, schema, request } = input;
  let status: number;
  let body: unknown;
  try {
    const answer = await fetch(`${url}${path}`, {
      method: request.method,
      headers: { ...bearer(secret), ...contentTypeOf(request) },
      body: request.bytes ? Buffer.from(request.bytes) : request.json === undefined ? null : JSON.stringify(request.json),
      signal: AbortSignal.timeout(request.timeoutMs ?? callTimeoutMs),
      redirect: 'error',
    });
    status = answer.status;
    body = await answer.json();
  } catch (error) {
    throw new ProblemError('vault_unavailable', { cause: error });
  }
  if (status >= 400) throw problemOf(status, body);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ProblemError('vault_unavailable', { cause: parsed.error });
  return parsed.data;
}

// A 401 or 5xx is between the vault and this server: whoever asked us can only wait, or pay another way.
function problemOf(status: number, body: unknown): ProblemError {
  const problem = problemSchema.safeParse(body);
  const code = problem.data?.code;
  if (!problem.success || code === undefined || !isProblemCode(code) || ownAffairs.has(code)) {
    return new ProblemError('vault_unavailable', { cause: new Error(`the vault answered ${status} ${code ?? ''}`) });
  }
  // What stopped a capture is between the vault and this server: whoever sent it is told no more than that it was stopped.
  if (code === 'liveness_failed') return problem.data.facts?.[framesSeenFact] === true ? new FramesSeenError() : new ProblemError(code);
  return new ProblemError(code, problem.data.facts ? { facts: problem.data.facts } : {});
}

const ownAffairs: ReadonlySet<string> = new Set(['unauthorised', 'internal', 'not_found', 'input_invalid', 'media_type_unsupported']);

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

function contentTypeOf(request: CallRequest): Record<string, string> {
  if (request.bytes) return { 'content-type': 'application/octet-stream' };
  return request.json === undefined ? {} : { 'content-type': 'application/json' };
}

function keyIdOf(receipt: string): string | undefined {
  try {
    const header = JSON.parse(Buffer.from(receipt.split('.')[0] ?? '', 'base64url').toString('utf8')) as { kid?: unknown };
    return typeof header.kid === 'string' ? header.kid : undefined;
  } catch {
    return undefined;
  }
}
