// The Merkle tree of RFC 6962 (section 2.1) over the journal, and its two proofs: that a leaf is in a tree, and that a tree
// is an earlier one with leaves added at its end. Verification follows RFC 9162, sections 2.1.3.2 and 2.1.4.2. The hash
// function (SHA-256) comes in as an argument; who asks for a proof brings the hashes of full subtrees.

/** SHA-256 of these bytes, 32 bytes. */
export type HashBytes = (bytes: Uint8Array) => Uint8Array;
/** The full subtree over the leaves from index × 2^level to (index + 1) × 2^level, that one excluded. */
export type TreeNode = { readonly level: number; readonly index: number };
/** Leaves from `from` to `to`, that one excluded. */
export type LeafRange = { readonly from: number; readonly to: number };
export type NodeHash = TreeNode & { readonly hash: Uint8Array };

const leafPrefix = 0x00;
const nodePrefix = 0x01;

export function leafHashOf(hash: HashBytes, leaf: Uint8Array): Uint8Array {
  return hash(joined(leafPrefix, [leaf]));
}

export function parentOf(hash: HashBytes, [left, right]: readonly [Uint8Array, Uint8Array]): Uint8Array {
  return hash(joined(nodePrefix, [left, right]));
}

function joined(prefix: number, parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(1 + parts.reduce((length, part) => length + part.length, 0));
  bytes[0] = prefix;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A tree that only grows: the roots of its full subtrees, largest first, are all it needs to remember. */
export type GrowingTree = {
  readonly size: number;
  /** Adds one leaf by its hash and returns the full subtrees it completed, the leaf itself first. */
  add(leafHash: Uint8Array): NodeHash[];
  root(): Uint8Array;
};

export function createGrowingTree(hash: HashBytes, peaks: readonly NodeHash[] = []): GrowingTree {
  const stack = [...peaks];
  let size = stack.reduce((leaves, peak) => leaves + 2 ** peak.level, 0);
  return {
    get size() {
      return size;
    },
    add: (leafHash) => {
      let node: NodeHash = { level: 0, index: size, hash: leafHash };
      const made = [node];
      for (let left = stack.at(-1); left?.level === node.level; left = stack.at(-1)) {
        stack.pop();
        node = { level: node.level + 1, index: Math.floor(node.index / 2), hash: parentOf(hash, [left.hash, node.hash]) };
        made.push(node);
      }
      stack.push(node);
      size += 1;
      return made;
    },
    root: () => rootOfPeaks(hash, stack.map((peak) => peak.hash)),
  };
}

/** Of nothing: the hash of no bytes. */
export function rootOfPeaks(hash: HashBytes, peaks: readonly Uint8Array[]): Uint8Array {
  const last = peaks.at(-1);
  if (last === undefined) return hash(new Uint8Array(0));
  return peaks.slice(0, -1).reduceRight((right, left) => parentOf(hash, [left, right]), last);
}

/** The full subtrees that make up a range a proof asks for, left to right. Its hash is `rootOfPeaks` of theirs. */
export function nodesOf({ from, to }: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = [];
  let level = 0;
  for (let at = from; at < to; at += 2 ** level) {
    level = 0;
    // A subtree starts at a multiple of its size and ends within the range.
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    nodes.push({ level, index: at / 2 ** level });
  }
  return nodes;
}

/** RFC 6962, 2.1.1: whose hashes prove that leaf `index` is in the tree of this size. Throws RangeError for no such leaf. */
export function inclusionRanges({ index, size }: { index: number; size: number }): LeafRange[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  return pathTo({ index, range: { from: 0, to: size } });
}

function pathTo({ index, range }: { index: number; range: LeafRange }): LeafRange[] {
  if (range.to - range.from === 1) return [];
  const [left, right] = halvesOf(range);
  return index < left.to ? [...pathTo({ index, range: left }), right] : [...pathTo({ index, range: right }), left];
}

/** RFC 6962, 2.1.2: whose hashes prove that the tree of `from` leaves is the beginning of that of `to`. */
export function consistencyRanges({ from, to }: LeafRange): LeafRange[] {
  if (!Number.isSafeInteger(from) || from < 1 || from > to) throw new RangeError(`a tree of ${to} has no beginning of ${from}`);
  return beginningIn({ size: from, range: { from: 0, to }, isWhole: true });
}

function beginningIn({ size, range, isWhole }: { size: number; range: LeafRange; isWhole: boolean }): LeafRange[] {
  if (size === range.to) return isWhole ? [] : [range];
  const [left, right] = halvesOf(range);
  return size <= left.to
    ? [...beginningIn({ size, range: left, isWhole }), right]
    : [...beginningIn({ size, range: right, isWhole: false }), left];
}

// The left half is the largest power of two below the whole.
function halvesOf({ from, to }: LeafRange): [LeafRange, LeafRange] {
  let width = 1;
  while (width * 2 < to - from) width *= 2;
  return [{ from, to: from + width }, { from: from + width, to }];
}

export type Inclusion = { readonly leafHash: Uint8Array; readonly index: number; readonly size: number; readonly path: readonly Uint8Array[]; readonly root: Uint8Array };

export function isIncluded(hash: HashBytes, { leafHash, index, size, path, root }: Inclusion): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let [at, last] = [index, size - 1];
  let found = leafHash;
  for (const part of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      found = parentOf(hash, [part, found]);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else found = parentOf(hash, [found, part]);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSame(found, root);
}

export type Consistency = { readonly from: TreeHead; readonly to: TreeHead; readonly path: readonly Uint8Array[] };
export type TreeHead = { readonly size: number; readonly root: Uint8Array };

export function isConsistent(hash: HashBytes, { from, to, path }: Consistency): boolean {
  if (from.size < 1 || from.size > to.size) return false;
  if (from.size === to.size) return path.length === 0 && isSame(from.root, to.root);
  let [at, last] = [from.size - 1, to.size - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  // A beginning that is one full subtree is not repeated in the proof.
  const [first, ...rest] = at === 0 ? [from.root, ...path] : path;
  if (first === undefined) return false;
  let [older, newer] = [first, first];
  for (const part of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [older, newer] = [parentOf(hash, [part, older]), parentOf(hash, [part, newer])];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else newer = parentOf(hash, [newer, part]);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && isSame(older, from.root) && isSame(newer, to.root);
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
