// "That was not me", said of a payment that was made, and the case it opens.
//
//   POST phone/me/payments/:id/not-me      the money goes back, within a cap; the face rests until the case is closed   (Idempotency-Key)
//   GET  operator/cases?state=&limit=      cases, newest first, with image-free evidence
//   GET  operator/cases/:id
//   POST operator/cases/:id/close          what was found; who pays for it is said of the dispute                       (Idempotency-Key)
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { idSchema } from './ids.ts';
import { disputeSchema, proposalSchema } from './money-api.ts';
import { paymentStateSchema } from './terminal-api.ts';
import { textSchema } from './text.ts';

export const caseFindingSchema = z.enum(['somebody_else', 'payer', 'unclear']);
export type CaseFinding = z.infer<typeof caseFindingSchema>;

/** `capped`: looked into first, since as much went back already as may in this time; `confirmed`: since the shopper's own phone had said yes. */
const refundSchema = z.enum(['at_once', 'capped', 'confirmed']);
const stateSchema = z.enum(['open', 'closed']);

export const myCaseSchema = z.object({ id: idSchema('faceCase'), paymentId: idSchema('payment'), state: stateSchema, refund: refundSchema, amount: wireAmountSchema, openedAtMs: z.number() });
export type MyCase = z.infer<typeof myCaseSchema>;

export const faceCaseSchema = myCaseSchema.extend({
  payerId: idSchema('payer'),
  disputeId: z.string().nullable(),
  /** Of the payment, whoever opened it: what is left of it is decided before the case is closed. */
  dispute: disputeSchema.nullable(),
  /** What somebody proposed about the money and nobody else has decided. */
  proposal: proposalSchema.nullable(),
  paymentState: paymentStateSchema,
  paidAtMs: z.number().nullable(),
  finding: caseFindingSchema.nullable(),
  note: z.string().nullable(),
  closedBy: z.string().nullable(),
  closedAtMs: z.number().nullable(),
  faceState: z.enum(['on', 'paused', 'off']),
  /** No picture and no template. `claims`: scores, threshold, bound, rung, liveness and scene as the receipt has them; `consent`: version and SHA-256 of the text. */
  evidence: z.object({
    storeId: z.string(),
    store: z.object({ name: z.string(), nameZh: z.string() }),
    terminalId: z.string(),
    terminalThumbprint: z.string(),
    terminal: z.object({ kind: z.string(), mode: z.enum(['sandbox', 'live']), state: z.enum(['active', 'revoked']), activatedAtMs: z.number() }),
    secondFactor: z.boolean().nullable(),
    claims: z.record(z.string(), z.unknown()).nullable(),
    consent: z.string().nullable(),
    /** Where the rest is read. */
    story: z.string(),
    risk: z.string(),
  }),
});
export type FaceCase = z.infer<typeof faceCaseSchema>;
export const faceCasesSchema = z.object({ cases: z.array(faceCaseSchema) });
export const closeCaseSchema = z.strictObject({ finding: caseFindingSchema, note: textSchema({ max: 500, lines: 'several' }) });
