// A falsified log is found out, whatever was done to it; and with one guard taken away something gets through.
import { describe, expect, it } from 'vitest';
import { type LogCheck, type LogVerdict, type LogVerifierDeps, createLogVerifier, logChecks } from './audit-log.ts';
import { parseNote } from './checkpoint.ts';
import { makeLog, type MadeUpLog, newSigner, verifierTools } from './testing/made-up-log.ts';
import { type Dice, tamper, waysToTamper } from './testing/tamper.ts';

const signer = newSigner('sonrisa-audit/test');
const stranger = newSigner('sonrisa-audit/stranger');
const log = makeLog(signer, { transfers: 21, sizes: [1, 4, 9, 21] });
const known = log.notes.slice(-1);
const tools = verifierTools(signer.key);
const rounds = 150;

function verdictOf({ entries, notes }: MadeUpLog, more: Partial<LogVerifierDeps> = {}): LogVerdict {
  const verifier = createLogVerifier({ ...tools, notes, known, ...more });
  for (const entry of entries) verifier.take(entry);
  return verifier.end();
}
const sentencesOf = (tampered: MadeUpLog, more: Partial<LogVerifierDeps> = {}) => verdictOf(tampered, more).findings.map(({ sentence }) => sentence);

// A fixed seed: the same tamperings in every run (mulberry32).
function diceOf(seed: number): Dice {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** The first tampering that is not found. */
function firstMissed(checks?: readonly LogCheck[]): string | undefined {
  const dice = diceOf(7);
  for (let round = 0; round < rounds; round += 1) {
    const { what, log: tampered } = tamper(log, { dice, stranger });
    if (verdictOf(tampered, checks ? { checks } : {}).findings.length === 0) return what;
  }
  return undefined;
}

it('a log as it was written is whole', () => {
  expect(verdictOf(log)).toEqual({ findings: [], transfers: 21, checkpoints: 4, unsigned: 0 });
  expect(verdictOf({ entries: [], notes: [] }, { known: [] })).toEqual({ findings: [], transfers: 0, checkpoints: 0, unsigned: 0 });
});

it('needs no checkpoint kept from earlier', () => {
  const verifier = createLogVerifier({ ...tools, notes: log.notes });
  for (const entry of log.entries) verifier.take(entry);
  expect(verifier.end().findings).toEqual([]);
});

it('transfers after the last checkpoint are counted, not called wrong', () => {
  const { entries, notes } = makeLog(signer, { transfers: 6, sizes: [4] });
  expect(verdictOf({ entries, notes }, { known: [] })).toEqual({ findings: [], transfers: 6, checkpoints: 1, unsigned: 2 });
});

it('each of 150 random tamperings is found, and no kind is left out', () => {
  expect(firstMissed()).toBeUndefined();
  const dice = diceOf(7);
  expect(new Set(Array.from({ length: rounds }, () => tamper(log, { dice, stranger }).what))).toEqual(new Set(waysToTamper));
});

// What is left when guards are taken away. Most tamperings are caught by several at once.
it.each<[string, readonly LogCheck[]]>([
  ['signatures', logChecks.filter((check) => check !== 'signature')],
  ['roots', logChecks.filter((check) => check !== 'root')],
  ['checkpoints kept from earlier', logChecks.filter((check) => check !== 'known' && check !== 'length')],
  ['contents', logChecks.filter((check) => check !== 'content')],
  ['chain and order', ['content', 'signature', 'root', 'length']],
])('control: without %s some get through', (_guard, checks) => expect(firstMissed(checks)).toBeDefined());

describe('says what is wrong and where', () => {
  const { entries, notes } = log;
  it.each([
    ['an amount', { notes, entries: entries.map((entry, at) => (at === 6 ? { ...entry, transfer: { ...entry.transfer, amountMinor: 1n } } : entry)) },
      ['transfer 7 (top_6) was changed after it was written: its content is not what its hash was made of']],
    ['a transfer that is gone', { notes, entries: entries.filter((_, at) => at !== 19) }, [
      'the chain breaks at transfer 20 (trf_20): it says it is number 21, expected 20: transfers were taken away, added or moved',
      'the log is cut short: checkpoint 4, signed 2026-11-25T00:21:00.000Z, covers 21 transfers and there are 20',
      'the log is cut short: checkpoint 4, signed 2026-11-25T00:21:00.000Z, covers 21 transfers and there are 20']],
    ['a link that leads elsewhere', { notes, entries: entries.map((entry, at) => (at === 20 ? { ...entry, previousHash: 'elsewhere' } : entry)) }, [
      'the chain breaks at transfer 21 (trf_20): it does not follow from the one before it',
      'checkpoint 4 was signed over other transfers than the first 21 of this log',
      'checkpoint 4 was signed over other transfers than the first 21 of this log']],
    ['a hash of its own', { notes, entries: entries.map((entry, at) => (at === 20 ? { ...entry, hash: 'own' } : entry)) },
      ['the chain breaks at transfer 21 (trf_20): its own hash is not what it should be']],
    ['a checkpoint that is none', { entries, notes: ['hello', ...notes.slice(1)] }, ['checkpoint 1 is not a checkpoint']],
    ['a checkpoint of somebody else', { entries, notes: [stranger.note(parseNote(notes[0]!)!), ...notes.slice(1)] }, ['checkpoint 1 is not signed by this key']],
    ['a checkpoint of another log, by the same key', { entries, notes: [signer.note(parseNote(notes[0]!)!, 'elsewhere'), ...notes.slice(1)] }, ['checkpoint 1 is not signed by this key']],
    ['a checkpoint that is gone', { entries, notes: notes.slice(1) }, [
      'checkpoint 1 says it is number 2: checkpoints were taken away, added or moved',
      'checkpoint 2 says it is number 3: checkpoints were taken away, added or moved',
      'checkpoint 3 says it is number 4: checkpoints were taken away, added or moved']],
    ['the last checkpoint gone', { entries, notes: notes.slice(0, 3) }, ['checkpoint 4, kept from earlier, is missing from this log']],
  ])('%s', (_what, tampered, sentences) => expect(sentencesOf(tampered)).toEqual(sentences));

  it('a checkpoint that is shorter, or older, than the one before', () => {
    const [first, second] = [parseNote(notes[0]!)!, parseNote(notes[1]!)!];
    const after = (changes: object) => [notes[0]!, signer.note({ ...second, ...changes })];
    for (const changes of [{ size: first.size, root: first.root }, { atMs: first.atMs - 1 }]) {
      expect(sentencesOf({ entries, notes: after(changes) }, { known: [] })).toEqual(['checkpoint 2 is not younger and longer than the one before it']);
    }
    expect(sentencesOf({ entries, notes: after({ atMs: first.atMs }) }, { known: [] })).toEqual([]);
  });

  it('a checkpoint kept from earlier that is of another log', () => {
    const other = makeLog(signer, { transfers: 3, sizes: [2] });
    const forged = { entries: makeLog(signer, { transfers: 5, sizes: [] }).entries.map((entry) => ({ ...entry })), notes: [] };
    expect(sentencesOf(log, { known: ['hello'] })).toEqual(['the checkpoint kept from earlier is not one of this key']);
    expect(sentencesOf(log, { known: [stranger.note(parseNote(other.notes[0]!)!)] })).toEqual(['the checkpoint kept from earlier is not one of this key']);
    expect(sentencesOf({ ...forged, entries: forged.entries.slice(0, 1) }, { known: other.notes })[0]).toContain('is missing from this log');
  });
});
