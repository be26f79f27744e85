// The Merkle tree over the journal and its signed checkpoints, made in batches behind the postings; and its proofs.
// Full subtrees of 256 leaves and more are kept, so a proof reads a handful of rows however long the journal is.
import { type Checkpoint, type LogKey, checkpointBody, parseNote, signedNote } from '@sonrisa/ledger/checkpoint.ts';
import { linkText } from '@sonrisa/ledger/journal.ts';
import { type LeafRange, type NodeHash, type TreeNode, createGrowingTree, leafHashOf, nodesOf, parentOf, rootOfPeaks } from '@sonrisa/ledger/merkle.ts';
import type { Pool } from '../db/pool.ts';
import type { Query } from './idempotency.ts';
import { type LinkRow, linkOf, lockJournal } from './journal.ts';
import { sha256Bytes } from './sha256.ts';
import { inTransaction } from './transaction.ts';

export type Signer = { readonly key: LogKey; sign(message: Uint8Array): Uint8Array };

/** Smaller subtrees are not kept. */
const keptLevel = 8;
const blockLeaves = 2 ** keptLevel;
const blocksPerBatch = 16;
const encoder = new TextEncoder();

/** Keeps the subtrees the journal has completed, then signs what it is now. Returns the new checkpoint, or null when nothing was added. */
export async function checkpointJournal(pool: Pool, { signer, atMs }: { signer: Signer; atMs: number }): Promise<string | null> {
  while (await inTransaction(pool, async (query) => ({ result: await keepNodes(query), keep: true })));
  return inTransaction(pool, async (query) => {
    await lockJournal(query);
    const size = await journalSize(query);
    const [last] = await query<{ number: bigint; size: bigint; at: Date }>('SELECT number, size, at FROM journal_checkpoint ORDER BY number DESC LIMIT 1', []);
    if (size === Number(last?.size ?? 0n)) return { result: null, keep: false };
    const number = Number(last?.number ?? 0n) + 1;
    // A clock that was set back must not make a checkpoint older than the one before.
    const checkpoint: Checkpoint = { origin: signer.key.name, number, size, root: await rootAt(query, size), atMs: Math.max(atMs, last?.at.getTime() ?? 0) };
    const note = noteOf(checkpoint, signer);
    await query('INSERT INTO journal_checkpoint (number, size, at, note) VALUES ($1, $2, $3, $4)', [number, size, new Date(checkpoint.atMs), note]);
    return { result: note, keep: true };
  });
}

function noteOf(checkpoint: Checkpoint, { key, sign }: Signer): string {
  const body = checkpointBody(checkpoint);
  return signedNote(sha256Bytes, { body, key, signature: sign(encoder.encode(body)) });
}

// One batch of blocks, and every larger subtree they complete. Returns whether there may be more.
async function keepNodes(query: Query): Promise<boolean> {
  await lockJournal(query);
  const [kept] = await query<{ blocks: bigint | null }>('SELECT max(index) + 1 AS blocks FROM journal_node WHERE level = $1', [keptLevel]);
  const done = Number(kept?.blocks ?? 0n);
  const blocks = Math.min(Math.floor((await journalSize(query)) / blockLeaves), done + blocksPerBatch);
  if (blocks <= done) return false;
  const tree = createGrowingTree(sha256Bytes, await hashesOf(query, nodesOf({ from: 0, to: done * blockLeaves })));
  const leaves = await leavesOf(query, { from: done * blockLeaves, to: blocks * blockLeaves });
  const made = leaves.flatMap((leaf) => tree.add(leaf)).filter(({ level }) => level >= keptLevel);
  await query('INSERT INTO journal_node (level, index, hash) SELECT * FROM unnest($1::int[], $2::bigint[], $3::bytea[])', [
    made.map(({ level }) => level),
    made.map(({ index }) => index),
    made.map(({ hash }) => Buffer.from(hash)),
  ]);
  return blocks === done + blocksPerBatch;
}

async function journalSize(query: Query): Promise<number> {
  const [row] = await query<{ size: bigint | null }>('SELECT max(seq) AS size FROM journal', []);
  return Number(row?.size ?? 0n);
}

export async function rootAt(query: Query, size: number): Promise<Uint8Array> {
  return (await hashesOfRanges(query, [{ from: 0, to: size }]))[0]!;
}

/** Of each range a proof asks for, as base64 for the wire. */
export async function proofOf(query: Query, ranges: readonly LeafRange[]): Promise<string[]> {
  return (await hashesOfRanges(query, ranges)).map((hash) => Buffer.from(hash).toString('base64'));
}

async function hashesOfRanges(query: Query, ranges: readonly LeafRange[]): Promise<Uint8Array[]> {
  const perRange = ranges.map(nodesOf);
  const hashes = await hashesOf(query, perRange.flat());
  let at = 0;
  return perRange.map((nodes) => rootOfPeaks(sha256Bytes, hashes.slice(at, (at += nodes.length)).map(({ hash }) => hash)));
}

async function hashesOf(query: Query, nodes: readonly TreeNode[]): Promise<NodeHash[]> {
  const large = nodes.filter(({ level }) => level >= keptLevel);
  const rows = await query<{ level: number; index: bigint; hash: Buffer }>(
    'SELECT level, index, hash FROM journal_node WHERE (level, index) IN (SELECT * FROM unnest($1::int[], $2::bigint[]))',
    [large.map(({ level }) => level), large.map(({ index }) => index)],
  );
  const kept = new Map(rows.map(({ level, index, hash }) => [`${level}/${index}`, new Uint8Array(hash)]));
  const hashes: NodeHash[] = [];
  for (const node of nodes) {
    const hash = kept.get(`${node.level}/${node.index}`) ?? (await hashOfSmall(query, node));
    hashes.push({ ...node, hash });
  }
  return hashes;
}

async function hashOfSmall(query: Query, { level, index }: TreeNode): Promise<Uint8Array> {
  const width = 2 ** level;
  // A large one that is not kept yet would be read leaf by leaf: its blocks come first.
  if (level > keptLevel) {
    const [left, right] = await hashesOf(query, [{ level: level - 1, index: 2 * index }, { level: level - 1, index: 2 * index + 1 }]);
    return parentOf(sha256Bytes, [left!.hash, right!.hash]);
  }
  const tree = createGrowingTree(sha256Bytes);
  for (const leaf of await leavesOf(query, { from: index * width, to: (index + 1) * width })) tree.add(leaf);
  return tree.root();
}

// Leaf n is link n + 1.
async function leavesOf(query: Query, { from, to }: LeafRange): Promise<Uint8Array[]> {
  const rows = await query<LinkRow>('SELECT seq, content_sha256, previous_sha256, sha256 FROM journal WHERE seq > $1 AND seq <= $2 ORDER BY seq', [from, to]);
  if (rows.length !== to - from) throw new Error(`the journal has ${rows.length} of the ${to - from} links from ${from + 1} to ${to}`);
  return rows.map((row) => leafHashOf(sha256Bytes, encoder.encode(linkText(linkOf(row)))));
}

/** The checkpoint as it was signed; its root is the one proofs lead to. */
export function checkpointOf(note: string): Checkpoint {
  const parsed = parseNote(note);
  if (!parsed) throw new Error('a checkpoint in the database is not one of ours');
  return parsed;
}
