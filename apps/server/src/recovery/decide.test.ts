// Every set of proofs against every goal: which open something, and that nothing else does.
import { describe, expect, it } from 'vitest';
import { decideRecovery, goals, proofs, proofsOfDocument, rules, type Goal, type Proof, type Rule } from './decide.ts';

const enough: [Goal, Proof[], string][] = [
  ['sign_in', ['sms', 'pin'], 'none'],
  ['sign_in', ['sms', 'passkey'], 'none'],
  ['pin', ['session', 'passkey'], 'passkey'],
  ['pin', ['session', 'sms'], 'sms'],
  ['pin', ['session', 'sms', 'passkey'], 'passkey'],
  ['number', ['session', 'new_sms', 'pin'], 'number'],
  ['number', ['session', 'new_sms', 'passkey'], 'number'],
  ['account', ['sms', 'document'], 'staff'],
  ['account', ['new_sms', 'document', 'attested_document'], 'staff'],
  ['account', ['new_sms', 'pin', 'document'], 'staff'],
];
const tooLittle: [string, Goal, Proof[]][] = [
  ['the number alone does not sign in', 'sign_in', ['sms']],
  ['nor with the face', 'sign_in', ['sms', 'face']],
  ['the PIN alone does not sign in', 'sign_in', ['pin']],
  ['nor with the face', 'sign_in', ['pin', 'face']],
  ['a code on some other number is no code on this one', 'sign_in', ['new_sms', 'pin']],
  ['a phone left lying about gets no PIN', 'pin', ['session', 'face']],
  ['the number alone gets no PIN', 'pin', ['sms', 'face']],
  ['a phone that is signed in does not change the number without a proof', 'number', ['session', 'new_sms']],
  ['the number alone is no account', 'account', ['sms', 'face']],
  ['a document of the same name without the number is none either', 'account', ['new_sms', 'document', 'face']],
  ['a document alone is none', 'account', ['document', 'attested_document']],
  ['staff cannot be left out', 'account', ['sms', 'new_sms', 'pin', 'face']],
];

describe('a recovery', () => {
  it.each(enough)('%s by %j cools down as %s', (goal, proved, coolDown) => {
    expect(decideRecovery(goal, proved)).toEqual({ ok: true, coolDown });
  });
  it.each(tooLittle)('%s: %s by %j', (_why, goal, proved) => {
    expect(decideRecovery(goal, proved)).toEqual({ ok: false, code: 'recovery_needs_proof' });
  });

  const sets = Array.from({ length: 2 ** proofs.length }, (_, bits) => proofs.filter((_proof, i) => (bits >> i) & 1));
  /** What no rule may do: turn on a face, open anything by one proof, or change an account without a wait. */
  const wrongs = (among: readonly Rule[]): string[] =>
    goals.flatMap((goal) =>
      sets.flatMap((proved) => {
        const [decided, faceless] = [decideRecovery(goal, proved, among), decideRecovery(goal, proved.filter((proof) => proof !== 'face'), among)];
        return [
          ...(JSON.stringify(decided) === JSON.stringify(faceless) ? [] : ['turns on a face']),
          ...(decided.ok && proved.length < 2 ? ['one proof'] : []),
          ...(decided.ok && (decided.coolDown === 'none') !== (goal === 'sign_in') ? ['no wait'] : []),
        ];
      }),
    );
  it('never turns on a face, opens nothing by one proof, and everything but signing in cools down', () => {
    expect(sets).toHaveLength(256);
    expect(wrongs(rules)).toEqual([]);
  });
  it.each<[string, Rule]>([
    ['turns on a face', { goal: 'sign_in', needs: ['sms', 'face'], coolDown: 'none' }],
    ['one proof', { goal: 'account', needs: ['attested_document'], coolDown: 'staff' }],
    ['no wait', { goal: 'number', needs: ['session', 'pin'], coolDown: 'none' }],
  ])('control: a rule that is wrong is seen: %s', (wrong, rule) => {
    expect(wrongs([...rules, rule])).toContain(wrong);
  });
});

it('a document of a namesake is nothing, of an account nobody attested a name, and of an attested one the person', () => {
  expect(proofsOfDocument).toEqual({ none: [], name: ['document'], attested: ['document', 'attested_document'] });
});
