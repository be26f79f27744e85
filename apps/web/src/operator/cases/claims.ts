// What the vault's receipt says of the look, as far as it was kept; an older receipt lacks what came later.
import { receiptClaimsSchema, type ReceiptClaims } from '@sonrisa/protocol/receipt.ts';

const readable = receiptClaimsSchema.partial();

export function readClaims(kept: Record<string, unknown> | null): Partial<ReceiptClaims> | null {
  const parsed = readable.safeParse(kept);
  return parsed.success ? (parsed.data as Partial<ReceiptClaims>) : null;
}

/** "1 in 2.3 million" without the "1 in": rounded down, so that it never claims more than the bound. */
export function oneIn(chance: number, locale: string): string {
  const every = 1 / chance;
  return new Intl.NumberFormat(locale, every < 1e6 ? { maximumFractionDigits: 0, roundingMode: 'floor' } : { notation: 'compact', compactDisplay: 'long', maximumFractionDigits: 1, roundingMode: 'floor' }).format(every);
}
