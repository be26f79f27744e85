import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contentHashOf, firstBrokenLink, type JournalLink, type JournalTransfer, journalRoot, linkAfter, linkText } from './journal.ts';

// Not cryptographic: these tests are about what is covered, not about the hash.
const hash = (text: string) => {
  let state = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) state = ((state ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return state.toString(16).padStart(16, '0');
};

const transfer: JournalTransfer = {
  id: 'trf_1',
  kind: 'capture',
  currency: 'CNY',
  amountMinor: 1000n,
  feeMinor: 6n,
  holdId: 'pay_1',
  reason: '',
  atMs: 1_700_000_000_000,
  legs: [
    { accountId: 'payer_hold:ana:CNY', amountMinor: -1000n },
    { accountId: 'merchant_payable:bakery:CNY', amountMinor: 1000n },
  ],
};

function chainOf(contents: readonly string[]): JournalLink[] {
  const links: JournalLink[] = [];
  for (const content of contents) links.push(linkAfter(hash, links.at(-1) ?? null, content));
  return links;
}

it('the content hash covers every field and every leg', () => {
  const changes: Partial<JournalTransfer>[] = [
    { id: 'trf_2' },
    { kind: 'void' },
    { currency: 'EUR' },
    { amountMinor: 1001n },
    { feeMinor: 7n },
    { holdId: null },
    { reason: 'x' },
    { atMs: 1_700_000_000_001 },
    { legs: transfer.legs.slice(0, 1) },
    { legs: [...transfer.legs].reverse() },
    { legs: transfer.legs.map((leg) => ({ ...leg, amountMinor: leg.amountMinor + 1n })) },
  ];
  const hashes = [transfer, ...changes.map((change) => ({ ...transfer, ...change }))].map((each) => contentHashOf(hash, each));
  expect(new Set(hashes).size).toBe(changes.length + 1);
});

// Whoever checks an export without this program needs exactly these texts. A change of one letter breaks every chain there is.
it('the texts that are hashed are spelled as they always were', () => {
  const written = (text: string) => text;
  expect(contentHashOf(written, transfer)).toBe(
    '["transfer","trf_1","capture","CNY","1000","6","pay_1","",1700000000000,[["payer_hold:ana:CNY","-1000"],["merchant_payable:bakery:CNY","1000"]]]',
  );
  expect(linkText({ seq: 7n, previousHash: 'before', contentHash: 'content' })).toBe('["link","7","before","content"]');
  expect(journalRoot).toBe('sonrisa-journal-v1');
});

it('the first link stands on the root, every other on the one before it', () => {
  const [first, second] = chainOf(['a', 'b']);
  expect(first).toMatchObject({ seq: 1n, contentHash: 'a', previousHash: journalRoot });
  expect(second).toMatchObject({ seq: 2n, contentHash: 'b', previousHash: first!.hash });
});

it.each<[string, Partial<JournalLink>]>([
  ['another number', { seq: 9n }],
  ['another link before it', { previousHash: 'elsewhere' }],
  ['another content', { contentHash: 'x' }],
  ['another hash of its own', { hash: 'own' }],
])('a link with %s, and nothing else wrong, is named by the number that belongs there', (_what, change) => {
  const links = chainOf(['a', 'b', 'c']);
  expect(firstBrokenLink(hash, null, links.map((link, at) => (at === 2 ? { ...link, ...change } : link)))).toBe(3n);
});

it('a whole chain holds, also when it is checked page by page', () => {
  const links = chainOf(['a', 'b', 'c', 'd']);
  expect(firstBrokenLink(hash, null, links)).toBeNull();
  expect(firstBrokenLink(hash, links[1]!, links.slice(2))).toBeNull();
  expect(firstBrokenLink(hash, null, [])).toBeNull();
});

it('editing, removing, inserting or reordering a link shows', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 3, maxLength: 12 }), fc.nat(), fc.constantFrom('edit', 'remove', 'insert', 'swap'), (contents, at, how) => {
      const links = chainOf(contents);
      const place = at % (links.length - 1);
      const tampered = [...links];
      if (how === 'edit') tampered[place] = { ...links[place]!, contentHash: `${links[place]!.contentHash}!` };
      if (how === 'remove') tampered.splice(place, 1);
      if (how === 'insert') tampered.splice(place, 0, links[place]!);
      if (how === 'swap') [tampered[place], tampered[place + 1]] = [links[place + 1]!, links[place]!];
      expect(firstBrokenLink(hash, null, tampered)).not.toBeNull();
    }),
  );
});
