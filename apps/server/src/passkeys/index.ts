// Passkeys of shoppers' phones (Web Authentication Level 3): made once per phone, asked whenever the phone must say yes. The
// ceremonies are SimpleWebAuthn's; what is bound to what is decided here: a challenge belongs to one payer and is taken once.
import { generateRegistrationOptions, verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { NewPasskey, PasskeyAnswer } from '@sonrisa/protocol/phone-request-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from '../adapters/clock.ts';
import type { Random } from '../adapters/random.ts';
import type { Database } from '../db/database.ts';

export type Passkeys = {
  list(payerId: string): Promise<{ id: string; name: string; createdAtMs: number; lastUsedAtMs: number | null }[]>;
  /** PublicKeyCredentialCreationOptionsJSON. Throws `passkeys_many`. */
  creationOptions(payerId: string): Promise<CreationOptions>;
  /** Throws `passkey_invalid`. */
  add(input: { payerId: string; passkey: NewPasskey }): Promise<void>;
  /** Of another payer, or none: nothing happens. */
  remove(input: { payerId: string; id: string }): Promise<void>;
  /** Throws `passkey_unknown`, or `passkey_invalid` unless this payer's passkey signed this challenge, here, with the user verified. */
  check(input: { payerId: string; challenge: string; answer: PasskeyAnswer }): Promise<{ passkeyId: string }>;
  /** Random, good for a few minutes and once: part of what a passkey signs. */
  nonce(payerId: string): Promise<string>;
  /** Throws `passkey_invalid` unless it is one of this payer's that nobody took yet. */
  takeNonce(input: { payerId: string; nonce: string }): Promise<void>;
  /** Challenges nobody came back for. */
  prune(): Promise<void>;
};

type CreationOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;

/** `rpId`: the host name people open; `origins`: addresses whose pages may ask. */
export type RelyingParty = { readonly rpId: string; readonly origins: readonly string[] };
export type PasskeysDeps = { db: Database; clock: Clock; random: Random; relyingParty: RelyingParty };

export const passkeysMax = 10;
const creationLifetimeMs = 5 * 60_000;
const challengeBytes = 32;
const relyingPartyName = 'Sonrisa';
/** ES256 and RS256: every phone makes one of them. */
const algorithms = [-7, -257];

/** Pages are opened at one address; passkeys hold for its host alone. */
export function relyingPartyOf(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { rpId: hostname, origins: [origin] };
}

export function createPasskeys(deps: PasskeysDeps): Passkeys {
  return {
    list: (payerId) => list(deps, payerId),
    creationOptions: (payerId) => creationOptions(deps, payerId),
    add: (input) => add(deps, input),
    remove: async ({ payerId, id }) => {
      await deps.db.deleteFrom('passkey').where('id', '=', id).where('payer_id', '=', payerId).execute();
    },
    check: (input) => check(deps, input),
    async nonce(payerId) {
      const nonce = Buffer.from(deps.random.bytes(challengeBytes)).toString('base64url');
      await deps.db.insertInto('passkey_challenge').values({ challenge: nonce, payer_id: payerId, expires_at: new Date(deps.clock.nowMs() + creationLifetimeMs) }).execute();
      return nonce;
    },
    async takeNonce({ payerId, nonce }) {
      if (!(await takeChallenge(deps, { challenge: nonce, payerId }))) throw new ProblemError('passkey_invalid');
    },
    prune: async () => {
      await deps.db.deleteFrom('passkey_challenge').where('expires_at', '<=', new Date(deps.clock.nowMs())).execute();
    },
  };
}

async function list({ db }: PasskeysDeps, payerId: string) {
  const rows = await db.selectFrom('passkey').select(['id', 'name', 'created_at', 'last_used_at']).where('payer_id', '=', payerId).orderBy('created_at').execute();
  return rows.map((row) => ({ id: row.id, name: row.name, createdAtMs: row.created_at.getTime(), lastUsedAtMs: row.last_used_at?.getTime() ?? null }));
}

async function creationOptions({ db, clock, random, relyingParty }: PasskeysDeps, payerId: string): Promise<CreationOptions> {
  const payer = await db.selectFrom('payer').select('name').where('id', '=', payerId).executeTakeFirstOrThrow();
  const known = await db.selectFrom('passkey').select(['id', 'transports']).where('payer_id', '=', payerId).execute();
  if (known.length >= passkeysMax) throw new ProblemError('passkeys_many');
  const options = await generateRegistrationOptions({
    rpName: relyingPartyName,
    rpID: relyingParty.rpId,
    userName: payer.name,
    userDisplayName: payer.name,
    userID: new TextEncoder().encode(payerId),
    challenge: new Uint8Array(random.bytes(challengeBytes)),
    timeout: creationLifetimeMs,
    attestationType: 'none',
    excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: algorithms,
  });
  await db
    .insertInto('passkey_challenge')
    .values({ challenge: options.challenge, payer_id: payerId, expires_at: new Date(clock.nowMs() + creationLifetimeMs) })
    .execute();
  return options;
}

async function add(deps: PasskeysDeps, { payerId, passkey }: { payerId: string; passkey: NewPasskey }): Promise<void> {
  const { db, clock, relyingParty } = deps;
  const verified = await verifyRegistrationResponse({
    response: passkey.response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
    expectedChallenge: (challenge) => takeChallenge(deps, { challenge, payerId }),
    expectedOrigin: [...relyingParty.origins],
    expectedRPID: relyingParty.rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: algorithms,
  }).catch(invalid);
  if (!verified.verified) throw new ProblemError('passkey_invalid');
  const { credential } = verified.registrationInfo;
  await db
    .insertInto('passkey')
    .values({
      id: credential.id,
      payer_id: payerId,
      name: passkey.name,
      public_key: credential.publicKey,
      counter: BigInt(credential.counter),
      transports: [...(credential.transports ?? [])],
      created_at: new Date(clock.nowMs()),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

async function takeChallenge({ db, clock }: PasskeysDeps, { challenge, payerId }: { challenge: string; payerId: string }): Promise<boolean> {
  const taken = await db
    .deleteFrom('passkey_challenge')
    .where('challenge', '=', challenge)
    .where('payer_id', '=', payerId)
    .where('expires_at', '>', new Date(clock.nowMs()))
    .executeTakeFirst();
  return taken.numDeletedRows === 1n;
}

async function check({ db, clock, relyingParty }: PasskeysDeps, input: Parameters<Passkeys['check']>[0]): Promise<{ passkeyId: string }> {
  const { payerId, challenge, answer } = input;
  const row = await db.selectFrom('passkey').selectAll().where('id', '=', answer.id).where('payer_id', '=', payerId).executeTakeFirst();
  if (!row) throw new ProblemError('passkey_unknown');
  const verified = await verifyAuthenticationResponse({
    response: answer as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: [...relyingParty.origins],
    expectedRPID: relyingParty.rpId,
    credential: { id: row.id, publicKey: new Uint8Array(row.public_key), counter: Number(row.counter) },
    requireUserVerification: true,
  }).catch(invalid);
  if (!verified.verified) throw new ProblemError('passkey_invalid');
  // A counter that does not grow is a copied authenticator, unless it never counts (section 7.2, step 22).
  const counter = BigInt(verified.authenticationInfo.newCounter);
  const counted = await db
    .updateTable('passkey')
    .set({ counter, last_used_at: new Date(clock.nowMs()) })
    .where('id', '=', row.id)
    .where((where) => where.or([where('counter', '<', counter), where(where.val(counter), '=', 0n)]))
    .executeTakeFirst();
  if (counted.numUpdatedRows !== 1n) throw new ProblemError('passkey_invalid');
  return { passkeyId: row.id };
}

// What the library throws says what was wrong with the answer; nothing else can fail in it.
function invalid(error: unknown): never {
  if (error instanceof ProblemError) throw error;
  throw new ProblemError('passkey_invalid', { cause: error });
}
