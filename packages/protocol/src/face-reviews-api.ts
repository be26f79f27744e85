// Faces that are alike: two people whom a till might take for one another, or one person who enrolled twice. Neither face pays alone
// meanwhile (the vault sees to that); a person looks into it. No picture and no template: who, when, and whose child.
//
//   GET  operator/face-reviews?state=&limit=    newest first
//   POST operator/face-reviews/:id/close        what was found; `same` erases the newer face                (Idempotency-Key)
import { z } from 'zod';
import { idSchema } from './ids.ts';
import { textSchema } from './text.ts';

const partySchema = z.object({ payerId: idSchema('payer'), guardianId: idSchema('payer').nullable(), faceState: z.enum(['on', 'paused', 'off']), enrolledAtMs: z.number().nullable() });
export const faceReviewFindingSchema = z.enum(['different', 'same']);
export type FaceReviewFinding = z.infer<typeof faceReviewFindingSchema>;
export const faceReviewSchema = z.object({
  id: idSchema('faceReview'),
  /** Whose face came later. */
  newer: partySchema,
  older: partySchema,
  foundAtMs: z.number(),
  state: z.enum(['open', 'closed']),
  finding: faceReviewFindingSchema.nullable(),
  note: z.string().nullable(),
  closedBy: z.string().nullable(),
  closedAtMs: z.number().nullable(),
});
export type FaceReview = z.infer<typeof faceReviewSchema>;
export const faceReviewsSchema = z.object({ reviews: z.array(faceReviewSchema) });
export const closeFaceReviewSchema = z.strictObject({ finding: faceReviewFindingSchema, note: textSchema({ max: 500, lines: 'several' }) });
