// Verifies a whole audit log from what was exported, with nothing else at hand but the public key: contents, chain, Merkle
// roots, signatures, and that every checkpoint is the beginning of the next. Says what is wrong and where, in words.
import { type LogKey, type SignedCheckpoint, type VerifySignature, isSignedBy, parseNote } from './checkpoint.ts';
import { type Hash, type JournalLink, type JournalTransfer, contentHashOf, linkAfter, linkText } from './journal.ts';
import { type HashBytes, createGrowingTree, isSame, leafHashOf } from './merkle.ts';

export type LoggedTransfer = JournalLink & { readonly transfer: JournalTransfer };
export type LogFinding = { readonly check: LogCheck; readonly sentence: string };
/** One guard each; a test takes them away one by one. */
export const logChecks = ['content', 'chain', 'readable', 'signature', 'order', 'root', 'length', 'known'] as const;
export type LogCheck = (typeof logChecks)[number];

export type LogVerifierDeps = {
  readonly hash: Hash;
  readonly hashBytes: HashBytes;
  readonly verify: VerifySignature;
  readonly key: LogKey;
  /** Every checkpoint of the log, oldest first, as signed notes. */
  readonly notes: readonly string[];
  /** Notes kept elsewhere from earlier: against a log that was cut short together with its last checkpoints. */
  readonly known?: readonly string[];
  readonly checks?: readonly LogCheck[];
};
export type LogVerdict = {
  readonly findings: readonly LogFinding[];
  readonly transfers: number;
  readonly checkpoints: number;
  /** Transfers after the last checkpoint: in the chain, and not signed yet. */
  readonly unsigned: number;
};
export type LogVerifier = {
  /** The next transfer of the journal, in its order. */
  take(logged: LoggedTransfer): void;
  end(): LogVerdict;
};

export function createLogVerifier(deps: LogVerifierDeps): LogVerifier {
  const findings: LogFinding[] = [];
  const checks = new Set(deps.checks ?? logChecks);
  const find = (check: LogCheck, sentence: string) => void (checks.has(check) && findings.push({ check, sentence }));
  const checkpoints = readCheckpoints(deps, find);
  const known = readKnown(deps, find);
  const bySize = new Map<number, SignedCheckpoint[]>();
  for (const each of [...checkpoints, ...known]) bySize.set(each.size, [...(bySize.get(each.size) ?? []), each]);
  const tree = createGrowingTree(deps.hashBytes);
  const encoder = new TextEncoder();
  let previous: JournalLink | null = null;

  return {
    take: (logged) => {
      const place = `transfer ${tree.size + 1} (${logged.transfer.id})`;
      const contentHash = contentHashOf(deps.hash, logged.transfer);
      if (contentHash !== logged.contentHash) find('content', `${place} was changed after it was written: its content is not what its hash was made of`);
      const wrong = brokenLink(deps.hash, previous, logged);
      if (wrong !== null) find('chain', `the chain breaks at ${place}: ${wrong}`);
      tree.add(leafHashOf(deps.hashBytes, encoder.encode(linkText(logged))));
      // From here on as it stands: one break is told once, not at every link behind it.
      previous = logged;
      for (const { number, size, root } of bySize.get(tree.size) ?? []) {
        if (!isSame(tree.root(), root)) find('root', `checkpoint ${number} was signed over other transfers than the first ${size} of this log`);
      }
    },
    end: () => {
      for (const { number, size, atMs } of [...checkpoints, ...known]) {
        if (size > tree.size) find('length', `the log is cut short: checkpoint ${number}, signed ${new Date(atMs).toISOString()}, covers ${size} transfers and there are ${tree.size}`);
      }
      const signed = checkpoints.reduce((most, { size }) => Math.max(most, size), 0);
      return { findings, transfers: tree.size, checkpoints: checkpoints.length, unsigned: Math.max(0, tree.size - signed) };
    },
  };
}

type Find = (check: LogCheck, sentence: string) => void;

function readCheckpoints(deps: LogVerifierDeps, find: Find): SignedCheckpoint[] {
  const read: SignedCheckpoint[] = [];
  deps.notes.forEach((note, at) => {
    const place = `checkpoint ${at + 1}`;
    const checkpoint = parseNote(note);
    if (!checkpoint) return find('readable', `${place} is not a checkpoint`);
    if (!isOurs(deps, checkpoint)) find('signature', `${place} is not signed by this key`);
    const before = read.at(-1);
    if (checkpoint.number !== at + 1) find('order', `${place} says it is number ${checkpoint.number}: checkpoints were taken away, added or moved`);
    if (before && (checkpoint.size <= before.size || checkpoint.atMs < before.atMs)) find('order', `${place} is not younger and longer than the one before it`);
    read.push(checkpoint);
  });
  return read;
}

function readKnown(deps: LogVerifierDeps, find: Find): SignedCheckpoint[] {
  const inLog = new Set(deps.notes);
  return (deps.known ?? []).flatMap((note) => {
    const checkpoint = parseNote(note);
    if (!checkpoint || !isOurs(deps, checkpoint)) {
      find('readable', 'the checkpoint kept from earlier is not one of this key');
      return [];
    }
    if (!inLog.has(note)) find('known', `checkpoint ${checkpoint.number}, kept from earlier, is missing from this log`);
    return [checkpoint];
  });
}

function isOurs({ hashBytes, key, verify }: LogVerifierDeps, checkpoint: SignedCheckpoint): boolean {
  return checkpoint.origin === key.name && isSignedBy(checkpoint, { hash: hashBytes, key, verify });
}

function brokenLink(hash: Hash, previous: JournalLink | null, link: JournalLink): string | null {
  const expected = linkAfter(hash, previous, link.contentHash);
  if (link.seq !== expected.seq) return `it says it is number ${link.seq}, expected ${expected.seq}: transfers were taken away, added or moved`;
  if (link.previousHash !== expected.previousHash) return 'it does not follow from the one before it';
  return link.hash === expected.hash ? null : 'its own hash is not what it should be';
}
