// What the owner of an account may do from their phone: see it, put money in, delete their face, sign out.
import { parseMoney, toWire, money, isCurrency } from '@sonrisa/ledger/money.ts';
import type { LookTicket, PublicJwk } from '@sonrisa/protocol/capture.ts';
import type { ChallengeKind } from '@sonrisa/protocol/challenge.ts';
import type { Me, topUpResultSchema } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { z } from 'zod';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import { authenticateSession, maskPhone, signOut, type SessionDeps, type SignedIn } from '../enrolment/index.ts';
import type { Funding, SourceName } from '../funding/index.ts';
import { maskedName, type Payments } from '../payments/index.ts';
import { needsNewLook, openNewLook, takeNewLook, type NewLookVault } from './new-look.ts';

export type Owners = {
  authenticate(token: string): Promise<SignedIn>;
  signOut(token: string): Promise<void>;
  me(payerId: string): Promise<Me>;
  /** Where the face models have changed: a look for a new template. */
  openNewLook(input: { payerId: string; signer: PublicJwk; avoid?: readonly ChallengeKind[] | undefined }): Promise<LookTicket>;
  takeNewLook(input: { payerId: string; nonce: string; sealed: Uint8Array }): Promise<Me>;
  topUp(input: { payerId: string; key: string; amount: WireAmount; source: SourceName }): Promise<z.infer<typeof topUpResultSchema>>;
  /** The card that top-ups are charged to. */
  addCard(input: { payerId: string; methodRef: string }): Promise<{ brand: string; last4: string }>;
  /** From here on no match of this face counts. Throws `vault_unavailable` when the vault did not hear of it yet. */
  deleteFace(payerId: string): Promise<Me>;
  /** Face + PIN works again after too many wrong PINs. Throws `forbidden` unless the phone has just proved its number. */
  clearFacePinLock(owner: SignedIn): Promise<void>;
  /** Throws `forbidden` unless the phone has just proved its number. */
  requireJustSignedIn(owner: SignedIn): void;
  /** Tells the vault of deleted faces that it did not hear of. */
  sweep(): Promise<number>;
};

export type OwnerDeps = SessionDeps & {
  db: Database;
  books: Books;
  payments: Pick<Payments, 'listForPayer' | 'clearFacePinLock'>;
  vault: NewLookVault;
  mode: 'sandbox' | 'production';
  funding: Pick<Funding, 'topUp' | 'addCard'>;
};

/** A phone that signed in longer ago may have changed hands since. */
const justSignedInMs = 10 * 60_000;
const paymentsShownMax = 20;
const sweepBatchMax = 50;

export function createOwners(deps: OwnerDeps): Owners {
  return {
    authenticate: (token) => authenticateSession(deps, token),
    signOut: (token) => signOut(deps, token),
    me: (payerId) => me(deps, payerId),
    topUp: (input) => topUp(deps, input),
    openNewLook: (input) => openNewLook(deps, input),
    takeNewLook: async (input) => {
      await takeNewLook(deps, input);
      return me(deps, input.payerId);
    },
    addCard: (input) => deps.funding.addCard(input),
    deleteFace: (payerId) => deleteFace(deps, payerId),
    clearFacePinLock: (owner) => clearFacePinLock(deps, owner),
    requireJustSignedIn: (owner) => requireJustSignedIn(deps, owner),
    sweep: () => forgetDeletedFaces(deps),
  };
}

async function me(deps: OwnerDeps, payerId: string): Promise<Me> {
  const payer = await deps.db.selectFrom('payer').selectAll().where('id', '=', payerId).executeTakeFirstOrThrow();
  const [renew, walletMinor, payments] = await Promise.all([
    needsNewLook(deps, payer),
    deps.books.walletMinor({ payerId, currency: payer.currency }),
    deps.payments.listForPayer({ payerId, limit: paymentsShownMax }),
  ]);
  return {
    payerId,
    name: payer.name,
    maskedName: maskedName(payer.name),
    phoneMasked: maskPhone(payer.phone_e164),
    balance: { amountMinor: String(walletMinor), currency: payer.currency },
    face: { state: payer.face_state, enrolledAtMs: payer.face_state === 'on' ? (payer.face_enrolled_at?.getTime() ?? null) : null, needsNewLook: renew },
    payments,
  };
}

async function topUp(deps: OwnerDeps, { payerId, key, amount, source }: Parameters<Owners['topUp']>[0]) {
  const payer = await deps.db.selectFrom('payer').select('currency').where('id', '=', payerId).executeTakeFirstOrThrow();
  const parsed = parseMoney(amount, { currency: payer.currency });
  if (!parsed.ok) throw new ProblemError(parsed.code);
  const posted = await deps.funding.topUp({ payerId, key, amount: parsed.money, source });
  return { id: posted.transferId, amount: toWire(parsed.money), balance: balanceOf(posted) };
}

function balanceOf({ walletMinor, currency }: { walletMinor: string; currency: string }): WireAmount {
  if (!isCurrency(currency)) throw new RangeError(`the books answered with an unknown currency ${currency}`);
  return toWire(money(BigInt(walletMinor), currency));
}

function requireJustSignedIn({ clock }: OwnerDeps, { signedInAtMs }: SignedIn): void {
  if (clock.nowMs() - signedInAtMs > justSignedInMs) throw new ProblemError('forbidden');
}

async function clearFacePinLock(deps: OwnerDeps, owner: SignedIn): Promise<void> {
  requireJustSignedIn(deps, owner);
  await deps.payments.clearFacePinLock(owner.payerId);
}

// The epoch goes first: whatever the vault still says about this face, no receipt of it counts from here on.
async function deleteFace(deps: OwnerDeps, payerId: string): Promise<Me> {
  const payer = await deps.db
    .updateTable('payer')
    .set((is) => ({
      face_epoch: is('face_epoch', '+', 1),
      face_state: 'off' as const,
      // A face that was never activated has no date yet; without one the vault would not be told again.
      face_enrolled_at: is.fn.coalesce('face_enrolled_at', is.val(new Date(deps.clock.nowMs()))),
    }))
    .where('id', '=', payerId)
    .returning(['id', 'face_epoch'])
    .executeTakeFirstOrThrow();
  await forgetFace(deps, payer);
  return me(deps, payerId);
}

// The date of enrolment stays until the vault has answered: a face that is off and still has one is yet to be forgotten.
async function forgetFace(deps: OwnerDeps, payer: { id: string; face_epoch: number }): Promise<void> {
  await deps.vault.forget(payer.id, payer.face_epoch);
  await deps.db
    .updateTable('payer')
    .set({ face_enrolled_at: null })
    .where('id', '=', payer.id)
    .where('face_epoch', '=', payer.face_epoch)
    .execute();
}

async function forgetDeletedFaces(deps: OwnerDeps): Promise<number> {
  const left = await deps.db
    .selectFrom('payer')
    .select(['id', 'face_epoch'])
    .where('face_state', '=', 'off')
    .where('face_enrolled_at', 'is not', null)
    .limit(sweepBatchMax)
    .execute();
  for (const payer of left) await forgetFace(deps, payer);
  return left.length;
}
