// What an owner sees of their face on the phone: every look that named them, what they agreed to, what was erased.
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { childStateSchema } from './child-state.ts';
import { idSchema } from './ids.ts';
import { limitKindSchema } from './limits-api.ts';
import { ownerProofSchema } from './owner-proof.ts';
import { consentTextSchema, localeSchema, meSchema, openEnrolmentLookSchema } from './phone-api.ts';
import { textSchema } from './text.ts';

export const faceLookSchema = z.object({
  atMs: z.number(),
  purpose: z.enum(['payment']),
  storeName: z.string(),
  storeNameZh: z.string(),
  amount: wireAmountSchema,
  paymentId: idSchema('payment'),
  /** `not_confirmed`: the till named somebody, and "Pay" was not tapped for it. `paused`: face payment was off, nobody was named to the till. */
  result: z.enum(['paid', 'waiting', 'not_confirmed', 'paused']),
});
export type FaceLook = z.infer<typeof faceLookSchema>;

export const consentRecordSchema = z.object({
  version: z.string(),
  agreedAtMs: z.number(),
  faceWithdrawnAtMs: z.number().nullable(),
  agreedToFace: z.boolean(),
  agreedToService: z.boolean(),
  /** They said then that they were at least so many years old; null: nobody asked, or it is not theirs to say. */
  statedAgeMin: z.number().int().nullable(),
  textSha256: z.string(),
  /** The exact text, whose hash is `textSha256`; null where this program no longer has it. */
  text: consentTextSchema.nullable(),
});

export const erasureSchema = z.object({
  id: idSchema('erasure'),
  askedAtMs: z.number(),
  /** `closed`: with the whole account. */
  reason: z.enum(['owner', 'unused', 'closed', 'review']),
  /** null while the vault has not confirmed; no match counts meanwhile. */
  receipt: z.string().nullable(),
});

export const myFaceSchema = z.object({
  state: meSchema.shape.face.shape.state,
  enrolledAtMs: z.number().nullable(),
  pausedAtMs: z.number().nullable(),
  /** A face that no look has named for so long is erased. */
  unusedDaysMax: z.number().int(),
  /** When that would be for this face if nobody used it from now on; null: it is off. */
  unusedUntilMs: z.number().nullable(),
  /** Newest first, at most 100. */
  looks: z.array(faceLookSchema),
  consents: z.array(consentRecordSchema),
  erasures: z.array(erasureSchema),
});
export type MyFace = z.infer<typeof myFaceSchema>;

/** By somebody who erased their face: the face part of this very text, proved by passkey or PIN. */
export const consentAgainSchema = z.strictObject({ version: textSchema({ max: 32 }), locale: localeSchema, agreedToFace: z.literal(true), proof: ownerProofSchema });
export type ConsentAgain = z.infer<typeof consentAgainSchema>;

/** For a face that is to pay from an account which is there already. Without a proof it goes by one that this phone gave minutes ago, here or with a consent (`look_needs_proof`). */
export const openNewLookSchema = openEnrolmentLookSchema.extend({ proof: ownerProofSchema.optional() });
export type OpenNewLook = z.infer<typeof openNewLookSchema>;

export const erasedMeSchema = meSchema.extend({ erasure: erasureSchema.nullable() });

const at = z.number();
const atOrNull = z.number().nullable();
/** Codes of other contracts as text: the file is for people, and what is in it is history. */
/** Every limit they ever set. */
const ownLimitsSchema = z.array(z.object({ kind: z.string(), maxMinor: z.string().nullable(), askedAtMs: at, effectiveAtMs: at, cancelledAtMs: atOrNull }));
/** "That was not me." */
const exportedCasesSchema = z.array(z.object({ id: z.string(), paymentId: z.string(), amount: wireAmountSchema, refund: z.string(), state: z.string(), finding: z.string().nullable(), atMs: at }));
/** What tills asked the phone. */
const exportedRequestsSchema = z.array(z.object({
  id: z.string(), paymentId: z.string(), reason: z.string(), state: z.string(), confirmedBy: z.enum(['pin', 'passkey']).nullable(), askedAtMs: at, answeredAtMs: atOrNull,
}));
/** Money between a guardian's wallet and a child's. */
const allowancesSchema = z.array(z.object({ id: z.string(), childId: z.string(), direction: z.enum(['given', 'back']), amount: wireAmountSchema, atMs: at }));
/** What holds when the file is made, whoever set it. `maxMinor` null: nothing; `usedMinor` null: nothing adds up. */
const capsSchema = z.array(z.object({ kind: limitKindSchema, maxMinor: z.string().nullable(), usedMinor: z.string().nullable() }));
/** A child, for its guardian. `data` null: of age, so what is kept about them is no guardian's any more. */
const exportedChildSchema = z.object({
  id: z.string(), name: z.string(), bornOn: z.string(), state: childStateSchema, balance: wireAmountSchema,
  data: z.object({
    openedAtMs: at, face: myFaceSchema, payments: meSchema.shape.payments, allowances: allowancesSchema, limits: z.object({ own: ownLimitsSchema, caps: capsSchema }), cases: exportedCasesSchema, phoneRequests: exportedRequestsSchema,
  }).nullable(),
});

export const exportSchema = z.object({
  format: z.literal('sonrisa-export-v4'),
  madeAtMs: at,
  account: z.object({ payerId: z.string(), name: z.string(), phone: z.string().nullable(), openedAtMs: at, balance: wireAmountSchema, locale: localeSchema }),
  face: myFaceSchema,
  payments: meSchema.shape.payments,
  topUps: z.array(z.object({ id: z.string(), amount: wireAmountSchema, source: z.string(), state: z.string(), atMs: at })),
  withdrawals: z.array(z.object({ id: z.string(), amount: wireAmountSchema, state: z.string(), holder: z.string(), number: z.string(), atMs: at })),
  /** To the children whose guardian they are and back, also of those who are of age by now. */
  allowances: allowancesSchema,
  cards: z.array(z.object({ brand: z.string(), last4: z.string(), addedAtMs: at })),
  bankAccounts: z.array(z.object({ holder: z.string(), number: z.string(), currency: z.string() })),
  cases: exportedCasesSchema,
  /** Payments by payment code. */
  paymentCodes: z.array(z.object({ paymentId: z.string(), atMs: at, amount: wireAmountSchema })),
  passkeys: z.array(z.object({ name: z.string(), addedAtMs: at, lastUsedAtMs: atOrNull })),
  phoneRequests: exportedRequestsSchema,
  signIns: z.array(z.object({ atMs: at, expiresAtMs: at, signedOutAtMs: atOrNull })),
  pushSubscriptions: z.array(z.object({ service: z.string(), addedAtMs: at })),
  limits: z.object({
    own: ownLimitsSchema,
    caps: capsSchema,
    identity: z.array(z.object({ level: z.string(), note: z.string(), atMs: at })),
    /** What documents said, and who read them. */
    attestations: z.array(z.object({ name: z.string(), bornOn: z.string(), source: z.string(), document: z.string(), atMs: at })),
    askPhoneFromMinor: z.string().nullable(),
    smsNotices: z.boolean(),
  }),
  /** What happened to the account itself, and what was asked of it. */
  accountEvents: z.array(z.object({ kind: z.string(), atMs: at })),
  recoveries: z.array(z.object({ id: z.string(), kind: z.string(), state: z.string(), askedAtMs: at, endedAtMs: atOrNull })),
  enrolments: z.array(z.object({ id: z.string(), state: z.string(), wasSignIn: z.boolean(), atMs: at })),
  messages: z.array(z.object({ purpose: z.string(), state: z.string(), atMs: at })),
  noticesSeenUntilMs: atOrNull,
  /** Whose guardian they are. */
  children: z.array(exportedChildSchema),
  /** What is kept and cannot be taken out as text. */
  notIncluded: z.array(z.string()),
});
export type Export = z.infer<typeof exportSchema>;
export type ExportedChild = Export['children'][number];
