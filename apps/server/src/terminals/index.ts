// Terminals: activated with a code, known by a token and the key they sign every request with, told who they are and what their store sells.
import type { MovedTerminal } from '@sonrisa/protocol/back-office-api.ts';
import type { PublicJwk } from '@sonrisa/protocol/capture.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { checkRequestSignature, type RequestHead } from '@sonrisa/protocol/request-signature.ts';
import type { activateSchema, activatedSchema, menuSchema, TerminalProfile } from '@sonrisa/protocol/terminal-api.ts';
import type { VaultKeys } from '@sonrisa/protocol/vault-api.ts';
import type { z } from 'zod';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { Random } from '../adapters/random.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { Database } from '../db/database.ts';
import { activateTerminal } from './activate.ts';
import { issueActivationCode, type ActivationCode } from './issue-code.ts';
import { movedTerminals, oneTerminal, revokeTerminal, terminalsOfMerchant } from './of-merchant.ts';
import type { MerchantTerminal } from './of-merchant.ts';
import type { Places } from './places.ts';
import { menuOf, profileOf } from './profile.ts';
import { createSeenSignatures, forgetSignatures, takeOnce, type SeenSignatures } from './seen-signatures.ts';

export { normaliseActivationCode } from './activate.ts';
export { issueActivationCode, type ActivationCode } from './issue-code.ts';
export { createPlaces, type Places } from './places.ts';

export type TerminalCall = { token: string; request: RequestHead & { hasBody: boolean } };

export type Terminal = { terminalId: string; storeId: string; merchantId: string };

/** Every refusal is thrown as a ProblemError with a catalogue code. */
export type Terminals = {
  activate(input: z.output<typeof activateSchema>): Promise<z.infer<typeof activatedSchema>>;
  /**
   * Throws `unauthorised`, `terminal_revoked` for one that was switched off, `signature_invalid` for anyone with the token but
   * not the key, `signature_stale` or `signature_replayed`.
   */
  authenticate(call: TerminalCall): Promise<Terminal>;
  profile(terminal: Terminal): Promise<TerminalProfile>;
  menu(terminal: Terminal): Promise<z.infer<typeof menuSchema>>;
  /** A code that makes one live terminal of this merchant's store, once. Throws `not_found`. */
  issueCode(input: { merchantId: string; storeId: string; kind: 'kiosk' | 'mini' }): Promise<ActivationCode>;
  ofMerchant(input: { merchantId: string; limit: number }): Promise<MerchantTerminal[]>;
  /** Undefined merchant: the operator. Throws `not_found`. */
  revoke(input: { merchantId?: string; terminalId: string }): Promise<MerchantTerminal>;
  /** Of all merchants: on a network nobody confirmed, seen there last first. */
  moved(input: { limit: number }): Promise<MovedTerminal[]>;
  /** It belongs on this network. Undefined merchant: the operator. Throws `not_found`. */
  confirmNetwork(input: Parameters<Places['confirm']>[0]): Promise<MerchantTerminal>;
  places: Places;
  /** Drops signatures that are stale by now. */
  sweep(): Promise<void>;
};

export type TerminalDeps = {
  db: Database;
  clock: Clock;
  ids: Ids;
  tokens: Tokens;
  random: Random;
  vault: { keys(): Promise<VaultKeys> };
  serverKey: { jwk: PublicJwk; thumbprint: string };
  mode: 'sandbox' | 'production';
  errorBudget: number;
  places: Places;
};

const lastSeenEveryMs = 60_000;

export function createTerminals(deps: TerminalDeps): Terminals {
  const seen = createSeenSignatures(deps.clock);
  return {
    activate: (input) => activateTerminal(deps, input),
    authenticate: (call) => authenticate(deps, seen, call),
    profile: (terminal) => profileOf(deps, terminal.terminalId),
    menu: (terminal) => menuOf(deps, terminal.merchantId),
    issueCode: (input) => issueActivationCode(deps, input),
    ofMerchant: (input) => terminalsOfMerchant(deps, input),
    revoke: (input) => revokeTerminal(deps, input),
    moved: (input) => movedTerminals(deps, input),
    confirmNetwork: async (input) => {
      await deps.places.confirm(input);
      return oneTerminal(deps, input);
    },
    places: deps.places,
    sweep: () => forgetSignatures(deps.db, deps.clock.nowMs()),
  };
}

async function authenticate(deps: TerminalDeps, seen: SeenSignatures, { token, request }: TerminalCall): Promise<Terminal> {
  const row = await deps.db
    .selectFrom('terminal')
    .select(['id', 'store_id', 'merchant_id', 'state', 'mode', 'public_jwk', 'key_thumbprint', 'last_seen_at'])
    .where('token_hash', '=', deps.tokens.hash(token))
    .executeTakeFirst();
  if (!row) throw new ProblemError('unauthorised');
  if (row.state === 'revoked') throw new ProblemError('terminal_revoked');
  if (deps.mode === 'production' && row.mode === 'sandbox') throw new ProblemError('production_refuses_sandbox');
  const signature = await checkRequestSignature({ ...request, publicJwk: row.public_jwk, thumbprint: row.key_thumbprint });
  if (!signature.ok) throw new ProblemError('signature_invalid');
  seen.take({ terminalId: row.id, ...signature });
  const nowMs = deps.clock.nowMs();
  if (request.method !== 'GET' && request.method !== 'HEAD') await takeOnce(deps.db, { terminalId: row.id, nonce: signature.nonce, nowMs });
  if ((row.last_seen_at?.getTime() ?? 0) < nowMs - lastSeenEveryMs) {
    await deps.db.updateTable('terminal').set({ last_seen_at: new Date(nowMs) }).where('id', '=', row.id).execute();
  }
  return { terminalId: row.id, storeId: row.store_id, merchantId: row.merchant_id };
}
