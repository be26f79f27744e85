// FOR TESTS: every way we could think of to falsify an audit log, one at random. Whoever tampers may write everything and
// knows every hash; only the signing key is out of reach.
import type { LoggedTransfer } from '../audit-log.ts';
import { checkpointBody, parseNote, signedNote } from '../checkpoint.ts';
import { contentHashOf, type JournalTransfer } from '../journal.ts';
import { chained, hash, hashBytes, type MadeUpLog, type Signer } from './made-up-log.ts';

/** A whole number from 0 to below this one. */
export type Dice = (below: number) => number;
export type Tampering = { readonly what: string; readonly log: MadeUpLog };
type Way = (log: MadeUpLog, tools: { dice: Dice; stranger: Signer }) => MadeUpLog;

/** Always another log than the one given. `stranger` signs under another key. */
export function tamper(log: MadeUpLog, tools: { dice: Dice; stranger: Signer }): Tampering {
  const names = Object.keys(ways);
  const what = names[tools.dice(names.length)]!;
  return { what, log: ways[what]!(log, tools) };
}

const edits: readonly ((transfer: JournalTransfer) => JournalTransfer)[] = [
  (transfer) => ({ ...transfer, id: `${transfer.id}0` }),
  (transfer) => ({ ...transfer, kind: transfer.kind === 'refund' ? 'void' : 'refund' }),
  (transfer) => ({ ...transfer, currency: transfer.currency === 'JPY' ? 'KWD' : 'JPY' }),
  (transfer) => ({ ...transfer, amountMinor: transfer.amountMinor + 1n }),
  (transfer) => ({ ...transfer, feeMinor: transfer.feeMinor + 1n }),
  (transfer) => ({ ...transfer, holdId: transfer.holdId === null ? 'pay_x' : null }),
  (transfer) => ({ ...transfer, reason: `${transfer.reason} ` }),
  (transfer) => ({ ...transfer, atMs: transfer.atMs - 1 }),
  (transfer) => ({ ...transfer, legs: transfer.legs.slice(1) }),
  (transfer) => ({ ...transfer, legs: [...transfer.legs, ...transfer.legs.slice(0, 1)] }),
  (transfer) => ({ ...transfer, legs: transfer.legs.map((leg, at) => (at === 0 ? { ...leg, amountMinor: leg.amountMinor * 2n } : leg)) }),
  (transfer) => ({ ...transfer, legs: transfer.legs.map((leg, at) => (at === 0 ? { ...leg, accountId: `${leg.accountId}x` } : leg)) }),
];

const edited = (transfer: JournalTransfer, dice: Dice): JournalTransfer => edits[dice(edits.length)]!(transfer);
const replaced = <T>(items: readonly T[], at: number, item: T): T[] => items.map((each, index) => (index === at ? item : each));
const without = <T>(items: readonly T[], at: number): T[] => items.filter((_, index) => index !== at);
const inserted = <T>(items: readonly T[], at: number, item: T): T[] => [...items.slice(0, at), item, ...items.slice(at)];
const rechained = (entries: readonly LoggedTransfer[]): LoggedTransfer[] => chained(entries.map(({ transfer }) => transfer));

function swapped<T>(items: readonly T[], dice: Dice): T[] {
  const at = dice(items.length - 1);
  const other = at + 1 + dice(items.length - at - 1);
  return replaced(replaced(items, at, items[other]!), other, items[at]!);
}

function cutShort({ entries, notes }: MadeUpLog, dice: Dice): LoggedTransfer[] {
  const signed = parseNote(notes.at(-1)!)!.size;
  return entries.slice(0, Math.min(signed, entries.length) - 1 - dice(signed - 1));
}

// Its body rewritten, its signature left as it is.
function rewritten(note: string, dice: Dice): string {
  const checkpoint = parseNote(note)!;
  const root = checkpoint.root.map((byte, at) => (at === 0 ? byte ^ 0xff : byte));
  const changes = [{ size: checkpoint.size + 1 }, { number: checkpoint.number + 1 }, { atMs: checkpoint.atMs + 1 }, { root }, { origin: `${checkpoint.origin}x` }];
  const body = checkpointBody({ ...checkpoint, ...changes[dice(changes.length)]! });
  return note.replace(checkpoint.body, body);
}

const ways: Readonly<Record<string, Way>> = {
  'edit a transfer': ({ entries, notes }, { dice }) => {
    const at = dice(entries.length);
    return { notes, entries: replaced(entries, at, { ...entries[at]!, transfer: edited(entries[at]!.transfer, dice) }) };
  },
  'edit a transfer, its hash made to fit': ({ entries, notes }, { dice }) => {
    const at = dice(entries.length);
    const transfer = edited(entries[at]!.transfer, dice);
    return { notes, entries: replaced(entries, at, { ...entries[at]!, transfer, contentHash: contentHashOf(hash, transfer) }) };
  },
  'edit a transfer, the whole chain made to fit': ({ entries, notes }, { dice }) => {
    const at = dice(entries.length);
    return { notes, entries: rechained(replaced(entries, at, { ...entries[at]!, transfer: edited(entries[at]!.transfer, dice) })) };
  },
  'edit a link': ({ entries, notes }, { dice }) => {
    const at = dice(entries.length);
    const entry = entries[at]!;
    const changes = [{ seq: entry.seq + 1n }, { previousHash: `${entry.previousHash}0` }, { hash: `${entry.hash}0` }, { contentHash: `${entry.contentHash}0` }];
    return { notes, entries: replaced(entries, at, { ...entry, ...changes[dice(changes.length)]! }) };
  },
  'remove a transfer': ({ entries, notes }, { dice }) => ({ notes, entries: without(entries, dice(entries.length)) }),
  'remove a transfer, the chain made to fit': ({ entries, notes }, { dice }) => ({ notes, entries: rechained(without(entries, dice(entries.length))) }),
  'repeat a transfer': ({ entries, notes }, { dice }) => {
    const at = dice(entries.length);
    return { notes, entries: inserted(entries, at, entries[at]!) };
  },
  'insert a transfer, the chain made to fit': ({ entries, notes }, { dice }) => {
    const forged = { ...entries[0]!, transfer: { ...edited(entries[0]!.transfer, dice), id: 'trf_forged' } };
    return { notes, entries: rechained(inserted(entries, dice(entries.length), forged)) };
  },
  'swap two transfers': ({ entries, notes }, { dice }) => ({ notes, entries: swapped(entries, dice) }),
  'swap two transfers, the chain made to fit': ({ entries, notes }, { dice }) => ({ notes, entries: rechained(swapped(entries, dice)) }),
  'cut the end off': (log, { dice }) => ({ notes: log.notes, entries: cutShort(log, dice) }),
  'cut the end off with its checkpoints': (log, { dice }) => {
    const entries = cutShort(log, dice);
    return { entries, notes: log.notes.filter((note) => parseNote(note)!.size <= entries.length) };
  },
  'swap two checkpoints': ({ entries, notes }, { dice }) => ({ entries, notes: swapped(notes, dice) }),
  'remove a checkpoint': ({ entries, notes }, { dice }) => ({ entries, notes: without(notes, dice(notes.length)) }),
  'repeat a checkpoint': ({ entries, notes }, { dice }) => {
    const at = dice(notes.length);
    return { entries, notes: inserted(notes, at, notes[at]!) };
  },
  'rewrite a checkpoint': ({ entries, notes }, { dice }) => {
    const at = dice(notes.length);
    return { entries, notes: replaced(notes, at, rewritten(notes[at]!, dice)) };
  },
  'change one letter of a checkpoint': ({ entries, notes }, { dice }) => {
    const at = dice(notes.length);
    const letters = [...notes[at]!];
    const place = dice(letters.length);
    const other = letters[place] === 'A' ? 'B' : 'A';
    return { entries, notes: replaced(notes, at, replaced(letters, place, other).join('')) };
  },
  'sign a checkpoint with another key': ({ entries, notes }, { dice, stranger }) => {
    const at = dice(notes.length);
    return { entries, notes: replaced(notes, at, stranger.note(parseNote(notes[at]!)!)) };
  },
  "put another key's signature under the old name": ({ entries, notes }, { dice, stranger }) => {
    const at = dice(notes.length);
    const checkpoint = parseNote(notes[at]!)!;
    const { signature } = parseNote(stranger.note(checkpoint))!;
    const key = { name: checkpoint.keyName, publicKey: stranger.key.publicKey };
    return { entries, notes: replaced(notes, at, signedNote(hashBytes, { body: checkpoint.body, key, signature })) };
  },
};

export const waysToTamper: readonly string[] = Object.keys(ways);
