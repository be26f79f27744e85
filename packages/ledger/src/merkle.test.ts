// Against the test vectors of Certificate Transparency (the reference implementation of RFC 6962), against the RFC's own
// recursive definition, and with every proof broken in every place.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type LeafRange, consistencyRanges, createGrowingTree, inclusionRanges, isConsistent, isIncluded, isSame, leafHashOf, nodesOf, parentOf, rootOfPeaks } from './merkle.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

// The eight leaves and the roots over the first n of them.
const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(bytesOf);
const knownRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leafHashes = (count: number) => Array.from({ length: count }, (_, index) => leafHashOf(sha256, new TextEncoder().encode(`leaf ${index}`)));

/** The definition of RFC 6962, 2.1, word for word. */
function treeHash(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return sha256(new Uint8Array(0));
  if (hashes.length === 1) return hashes[0]!;
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  return parentOf(sha256, [treeHash(hashes.slice(0, half)), treeHash(hashes.slice(half))]);
}

const sizesMax = 40;
const all = leafHashes(sizesMax);
const rootAt = (size: number) => treeHash(all.slice(0, size));
const pathOf = (ranges: readonly LeafRange[]) =>
  ranges.map((range) => rootOfPeaks(sha256, nodesOf(range).map(({ level, index }) => treeHash(all.slice(index * 2 ** level, (index + 1) * 2 ** level)))));
const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === 31 ? byte ^ 1 : byte));

it('the roots of the reference vectors', () => {
  const tree = createGrowingTree(sha256);
  const roots = [hexOf(tree.root()), ...leaves.map((leaf) => (tree.add(leafHashOf(sha256, leaf)), hexOf(tree.root())))];
  expect(roots).toEqual(knownRoots);
  expect(tree.size).toBe(8);
});

it('grows as the definition says, and names each full subtree once', () => {
  const tree = createGrowingTree(sha256);
  const made = all.flatMap((leaf, index) => {
    const nodes = tree.add(leaf);
    expect(isSame(tree.root(), rootAt(index + 1))).toBe(true);
    expect(nodes[0]).toEqual({ level: 0, index, hash: leaf });
    return nodes;
  });
  for (const { level, index, hash } of made) expect(hexOf(hash)).toBe(hexOf(treeHash(all.slice(index * 2 ** level, (index + 1) * 2 ** level))));
  expect(new Set(made.map(({ level, index }) => `${level}/${index}`)).size).toBe(40 + 20 + 10 + 5 + 2 + 1);
});

it('goes on from its peaks alone', () => {
  for (let size = 0; size <= sizesMax; size += 1) {
    const peaks = nodesOf({ from: 0, to: size }).map((node) => ({ ...node, hash: treeHash(all.slice(node.index * 2 ** node.level, (node.index + 1) * 2 ** node.level)) }));
    const tree = createGrowingTree(sha256, peaks);
    expect(tree.size).toBe(size);
    all.slice(size).forEach((leaf) => tree.add(leaf));
    expect(isSame(tree.root(), rootAt(sizesMax))).toBe(true);
  }
});

it('a range is made of full subtrees, left to right', () => {
  expect(nodesOf({ from: 0, to: 7 })).toEqual([{ level: 2, index: 0 }, { level: 1, index: 2 }, { level: 0, index: 6 }]);
  expect(nodesOf({ from: 4, to: 6 })).toEqual([{ level: 1, index: 2 }]);
  expect(nodesOf({ from: 5, to: 8 })).toEqual([{ level: 0, index: 5 }, { level: 1, index: 3 }]);
  expect(nodesOf({ from: 3, to: 3 })).toEqual([]);
});

describe('an inclusion proof', () => {
  it('holds for every leaf of every size, and is as long as the tree is high', () => {
    for (let size = 1; size <= sizesMax; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const path = pathOf(inclusionRanges({ index, size }));
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(isIncluded(sha256, { leafHash: all[index]!, index, size, path, root: rootAt(size) })).toBe(true);
      }
    }
  });

  it('broken anywhere does not', () => {
    for (const size of [1, 2, 3, 7, 8, 13]) {
      for (let index = 0; index < size; index += 1) {
        const proof = { leafHash: all[index]!, index, size, path: pathOf(inclusionRanges({ index, size })), root: rootAt(size) };
        const broken = [
          { ...proof, leafHash: flipped(proof.leafHash) },
          { ...proof, root: flipped(proof.root) },
          { ...proof, path: [...proof.path, all[0]!] },
          ...proof.path.map((_, at) => ({ ...proof, path: proof.path.map((part, each) => (each === at ? flipped(part) : part)) })),
          ...proof.path.map((_, at) => ({ ...proof, path: proof.path.filter((__, each) => each !== at) })),
          ...[index - 1, index + 1, index + 0.5, -1, size].map((other) => ({ ...proof, index: other })),
        ];
        for (const each of broken) expect(isIncluded(sha256, each)).toBe(false);
      }
    }
  });

  it('is not to be had of a leaf that is not there', () => {
    for (const index of [-1, 3, 4, 0.5]) expect(() => inclusionRanges({ index, size: 3 })).toThrow(`no leaf ${index} in a tree of 3`);
  });
});

describe('a consistency proof', () => {
  const proofOf = (from: number, to: number) => ({ from: { size: from, root: rootAt(from) }, to: { size: to, root: rootAt(to) }, path: pathOf(consistencyRanges({ from, to })) });

  it('holds between any two sizes', () => {
    for (let to = 1; to <= sizesMax; to += 1) for (let from = 1; from <= to; from += 1) expect(isConsistent(sha256, proofOf(from, to))).toBe(true);
  });

  it('broken anywhere does not', () => {
    for (const [from, to] of [[1, 1], [1, 2], [3, 3], [3, 7], [4, 7], [6, 8], [7, 8], [8, 13], [5, 40]] as const) {
      const proof = proofOf(from, to);
      const broken = [
        { ...proof, from: { ...proof.from, root: flipped(proof.from.root) } },
        { ...proof, to: { ...proof.to, root: flipped(proof.to.root) } },
        { ...proof, path: [...proof.path, all[0]!] },
        ...proof.path.map((_, at) => ({ ...proof, path: proof.path.map((part, each) => (each === at ? flipped(part) : part)) })),
        ...proof.path.map((_, at) => ({ ...proof, path: proof.path.filter((__, each) => each !== at) })),
        ...(proof.path.length > 0 ? [{ ...proof, path: [] }] : []),
        { ...proof, from: { ...proof.from, size: 0 } },
        { ...proof, from: { ...proof.from, size: to + 1 } },
      ];
      for (const each of broken) expect(isConsistent(sha256, each)).toBe(false);
    }
  });

  it('that leads to the right roots does not hold for sizes they are not of', () => {
    const [one, other] = [all[0]!, all[1]!];
    const to = { size: 2, root: parentOf(sha256, [one, other]) };
    expect(isConsistent(sha256, { from: { size: 1, root: one }, to, path: [other] })).toBe(true);
    expect(isConsistent(sha256, { from: { size: 1, root: one }, to: { ...to, size: 4 }, path: [other] })).toBe(false);
    expect(isConsistent(sha256, { from: { size: 0, root: one }, to, path: [one, other] })).toBe(false);
  });

  it('is not to be had of a tree that is longer, or of nothing', () => {
    for (const from of [-1, 0, 4, 0.5]) expect(() => consistencyRanges({ from, to: 3 })).toThrow(`a tree of 3 has no beginning of ${from}`);
  });
});

it('bytes are the same only when all of them are', () => {
  expect(isSame(bytesOf('0102'), bytesOf('0102'))).toBe(true);
  for (const other of ['', '01', '0103', '010203']) expect(isSame(bytesOf('0102'), bytesOf(other))).toBe(false);
});
