// Faces that are alike: two people whom a till might take for one another, or one person who enrolled twice. Neither face pays alone
// meanwhile (the vault sees to that); a person looks into it. No picture and no template: who, when, and whose child.
//
//   GET  operator/face-reviews?state=&limit=    newest first, and how many are open
//   POST operator/face-reviews/:id/close        what was found: `same` erases the face of `party`, `new_look` asks its owner for another one   (Idempotency-Key)
import { z } from 'zod';
import { idSchema } from './ids.ts';
import { textSchema } from './text.ts';

const partySchema = z.object({
  payerId: idSchema('payer'),
  guardianId: idSchema('payer').nullable(),
  /** Of the owner, or of the guardian of a child; null: none any more. */
  phoneMasked: z.string().nullable(),
  faceState: z.enum(['on', 'paused', 'off']),
  openedAtMs: z.number(),
  enrolledAtMs: z.number().nullable(),
  /** On their own, by the invitation of a till, or by their guardian. */
  enrolledBy: z.enum(['own_phone', 'till', 'guardian']),
  /** When a look named them last. */
  lastLookAtMs: z.number().nullable(),
  payments: z.number().int(),
});
/** Of what staff or an identity provider attested, and the birth date a guardian told of a child; `unknown`: not known of both. */
const comparedSchema = z.enum(['equal', 'different', 'unknown']);
export const faceReviewFindingSchema = z.enum(['different', 'same', 'new_look']);
export type FaceReviewFinding = z.infer<typeof faceReviewFindingSchema>;
export const reviewPartySchema = z.enum(['newer', 'older']);
export type ReviewParty = z.infer<typeof reviewPartySchema>;
export const faceReviewSchema = z.object({
  id: idSchema('faceReview'),
  /** Whose face came later. */
  newer: partySchema,
  older: partySchema,
  /** Cosine of the two templates when they were found, and from which on faces count as alike; null: found before that was kept. */
  score: z.number().nullable(),
  scoreMin: z.number().nullable(),
  names: comparedSchema,
  birthDates: comparedSchema,
  sameGuardian: z.boolean(),
  foundAtMs: z.number(),
  state: z.enum(['open', 'closed']),
  finding: faceReviewFindingSchema.nullable(),
  /** Whose face was erased, or asked for anew; of an open one: whose erasure was begun and is finished by saying so again. */
  party: reviewPartySchema.nullable(),
  note: z.string().nullable(),
  closedBy: z.string().nullable(),
  closedAtMs: z.number().nullable(),
});
export type FaceReview = z.infer<typeof faceReviewSchema>;
export const faceReviewsSchema = z.object({ reviews: z.array(faceReviewSchema), open: z.number().int() });
export type FaceReviews = z.infer<typeof faceReviewsSchema>;
const note = textSchema({ max: 500, lines: 'several' });
export const closeFaceReviewSchema = z.discriminatedUnion('finding', [
  z.strictObject({ finding: z.literal('different'), note }),
  z.strictObject({ finding: z.enum(['same', 'new_look']), party: reviewPartySchema, note }),
]);
export type CloseFaceReview = z.infer<typeof closeFaceReviewSchema>;
