// Getting an account back: a forgotten PIN, a lost phone, a new number, a number that belongs to somebody else now. What proves
// enough is decided in decide.ts; everything that is not signing in with two proofs cools down, is told everywhere, can be stopped
// from any phone that is signed in or by the link of a notice, and never turns on a face (docs/recovery.md).
import type { RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { signInChallenge, type Account, type AskedRecovery, type Attested, type FoundRecovery, type OwnRecovery, type Recovery } from '@sonrisa/protocol/recovery-api.ts';
import type { CryptoKey } from 'jose';
import { sql } from 'kysely';
import type { AccountEvents } from '../account-events/index.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Ids } from '../adapters/ids.ts';
import type { PinHashes } from '../adapters/pin-hashes.ts';
import type { Random } from '../adapters/random.ts';
import type { Tokens } from '../adapters/tokens.ts';
import type { Database } from '../db/database.ts';
import { maskPhone, type OwnerProofs } from '../enrolment/index.ts';
import type { IdentityProvider } from '../identity/index.ts';
import { identityLevelOf } from '../limits/index.ts';
import type { Messages } from '../messages/index.ts';
import type { OwnProofs } from '../owner-proof/index.ts';
import type { Passkeys } from '../passkeys/index.ts';
import { claimEndsAtMs, claimNumber } from './claim.ts';
import type { CoolDowns } from './cool-downs.ts';
import { decideRecovery } from './decide.ts';
import { attest, find, type Attesting } from './desk.ts';
import { askReference, checkByProvider, type CheckIdentity } from './identity.ts';
import { askAccount, cancelMine, finishMine, readMine, stopByLink } from './lost.ts';
import { askOwn, cancelOwn, finishOwn, type OfOwner } from './own.ts';
import { expireRecoveries, viewOf, type RecoveryRow } from './record.ts';
import { beginVisit, finishVisit, forgetVisits } from './visits.ts';

export { defaultCoolDowns, type CoolDowns } from './cool-downs.ts';

export type Recoveries = {
  /** What the account page of a phone that is signed in shows. */
  account(owner: OfOwner): Promise<Account>;
  askOwn(input: OfOwner & { wanted: OwnRecovery }): Promise<void>;
  finishOwn(input: OfOwner & { id: string; sealedPin: string | undefined }): Promise<void>;
  cancelOwn(input: { payerId: string; id: string }): Promise<void>;
  /** Throws `recovery_guards` while the account is being recovered, and for a while after. */
  requireCalm(payerId: string): Promise<void>;
  askAccount(input: { enrolmentId: string; oldPhone: string | undefined; sealedPin: string | undefined }): Promise<AskedRecovery>;
  readMine(token: string): Promise<Recovery>;
  finishMine(input: { token: string; sealedPin: string }): Promise<{ session: { token: string; expiresAtMs: number } }>;
  cancelMine(token: string): Promise<void>;
  stopByLink(token: string): Promise<void>;
  askReference(input: { payerId: string; proof: RaiseProof }): Promise<{ reference: string; expiresAtMs: number }>;
  checkByProvider(input: CheckIdentity): Promise<void>;
  /** Where the owner goes to say who they are (OpenID Connect). */
  beginVisit(input: Parameters<typeof beginVisit>[1]): Promise<{ url: string }>;
  finishVisit(input: Parameters<typeof finishVisit>[1]): Promise<void>;
  find(reference: string): Promise<FoundRecovery>;
  attest(input: Attesting): Promise<Attested>;
  /** For enrolments of a number that has an account. */
  owners: OwnerProofs;
  sweep(): Promise<number>;
};

export type RecoveryDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'make'>;
  readonly tokens: Tokens;
  readonly random: Random;
  readonly pins: PinHashes;
  readonly pinKey: CryptoKey;
  /** Of the references staff type in. */
  readonly referenceKey: Uint8Array;
  readonly coolDowns: CoolDowns;
  readonly events: AccountEvents;
  readonly messages: Pick<Messages, 'nudge'>;
  readonly publicUrl: string;
  /** Of owners who are signed in. */
  readonly proofs: OwnProofs;
  /** One guess at the PIN by somebody who is not, counted where it is made. Throws when it is wrong. */
  readonly checkPin: (input: { payerId: string; place: 'sign_in' | 'lost'; subjectId: string; sealedPin: string }) => Promise<void>;
  readonly passkeys: Pick<Passkeys, 'list' | 'check'>;
  /** Null: only staff attest here. */
  readonly identityProvider: IdentityProvider | null;
};

export function createRecoveries(deps: RecoveryDeps): Recoveries {
  return {
    account: (owner) => account(deps, owner),
    askOwn: (input) => askOwn(deps, input),
    finishOwn: (input) => finishOwn(deps, input),
    cancelOwn: (input) => cancelOwn(deps, input),
    requireCalm: (payerId) => requireCalm(deps, payerId),
    askAccount: (input) => askAccount(deps, input),
    readMine: (token) => readMine(deps, token),
    finishMine: (input) => finishMine(deps, input),
    cancelMine: (token) => cancelMine(deps, token),
    stopByLink: (token) => stopByLink(deps, token),
    askReference: async (input) => {
      await requireCalm(deps, input.payerId);
      return askReference(deps, input);
    },
    checkByProvider: async (input) => {
      await requireCalm(deps, input.payerId);
      await checkByProvider(deps, input);
    },
    beginVisit: async (input) => {
      await requireCalm(deps, input.payerId);
      return beginVisit(deps, input);
    },
    finishVisit: async (input) => {
      await requireCalm(deps, input.payerId);
      await finishVisit(deps, input);
    },
    find: (reference) => find(deps, reference),
    attest: (input) => attest(deps, input),
    owners: ownerProofs(deps),
    sweep: async () => {
      await forgetVisits(deps);
      return expireRecoveries(deps.db, { nowMs: deps.clock.nowMs() });
    },
  };
}

function ownerProofs(deps: RecoveryDeps): OwnerProofs {
  return {
    passkeyIds: async (payerId) => (await deps.passkeys.list(payerId)).map(({ id }) => id),
    async prove({ payerId, enrolmentId, proof }) {
      if ('pin' in proof) await deps.checkPin({ payerId, place: 'sign_in', subjectId: enrolmentId, sealedPin: proof.pin });
      else await deps.passkeys.check({ payerId, challenge: await signInChallenge(enrolmentId), answer: proof.passkey });
      const decided = decideRecovery('sign_in', ['sms', 'pin' in proof ? 'pin' : 'passkey']);
      if (!decided.ok) throw new ProblemError(decided.code);
    },
    claimNumber: (trx, input) => claimNumber(deps, trx, input),
    claimWaitMs: deps.coolDowns.claimMs,
    claimEndsAtMs: (payerId) => claimEndsAtMs(deps, payerId),
  };
}

async function requireCalm({ db, clock }: RecoveryDeps, payerId: string): Promise<void> {
  if ((await guardedUntil(db, { payerId, nowMs: clock.nowMs() })) !== null) throw new ProblemError('recovery_guards');
}

async function guardedUntil(db: Database, { payerId, nowMs }: { payerId: string; nowMs: number }): Promise<number | null> {
  const { rows } = await sql<{ until: Date | null }>`SELECT max(guarded_until) AS until FROM recovery WHERE payer_id = ${payerId} AND guarded_until > ${new Date(nowMs)}`.execute(db);
  return rows[0]?.until?.getTime() ?? null;
}

async function account(deps: RecoveryDeps, { payerId, sessionHash }: OfOwner): Promise<Account> {
  const { db, clock, coolDowns, identityProvider } = deps;
  const nowMs = clock.nowMs();
  const payer = await db.selectFrom('payer').select(['name', 'phone_e164']).where('id', '=', payerId).executeTakeFirstOrThrow();
  const { rows } = await sql<RecoveryRow>`
    SELECT * FROM recovery WHERE payer_id = ${payerId} AND state IN ('asked', 'cooling') AND expires_at > ${new Date(nowMs)} AND kind <> 'identity' ORDER BY asked_at DESC`.execute(db);
  return {
    payerId,
    name: payer.name,
    phoneMasked: payer.phone_e164 === null ? null : maskPhone(payer.phone_e164),
    level: await identityLevelOf(db, payerId),
    recoveries: rows.map((row) => viewOf(row, { nowMs, sessionHash })),
    guardedUntilMs: await guardedUntil(db, { payerId, nowMs }),
    events: await deps.events.list(payerId),
    passkeyIds: (await deps.passkeys.list(payerId)).map(({ id }) => id),
    identityProvider: identityProvider && { name: identityProvider.name, isSandbox: identityProvider.isSandbox, asks: 'begin' in identityProvider ? 'visit' : 'document' },
    coolDownMs: { passkey: coolDowns.passkeyMs, sms: coolDowns.smsMs, number: coolDowns.numberMs },
    serverNowMs: nowMs,
  };
}
