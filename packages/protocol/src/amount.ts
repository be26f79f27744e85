// Money on the wire: a string of minor units and an ISO 4217 code. Never a JSON number: those lose cents past 2^53.
import { z } from 'zod';

export const wireAmountSchema = z.object({
  amountMinor: z.string().regex(/^(0|[1-9][0-9]{0,18})$/, 'a whole number of minor units, as a string, without sign or leading zeros'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code'),
});
export type WireAmount = z.infer<typeof wireAmountSchema>;
