// A guardian's children on the guardian's own phone (docs/minors.md; prefix /api/phone, the guardian's session). A child has no phone, no
// PIN and no session of its own: everything that concerns it is asked and answered here.
//
//   GET    me/children                              the children, and what a new one needs
//   GET    me/children/consent?locale=              the guardian's consent text
//   POST   me/children                              add one: name, date of birth, consent, limits, proof            (Idempotency-Key)
//   GET    me/children/:id                          balance, face, limits, payments, consents
//   POST   me/children/:id/consent                  agree anew after the face was erased, or the text has changed   (Idempotency-Key)
//   POST   me/children/:id/looks                    open one look at the child
//   PUT    me/children/:id/looks/:nonce/capture     the sealed burst; its subject is the child's id
//   POST   me/children/:id/allowance                money from the guardian's wallet to the child's                 (Idempotency-Key)
//   PUT    me/children/:id/limits/:kind             lower at once; raise by the guardian's passkey or PIN, later    (Idempotency-Key)
//   DELETE me/children/:id/limits/:kind/raise       the raise that waits is forgotten
//   POST   me/children/:id/pause, resume            no match of the child's face counts, until it does again
//   DELETE me/children/:id/face                     forget the child's face; a signed receipt
//   POST   me/children/:id/close                    face forgotten, wallet closed, money back                       (Idempotency-Key)
//   POST   me/children/:id/payments/:payment/undo, not-me                                                           (Idempotency-Key)
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { childStateSchema } from './child-state.ts';
import { idSchema } from './ids.ts';
import { limitMinorSchema, merchantCategories, myLimitsSchema } from './limits-api.ts';
import { myFaceSchema } from './my-face-api.ts';
import { ownerProofSchema } from './owner-proof.ts';
import { consentSchema, meSchema } from './phone-api.ts';
import { textSchema } from './text.ts';

/** Of one guardian, closed ones not counted. */
export const childrenMax = 10;
/** Nobody opens these for a child. */
export const neverForChildren = ['gambling'] as const;
export const childCategories = merchantCategories.filter((category): category is Exclude<(typeof merchantCategories)[number], 'gambling'> => category !== 'gambling');

const daySchema = z.iso.date();
export const childLimitsSchema = z.strictObject({ payment: limitMinorSchema, day: limitMinorSchema, month: limitMinorSchema });
export type ChildLimits = z.infer<typeof childLimitsSchema>;

export const addChildSchema = z.strictObject({
  name: textSchema({ max: 80 }),
  bornOn: daySchema,
  consent: consentSchema,
  limits: childLimitsSchema,
  /** Where the child may pay; at every other kind of merchant nothing. */
  categories: z.array(z.enum(childCategories)).max(childCategories.length),
  proof: ownerProofSchema,
});
export type AddChild = z.infer<typeof addChildSchema>;
export const consentForChildSchema = z.strictObject({ consent: consentSchema, proof: ownerProofSchema });
export type ConsentForChild = z.infer<typeof consentForChildSchema>;

export const childSchema = z.object({
  id: idSchema('payer'),
  name: z.string(),
  bornOn: daySchema,
  ageYears: z.number().int(),
  /** From this day on they are of age. */
  ofAgeOn: daySchema,
  state: childStateSchema,
  /** The face models have changed: one more look is needed. */
  needsNewLook: z.boolean(),
  balance: wireAmountSchema,
});
export type Child = z.infer<typeof childSchema>;

export const childrenSchema = z.object({
  guardianId: idSchema('payer'),
  children: z.array(childSchema),
  childrenMax: z.number().int(),
  adultAgeYears: z.number().int(),
  today: daySchema,
  currency: z.string(),
  /** What the form starts with. */
  limits: childLimitsSchema,
  /** What may move at once: the guardian's own wallet. */
  balance: wireAmountSchema,
  /** How the guardian can prove themselves here; empty: only by the PIN. */
  passkeyIds: z.array(z.string()),
});
export type Children = z.infer<typeof childrenSchema>;

export const childViewSchema = childSchema.extend({
  guardianId: idSchema('payer'),
  face: myFaceSchema,
  limits: myLimitsSchema.shape.limits,
  raiseDelayMs: z.number(),
  payments: meSchema.shape.payments,
  passkeyIds: z.array(z.string()),
});
export type ChildView = z.infer<typeof childViewSchema>;

export const allowanceSchema = z.strictObject({ amount: wireAmountSchema });
export const allowanceResultSchema = z.object({ id: idSchema('transfer'), amount: wireAmountSchema, balance: wireAmountSchema, childBalance: wireAmountSchema });
export type AllowanceResult = z.infer<typeof allowanceResultSchema>;

/** What a guardian proves that they agree to: the subject of the act `guardian_consent` (owner-proof.ts). */
export const guardianSubject = ({ name, bornOn, textSha256 }: { name: string; bornOn: string; textSha256: string }): string => JSON.stringify([name, bornOn, textSha256]);
