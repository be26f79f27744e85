// What the owner of an account may do from their phone: see it, put money in, pause or delete their face, sign out, close it.
import { parseMoney, toWire, money, isCurrency } from '@sonrisa/ledger/money.ts';
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { CloseAccount, Closing } from '@sonrisa/protocol/close-account-api.ts';
import type { Me, topUpResultSchema } from '@sonrisa/protocol/phone-api.ts';
import type { ConsentAgain, erasedMeSchema, Export, ExportedChild, MyFace, OpenNewLook } from '@sonrisa/protocol/my-face-api.ts';
import type { OwnerAct, OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { z } from 'zod';
import type { Books } from '../books/index.ts';
import type { Database } from '../db/database.ts';
import { authenticateSession, maskPhone, signOut, type SessionDeps, type SignedIn } from '../enrolment/index.ts';
import type { Funding, SourceName } from '../funding/index.ts';
import type { Limits } from '../limits/index.ts';
import type { Messages } from '../messages/index.ts';
import { maskedName, type Payments } from '../payments/index.ts';
import { closeAccount, closedReceipt, closingOf } from './close-account.ts';
import { consentAgain } from './consent-again.ts';
import { eraseFace, forgetDeletedFaces, type Erasure, type ErasureDeps } from './erase-face.ts';
import { childDataOf, exportOf, type Kept, rowsExportedMax } from './export.ts';
import { exportPages, type PdfWriter } from './export-pages.ts';
import { myFaceOf } from './my-face.ts';
import { type OwnProofs, proveOwner } from '../owner-proof/index.ts';
import { pauseFace, resumeFace } from './pause-face.ts';
import { keepRetention } from './retention.ts';
import { needsNewLook, openNewLook, type NewLookVault } from './new-look.ts';
import { putFace, type PutFaceDeps, type PutFaceVault } from './put-face.ts';
import { tellOwner } from './tell-owner.ts';

export type { PageBlock, Pages, PdfWriter } from './export-pages.ts';
export { createFaceCount, type FaceCount } from './face-count.ts';
export { keepLookProof, requireLookProof } from './look-proof.ts';
export { needsNewLook, type NewLookVault } from './new-look.ts';
export { putFace, type PutFaceDeps, type PutFaceVault } from './put-face.ts';

export type Owners = {
  authenticate(token: string): Promise<SignedIn>;
  signOut(token: string): Promise<void>;
  /** What a session is known by in the database. */
  sessionHash(token: string): string;
  me(payerId: string): Promise<Me>;
  /** After an erasure: agrees to face payment again. A look is to follow. */
  consentAgain(input: ConsentAgain & { payerId: string; sessionHash: string }): Promise<MyFace>;
  /** Where the face models have changed, or right after agreeing again: a look for a new template, for which the owner proves that they mean it. */
  openNewLook(input: OpenNewLook & { payerId: string; sessionHash: string }): Promise<LookTicket>;
  takeNewLook(input: { payerId: string; nonce: string; sealed: Uint8Array }): Promise<Me>;
  topUp(input: { payerId: string; key: string; amount: WireAmount; source: SourceName }): Promise<z.infer<typeof topUpResultSchema>>;
  /** The card that top-ups are charged to. */
  addCard(input: { payerId: string; methodRef: string }): Promise<{ brand: string; last4: string }>;
  /** From here on no match of this face counts. Throws `vault_unavailable` when the vault did not hear of it yet. */
  deleteFace(payerId: string): Promise<z.infer<typeof erasedMeSchema>>;
  /** From here on no match of this face counts; the template is kept. */
  pauseFace(payerId: string): Promise<Me>;
  /** Throws `busy` for as long as a look from before the pause could still be paid with. */
  resumeFace(payerId: string): Promise<Me>;
  /** Every look that named them, what they agreed to, what was erased. */
  myFace(payerId: string): Promise<MyFace>;
  export(payerId: string): Promise<Export>;
  /** The same as pages. */
  exportPdf(input: { payerId: string; locale: 'zh' | 'en' }): Promise<Uint8Array>;
  /** What stands in the way of closing the account. */
  closing(payerId: string): Promise<Closing>;
  /** Everything goes but the books. Throws the code of what stands in the way, and whatever is wrong with the proof. */
  close(input: CloseAccount & { payerId: string }): Promise<Erasure>;
  /** For whoever knows its id; signed once the vault and the card processor have forgotten. Throws `not_found`. */
  closedReceipt(receiptId: string): Promise<Erasure>;
  /** Face + PIN works again after too many wrong PINs. Throws `forbidden` unless the phone has just proved its number. */
  clearFacePinLock(owner: SignedIn): Promise<void>;
  /** Throws whatever is wrong with the proof. */
  prove(input: OwnerAct & { proof: OwnerProof }): Promise<void>;
  /** Throws `forbidden` unless the phone has just proved its number. */
  requireJustSignedIn(owner: SignedIn): void;
  hasJustSignedIn(owner: SignedIn): boolean;
  /** From which amount on the phone is asked; null: never for the amount. Stricter at once; throws `forbidden` for looser unless the phone has just proved its number. */
  askPhoneFrom(input: { owner: SignedIn; amountMinor: string | null }): Promise<void>;
  /** Text messages of larger payments. On at once; off throws `forbidden` unless the phone has just proved its number: whoever found it would go unnoticed. */
  smsNotices(input: { owner: SignedIn; on: boolean }): Promise<void>;
  /** An officer found the same face in another account: it goes, and its owner is told how to come back. */
  eraseAfterReview(payerId: string): Promise<void>;
  /** Their owner is asked to take another look. */
  askForNewLook(trx: Database, payerId: string): Promise<void>;
  /** Tells the vault of deleted faces that it did not hear of. */
  sweep(): Promise<number>;
  /** Deletes faces that nobody uses, whose owners were told before. */
  retain(): Promise<{ told: number; erased: number }>;
};

export type OwnerDeps = SessionDeps & Omit<ErasureDeps, 'forgetCard'> & {
  db: Database;
  books: Books;
  payments: Pick<Payments, 'listForPayer' | 'clearFacePinLock' | 'openRequests' | 'deny'>;
  proofs: OwnProofs;
  vault: NewLookVault & PutFaceVault;
  events: PutFaceDeps['events'];
  mode: 'sandbox' | 'production';
  funding: Pick<Funding, 'topUp' | 'addCard' | 'forgetCard'>;
  faceUnusedDaysMax: number;
  messages: Pick<Messages, 'available' | 'queue' | 'nudge'>;
  limits: Pick<Limits, 'mine'>;
  pdf: PdfWriter;
  /** Whose guardian somebody is. */
  wardsOf: (guardianId: string) => Promise<readonly Ward[]>;
};

/** A child as far as its guardian's export asks. `isOfAge`: the guardianship is over, whatever the state. */
export type Ward = Pick<ExportedChild, 'id' | 'name' | 'bornOn' | 'state'> & { readonly isOfAge: boolean };

/** A phone that signed in longer ago may have changed hands since. */
const justSignedInMs = 10 * 60_000;
const paymentsShownMax = 20;

export function createOwners(ownerDeps: OwnerDeps): Owners {
  const deps = { ...ownerDeps, forgetCard: ownerDeps.funding.forgetCard };
  return {
    authenticate: (token) => authenticateSession(deps, token),
    signOut: (token) => signOut(deps, token),
    sessionHash: (token) => deps.tokens.hash(token),
    me: (payerId) => me(deps, payerId),
    topUp: (input) => topUp(deps, input),
    openNewLook: (input) => openNewLook(deps, input),
    consentAgain: async (input) => {
      await consentAgain(deps, input);
      return myFaceOf(deps, input);
    },
    takeNewLook: async (input) => {
      await putFace(deps, input);
      return me(deps, input.payerId);
    },
    addCard: (input) => deps.funding.addCard(input),
    deleteFace: async (payerId) => {
      const erasure = await eraseFace(deps, { payerId, reason: 'owner' });
      return { ...(await me(deps, payerId)), erasure };
    },
    pauseFace: async (payerId) => {
      await pauseFace(deps, payerId);
      return me(deps, payerId);
    },
    resumeFace: async (payerId) => {
      await resumeFace(deps, payerId);
      return me(deps, payerId);
    },
    myFace: (payerId) => myFaceOf(deps, { payerId }),
    export: (payerId) => everythingOf(deps, payerId),
    exportPdf: async ({ payerId, locale }) => deps.pdf(exportPages(await everythingOf(deps, payerId), locale)),
    closing: (payerId) => closingOf(deps, payerId),
    close: (input) => closeAccount(deps, input),
    closedReceipt: (receiptId) => closedReceipt(deps.db, receiptId),
    clearFacePinLock: (owner) => clearFacePinLock(deps, owner),
    prove: (input) => proveOwner(deps.proofs, input),
    requireJustSignedIn: (owner) => requireJustSignedIn(deps, owner),
    hasJustSignedIn: (owner) => hasJustSignedIn(deps, owner),
    askPhoneFrom: (input) => askPhoneFrom(deps, input),
    smsNotices: async ({ owner, on }) => {
      if (!on) requireJustSignedIn(deps, owner);
      await deps.db.updateTable('payer').set({ sms_notices: on }).where('id', '=', owner.payerId).execute();
    },
    eraseAfterReview: async (payerId) => {
      await eraseFace(deps, { payerId, reason: 'review', tell: (trx) => tellOwner(trx, { messages: deps.messages, payerId, notice: { name: 'face_review', what: 'erased' } }) });
      deps.messages.nudge();
    },
    askForNewLook: (trx, payerId) => tellOwner(trx, { messages: deps.messages, payerId, notice: { name: 'face_review', what: 'new_look' } }),
    sweep: () => forgetDeletedFaces(deps),
    retain: () => keepRetention(deps),
  };
}

async function me(deps: OwnerDeps, payerId: string, limit = paymentsShownMax): Promise<Me> {
  const payer = await deps.db.selectFrom('payer').selectAll().where('id', '=', payerId).executeTakeFirstOrThrow();
  const [renew, walletMinor, payments] = await Promise.all([
    needsNewLook(deps, payer),
    deps.books.walletMinor({ payerId, currency: payer.currency }),
    deps.payments.listForPayer({ payerId, limit }),
  ]);
  return {
    payerId,
    name: payer.name,
    maskedName: maskedName(payer.name),
    phoneMasked: payer.phone_e164 === null ? null : maskPhone(payer.phone_e164),
    balance: { amountMinor: String(walletMinor), currency: payer.currency },
    face: { state: payer.face_state, enrolledAtMs: payer.face_state === 'off' ? null : (payer.face_enrolled_at?.getTime() ?? null), needsNewLook: renew },
    payments,
  };
}

async function everythingOf(deps: OwnerDeps, payerId: string): Promise<Export> {
  const kept = async (of: string): Promise<Kept> => ({ face: await myFaceOf(deps, { payerId: of, looksMax: rowsExportedMax }), me: await me(deps, of, rowsExportedMax) });
  const children = (await deps.wardsOf(payerId)).map(async ({ isOfAge, ...ward }): Promise<ExportedChild> => {
    const of = await kept(ward.id);
    return { ...ward, balance: of.me.balance, data: isOfAge ? null : await childDataOf(deps, of) };
  });
  return exportOf(deps, { ...(await kept(payerId)), children: await Promise.all(children) });
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

const hasJustSignedIn = ({ clock }: OwnerDeps, { signedInAtMs }: SignedIn): boolean => clock.nowMs() - signedInAtMs <= justSignedInMs;

function requireJustSignedIn(deps: OwnerDeps, owner: SignedIn): void {
  if (!hasJustSignedIn(deps, owner)) throw new ProblemError('forbidden');
}

async function askPhoneFrom(deps: OwnerDeps, { owner, amountMinor }: { owner: SignedIn; amountMinor: string | null }): Promise<void> {
  const from = amountMinor === null ? null : BigInt(amountMinor);
  await deps.db.transaction().execute(async (trx) => {
    const { ask_phone_from_minor: now } = await trx.selectFrom('payer').select('ask_phone_from_minor').where('id', '=', owner.payerId).forUpdate().executeTakeFirstOrThrow();
    const isLooser = now !== null && (from === null || from > now);
    if (isLooser) requireJustSignedIn(deps, owner);
    await trx.updateTable('payer').set({ ask_phone_from_minor: from }).where('id', '=', owner.payerId).execute();
  });
}

async function clearFacePinLock(deps: OwnerDeps, owner: SignedIn): Promise<void> {
  requireJustSignedIn(deps, owner);
  await deps.payments.clearFacePinLock(owner.payerId);
}
