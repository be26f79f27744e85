// Getting an account back, and saying who somebody is (docs/recovery.md). A recovery is asked for on a phone, cools down, is
// announced everywhere, and is finished on the phone that asked.
//
//   POST phone/enrolments/:id/sign-in         after the code: the PIN or a passkey of the account            (enrolment)
//   POST phone/enrolments/:id/not-mine        the account of this number is somebody else's                  (enrolment)
//   POST phone/enrolments/:id/recovery        no phone and no PIN: a reference for staff                     (enrolment)
//   GET  phone/recoveries/mine                how that stands                                                (token of the recovery)
//   POST phone/recoveries/mine/finish         a new PIN; signs in                                            (token of the recovery)
//   POST phone/recoveries/mine/cancel                                                                        (token of the recovery)
//   POST phone/recoveries/stop                by the link of a notice                                        (the link's token)
//   GET  phone/me/account                     number, level, what is under way, what happened                (session)
//   POST phone/me/number-code                 a code on the number this account has                          (session)
//   POST phone/me/recoveries                  a new PIN or number, from a phone that is signed in            (session)
//   POST phone/me/recoveries/:id/finish       where it has cooled down                                       (session)
//   POST phone/me/recoveries/:id/cancel       from any phone that is signed in                               (session)
//   POST phone/me/identity/reference          a reference for staff who attest name and date of birth        (session)
//   POST phone/me/identity                    the same by an identity provider                               (session)
//   POST phone/me/identity/visits             the same by one the owner goes to (OpenID Connect): where        (session)
//   POST phone/me/identity/visits/finish      what came back from there                                        (session)
//   POST operator/recoveries/find             what a reference is about
//   POST operator/recoveries/:id/attest       name and date of birth of a document                           (Idempotency-Key)
import { z } from 'zod';
import { sha256, toBase64Url } from './bytes.ts';
import { idSchema } from './ids.ts';
import { identityLevels, raiseProofSchema } from './limits-api.ts';
import { passkeyAnswerSchema } from './phone-request-api.ts';
import { textSchema } from './text.ts';

const sealedPin = z.string().max(4096);

/** `pin`: sealed for the server's key, bound to the enrolment's id; a passkey signs `signInChallenge`. `endOthers`: the other phone is lost. */
export const signInSchema = z.strictObject({
  proof: z.union([z.strictObject({ pin: sealedPin }), z.strictObject({ passkey: passkeyAnswerSchema })]),
  endOthers: z.boolean().default(false),
});
export type SignIn = z.input<typeof signInSchema>;

/** What a passkey signs to sign in: SHA-256, base64url. An enrolment signs in once. */
export const signInChallenge = (enrolmentId: string): Promise<string> => challengeOf(['sonrisa/sign-in/v1', enrolmentId]);

/** `claim`: the account of a number that belongs to somebody else now; `identity`: no recovery, attested at the same desk. */
export const recoveryKinds = ['pin', 'number', 'account', 'claim', 'identity'] as const;
export type RecoveryKind = (typeof recoveryKinds)[number];
/** `asked`: waits for staff. `ready`: has cooled down, and waits to be finished. */
export const recoveryStates = ['asked', 'cooling', 'ready', 'done', 'cancelled', 'expired'] as const;

export const recoverySchema = z.object({
  id: idSchema('recovery'),
  kind: z.enum(recoveryKinds),
  state: z.enum(recoveryStates),
  askedAtMs: z.number(),
  /** When the change may be made; null: staff have not attested it yet. */
  effectiveAtMs: z.number().nullable(),
  expiresAtMs: z.number(),
  /** Asked for on the phone that reads this. */
  isMine: z.boolean(),
});
export type Recovery = z.infer<typeof recoverySchema>;

/** `oldPhone`: the number of the account, where it is another than the one just proved; `pin` sealed for the enrolment's id: a help where it is known. */
export const askRecoverySchema = z.strictObject({ oldPhone: textSchema({ max: 32 }).optional(), pin: sealedPin.optional() });
/** `reference`: for staff. `token`: for the phone that asked. */
export const askedRecoverySchema = recoverySchema.extend({ reference: z.string(), token: z.string() });
export type AskedRecovery = z.infer<typeof askedRecoverySchema>;

/** The new PIN, sealed for the server's key, bound to the recovery's id; of a new number none. */
export const finishRecoverySchema = z.strictObject({ pin: sealedPin.optional() });
export const recoveredSchema = z.object({ session: z.object({ token: z.string(), expiresAtMs: z.number() }) });
export const stopRecoverySchema = z.strictObject({ token: z.string().min(20).max(200) });

const enrolmentProof = z.strictObject({ id: idSchema('enrolment'), token: z.string().max(200) });
/** A PIN sealed for the payer's id, or a passkey that signs `recoveryChallenge` of a fresh nonce (POST me/limits/nonce). */
export const ownRecoverySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pin'), proof: z.union([z.strictObject({ enrolment: enrolmentProof }), z.strictObject({ nonce: z.string().min(22).max(64), passkey: passkeyAnswerSchema })]) }),
  z.strictObject({ kind: z.literal('number'), enrolment: enrolmentProof, proof: raiseProofSchema }),
]);
export type OwnRecovery = z.infer<typeof ownRecoverySchema>;

export type RecoveryPurpose = RecoveryKind | 'identity_check';
/** What a passkey signs: who, what for, the enrolment that proved the new number (empty: none), a nonce taken once. */
export const recoveryChallenge = (of: { payerId: string; purpose: RecoveryPurpose; enrolmentId: string; nonce: string }): Promise<string> =>
  challengeOf(['sonrisa/recovery/v1', of.payerId, of.purpose, of.enrolmentId, of.nonce]);

export const accountEventKinds = [
  'signed_in', 'account_asked', 'pin_cooling', 'number_cooling', 'account_cooling', 'cancelled', 'pin_changed', 'number_changed', 'account_recovered', 'number_claimed', 'number_lost', 'identity_attested',
  'face_new', 'child_face_new',
] as const;
export type AccountEventKind = (typeof accountEventKinds)[number];

export const accountSchema = z.object({
  payerId: idSchema('payer'),
  name: z.string(),
  /** Null: somebody else has it now. */
  phoneMasked: z.string().nullable(),
  level: z.enum(identityLevels),
  recoveries: z.array(recoverySchema),
  /** Until when little may be spent and nothing changed; null: not held back. */
  guardedUntilMs: z.number().nullable(),
  events: z.array(z.object({ kind: z.enum(accountEventKinds), atMs: z.number() })),
  passkeyIds: z.array(z.string()),
  /** `document`: asks for `name`, `bornOn` and `documentNumber`; `visit`: the owner signs in there; null: only staff attest here. */
  identityProvider: z.object({ name: z.string(), isSandbox: z.boolean(), asks: z.enum(['document', 'visit']) }).nullable(),
  coolDownMs: z.object({ passkey: z.number(), sms: z.number(), number: z.number() }),
  serverNowMs: z.number(),
});
export type Account = z.infer<typeof accountSchema>;

export const documentKinds = ['id_card', 'passport', 'driving_licence', 'residence_permit'] as const;
const bornOn = z.iso.date();
export const identityReferenceSchema = z.strictObject({ proof: raiseProofSchema });
export const askedReferenceSchema = z.object({ reference: z.string(), expiresAtMs: z.number() });
export const checkIdentitySchema = z.strictObject({ proof: raiseProofSchema, name: textSchema({ max: 80 }), bornOn, documentNumber: textSchema({ max: 40 }) });

export const begunIdentitySchema = z.object({ url: z.url() });
const parameter = z.string().min(1).max(2_048);
/** The parameters of the address the provider sent the owner back to, as they came (OpenID Connect Core, section 3.1.2.5; RFC 9207). */
export const finishIdentitySchema = z.strictObject({ state: parameter, code: parameter.optional(), error: parameter.optional(), iss: parameter.optional() });
export type FinishIdentity = z.infer<typeof finishIdentitySchema>;

/** Eight digits, however they are grouped. */
export const findRecoverySchema = z.strictObject({ reference: z.string().regex(/^(?:\D{0,3}[0-9]){8}\D{0,3}$/, 'eight digits') });
/** Nothing of the account: what the document says is compared, not shown. */
export const foundRecoverySchema = z.object({ id: idSchema('recovery'), kind: z.enum(['account', 'identity']), newNumber: z.boolean(), numberEnds: z.string().nullable(), askedAtMs: z.number() });
export type FoundRecovery = z.infer<typeof foundRecoverySchema>;
/** `endSessions`: their phone is in other hands, so none stays signed in, and only the link of the notice stops this. */
export const attestSchema = z.strictObject({ document: z.enum(documentKinds), name: textSchema({ max: 80 }), bornOn, endSessions: z.boolean().default(false) });
/** `coolDownEndsAtMs` null: it holds at once. */
export const attestedSchema = z.object({ id: idSchema('recovery'), kind: z.enum(['account', 'identity']), coolDownEndsAtMs: z.number().nullable() });
export type Attested = z.infer<typeof attestedSchema>;

async function challengeOf(parts: readonly string[]): Promise<string> {
  return toBase64Url(await sha256(new TextEncoder().encode(JSON.stringify(parts))));
}
