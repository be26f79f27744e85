// What an owner sees of their face on the phone: every look that named them, what they agreed to, what was erased.
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { idSchema } from './ids.ts';
import { consentTextSchema, meSchema } from './phone-api.ts';

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
  textSha256: z.string(),
  /** The exact text, whose hash is `textSha256`; null where this program no longer has it. */
  text: consentTextSchema.nullable(),
});

export const erasureSchema = z.object({
  id: idSchema('erasure'),
  askedAtMs: z.number(),
  reason: z.enum(['owner', 'unused']),
  /** null while the vault has not confirmed; no match counts meanwhile. */
  receipt: z.string().nullable(),
});

export const myFaceSchema = z.object({
  state: meSchema.shape.face.shape.state,
  enrolledAtMs: z.number().nullable(),
  pausedAtMs: z.number().nullable(),
  /** A face that no look has named for so long is erased. */
  unusedDaysMax: z.number().int(),
  /** Newest first, at most 100. */
  looks: z.array(faceLookSchema),
  consents: z.array(consentRecordSchema),
  erasures: z.array(erasureSchema),
});
export type MyFace = z.infer<typeof myFaceSchema>;

export const erasedMeSchema = meSchema.extend({ erasure: erasureSchema.nullable() });

export const exportSchema = z.object({
  format: z.literal('sonrisa-export-v1'),
  madeAtMs: z.number(),
  account: z.object({ payerId: z.string(), name: z.string(), phone: z.string(), openedAtMs: z.number(), balance: wireAmountSchema }),
  face: myFaceSchema,
  payments: meSchema.shape.payments,
  topUps: z.array(z.object({ id: z.string(), amount: wireAmountSchema, source: z.string(), state: z.string(), atMs: z.number() })),
  cards: z.array(z.object({ brand: z.string(), last4: z.string(), addedAtMs: z.number() })),
  bankAccounts: z.array(z.object({ holder: z.string(), number: z.string(), currency: z.string() })),
  /** What is kept and cannot be taken out as text. */
  notIncluded: z.array(z.string()),
});
export type Export = z.infer<typeof exportSchema>;
