// Notices of payments to a phone whose page is closed (Web Push; prefix /api/phone, session).
//
//   GET  me/push           what a browser needs to subscribe
//   POST me/push           PushSubscription.toJSON() of this phone      (Push API, section 8.1)
//   POST me/push/remove    notices no more
import { z } from 'zod';

export const pushKeySchema = z.object({ publicKey: z.string() });
const endpoint = z.url().max(1024);
export const pushSubscriptionSchema = z.strictObject({
  endpoint,
  expirationTime: z.number().nullable().optional(),
  keys: z.strictObject({
    /** An uncompressed point of P-256, 65 bytes. */
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}=?$/, 'a public key in base64url'),
    /** 16 bytes. */
    auth: z.string().regex(/^[A-Za-z0-9_-]{22}={0,2}$/, '16 bytes in base64url'),
  }),
});
export type PushSubscription = z.infer<typeof pushSubscriptionSchema>;
export const pushRemoveSchema = z.strictObject({ endpoint });
