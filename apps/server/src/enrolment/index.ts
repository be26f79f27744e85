// Enrolment: from a number to an account on the owner's own phone, and the sessions of those who have one.
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { enrolmentConsentSchema, EnrolmentText, EnrolmentView, startEnrolmentSchema, startedEnrolmentSchema } from '@sonrisa/protocol/phone-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { SignIn } from '@sonrisa/protocol/recovery-api.ts';
import type { z } from 'zod';
import { consentText } from './consent-text.ts';
import { giveConsent } from './consent.ts';
import { enterCode } from './enter-code.ts';
import { openEnrolmentLook, submitEnrolmentCapture } from './face.ts';
import { openAccount } from './open-account.ts';
import type { EnrolmentDeps } from './ports.ts';
import { notMine, signIn } from './sign-in.ts';
import { resendCode, startEnrolment } from './start.ts';
import { sweepEnrolments } from './sweep.ts';
import type { Locale } from './texts.ts';
import { knownView, viewOf } from './view.ts';

export { agreedText, consentText, currentConsentVersion, currentGuardianVersion, guardianConsentText } from './consent-text.ts';
export { readName } from './name.ts';
export { createInvites, type Invites } from './invites.ts';
export { lastFourOf, maskPhone, readPhone } from './phone.ts';
export { isSimplePin } from './pin-rules.ts';
export { provedNumber, takeProvedNumber } from './proved-number.ts';
export { authenticateSession, endSessions, openSession, signOut, type SessionDeps, type SignedIn } from './session.ts';
export type { EnrolmentDeps, OwnerProofs } from './ports.ts';
export { enrolmentLifetimeMs } from './start.ts';

/** Every refusal is thrown as a ProblemError with a catalogue code. */
export type Enrolments = {
  consent(locale: Locale): EnrolmentText;
  start(input: z.output<typeof startEnrolmentSchema>, from: { address: string }): Promise<z.infer<typeof startedEnrolmentSchema>>;
  /** To prove the number of an account for a new PIN, with its owner signed in. Throws `number_missing`. */
  startForOwner(input: { payerId: string; address: string }): Promise<z.infer<typeof startedEnrolmentSchema>>;
  /** Throws `unauthorised` unless the token is the one of this enrolment. */
  authenticate(input: { id: string; token: string }): Promise<void>;
  read(id: string): Promise<EnrolmentView>;
  enterCode(input: { id: string; code: string }): Promise<EnrolmentView>;
  resend(input: { id: string; address: string }): Promise<EnrolmentView>;
  /** Of a number that has an account: its PIN or a passkey signs this phone in. */
  signIn(input: { id: string; proof: SignIn['proof']; endOthers: boolean }): Promise<EnrolmentView>;
  /** The account of this number is somebody else's: it is told, and loses the number after a while. */
  notMine(id: string): Promise<EnrolmentView>;
  giveConsent(input: { id: string; consent: z.infer<typeof enrolmentConsentSchema> }): Promise<EnrolmentView>;
  openLook(input: Parameters<typeof openEnrolmentLook>[1]): Promise<LookTicket>;
  submitCapture(input: { id: string; nonce: string; sealed: Uint8Array }): Promise<EnrolmentView>;
  openAccount(input: { id: string; sealedPin: string }): Promise<EnrolmentView>;
  sweep(): Promise<{ expired: number; activated: number; forgotten: number }>;
};

export function createEnrolments(deps: EnrolmentDeps): Enrolments {
  return {
    consent: (locale) => ({ ...consentText(locale), adultAgeYears: deps.adultAgeYears }),
    start: (input, from) => startEnrolment(deps, input, from),
    startForOwner: (input) => startForOwner(deps, input),
    authenticate: (input) => authenticate(deps, input),
    read: (id) => read(deps, id),
    enterCode: (input) => enterCode(deps, input),
    resend: (input) => resendCode(deps, input),
    signIn: (input) => signIn(deps, input),
    notMine: (id) => notMine(deps, id),
    giveConsent: (input) => giveConsent(deps, input),
    openLook: (input) => openEnrolmentLook(deps, input),
    submitCapture: (input) => submitEnrolmentCapture(deps, input),
    openAccount: (input) => openAccount(deps, input),
    sweep: () => sweepEnrolments(deps),
  };
}

async function startForOwner(deps: EnrolmentDeps, { payerId, address }: { payerId: string; address: string }) {
  const payer = await deps.db.selectFrom('payer').select(['phone_e164', 'name', 'locale']).where('id', '=', payerId).executeTakeFirstOrThrow();
  if (payer.phone_e164 === null) throw new ProblemError('number_missing');
  return startEnrolment(deps, { phone: payer.phone_e164, name: payer.name, locale: payer.locale, purpose: 'new_pin' }, { address });
}

async function read(deps: EnrolmentDeps, id: string): Promise<EnrolmentView> {
  const row = await deps.db.selectFrom('enrolment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  if (row.state !== 'code_sent') return knownView(deps, row);
  return viewOf(row, { smsState: row.message_id === null ? 'waiting' : await deps.messages.stateOf(row.message_id) });
}

// An enrolment of somebody else and one that never was are answered alike.
async function authenticate(deps: EnrolmentDeps, { id, token }: { id: string; token: string }): Promise<void> {
  const row = await deps.db.selectFrom('enrolment').select('id').where('token_hash', '=', deps.tokens.hash(token)).executeTakeFirst();
  if (!row) throw new ProblemError('unauthorised');
  if (row.id !== id) throw new ProblemError('enrolment_not_found');
}
