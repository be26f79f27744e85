// The hash chain over transfers: each link covers the transfer's content and the link before it, so an edited, removed,
// inserted or reordered transfer shows. The hash function comes in as an argument: this package does no cryptography.
export type Hash = (text: string) => string;

export type JournalTransfer = {
  readonly id: string;
  readonly kind: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly feeMinor: bigint;
  readonly holdId: string | null;
  readonly reason: string;
  readonly atMs: number;
  readonly legs: readonly { readonly accountId: string; readonly amountMinor: bigint }[];
};
export type JournalLink = { readonly seq: bigint; readonly contentHash: string; readonly previousHash: string; readonly hash: string };

/** What stands before the first link. */
export const journalRoot = 'sonrisa-journal-v1';

export function contentHashOf(hash: Hash, transfer: JournalTransfer): string {
  const { id, kind, currency, amountMinor, feeMinor, holdId, reason, atMs, legs } = transfer;
  // A JSON array has one spelling for each content: no key order, no optional fields.
  const rows = legs.map((leg) => [leg.accountId, String(leg.amountMinor)]);
  return hash(JSON.stringify(['transfer', id, kind, currency, String(amountMinor), String(feeMinor), holdId, reason, atMs, rows]));
}

export function linkAfter(hash: Hash, previous: JournalLink | null, contentHash: string): JournalLink {
  const seq = (previous?.seq ?? 0n) + 1n;
  const previousHash = previous?.hash ?? journalRoot;
  return { seq, contentHash, previousHash, hash: hash(linkText({ seq, contentHash, previousHash })) };
}

/** What a link's hash is of; also the leaf it is in the Merkle tree. */
export function linkText({ seq, previousHash, contentHash }: Omit<JournalLink, 'hash'>): string {
  return JSON.stringify(['link', String(seq), previousHash, contentHash]);
}

/** The number of the first link that does not follow from the one before, or null when the chain holds. */
export function firstBrokenLink(hash: Hash, previous: JournalLink | null, links: readonly JournalLink[]): bigint | null {
  let before = previous;
  for (const link of links) {
    const expected = linkAfter(hash, before, link.contentHash);
    if (link.seq !== expected.seq || link.previousHash !== expected.previousHash || link.hash !== expected.hash) return expected.seq;
    before = link;
  }
  return null;
}
