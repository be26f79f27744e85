// Everything that is decided about children, on one row each.
import type { ChildState } from '@sonrisa/protocol/child-state.ts';
import type { LimitKind } from '@sonrisa/protocol/limits-api.ts';
import { describe, expect, it } from 'vitest';
import { ageOn, type ChildAct, type ChildFacts, childStateOf, dayOfAge, limitRefused, refusalOf, refusalToAdd, type ToAdd } from './decide.ts';

describe('ages', () => {
  it.each([
    // born on, today, years, of age (18) on
    ['2016-05-04', '2026-05-03', 9, '2034-05-04'],
    ['2016-05-04', '2026-05-04', 10, '2034-05-04'],
    ['2016-05-04', '2026-11-29', 10, '2034-05-04'],
    ['2026-11-29', '2026-11-29', 0, '2044-11-29'],
    ['2008-11-29', '2026-11-28', 17, '2026-11-29'],
    ['2008-11-29', '2026-11-29', 18, '2026-11-29'],
    // A birthday that most years do not have.
    ['2012-02-29', '2026-02-28', 13, '2030-03-01'],
    ['2012-02-29', '2026-03-01', 14, '2030-03-01'],
    ['2008-02-29', '2028-02-29', 20, '2026-03-01'],
  ])('born on %s, on %s: %s, of age on %s', (bornOn, today, years, ofAgeOn) => {
    expect([ageOn(bornOn, today), dayOfAge(bornOn, 18)]).toEqual([years, ofAgeOn]);
    expect([ageOn(bornOn, ofAgeOn) >= 18, ageOn(bornOn, dayBefore(ofAgeOn)) >= 18]).toEqual([true, false]);
  });
});

const dayBefore = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);

describe('who may be added', () => {
  const usual: ToAdd = { bornOn: '2016-05-04', today: '2026-11-29', adultAgeYears: 18, childrenNow: 0, guardianAttested: false, guardian: { isChild: false, bornOn: null } };
  it.each<[string, Partial<ToAdd>, string | null]>([
    ['a child of ten', {}, null],
    ['somebody of seventeen', { bornOn: '2008-11-30' }, null],
    ['somebody of eighteen', { bornOn: '2008-11-29' }, 'child_of_age'],
    ['somebody of eighteen where adults are twenty', { bornOn: '2008-11-29', adultAgeYears: 20 }, null],
    ['somebody born tomorrow', { bornOn: '2026-11-30' }, 'born_on_invalid'],
    ['somebody born today', { bornOn: '2026-11-29' }, null],
    ['somebody born two hundred years ago', { bornOn: '1826-11-29' }, 'born_on_invalid'],
    ['a tenth child', { childrenNow: 9 }, null],
    ['an eleventh child', { childrenNow: 10 }, 'children_many'],
    ['a child, by somebody of whom nothing is attested where that is required', { guardianAttested: true }, 'guardian_not_attested'],
    ['a child, by somebody attested as of age where that is required', { guardianAttested: true, guardian: { isChild: false, bornOn: '1990-01-01' } }, null],
    ['a child, by a child', { guardian: { isChild: true, bornOn: '2016-01-01' } }, 'forbidden'],
    ['a child, by somebody attested as seventeen', { guardian: { isChild: false, bornOn: '2008-11-30' } }, 'guardian_not_adult'],
    ['a child, by somebody attested as eighteen today', { guardian: { isChild: false, bornOn: '2008-11-29' } }, null],
  ])('%s', (_who, change, code) => {
    expect(refusalToAdd({ ...usual, ...change })).toBe(code);
  });
});

describe('what state a child is in', () => {
  const usual: ChildFacts = { closed: false, ageYears: 10, adultAgeYears: 18, faceState: 'off', hasConsent: true };
  it.each<[Partial<ChildFacts>, ChildState]>([
    [{}, 'no_face'],
    [{ hasConsent: false }, 'no_consent'],
    [{ faceState: 'on' }, 'on'],
    [{ faceState: 'paused' }, 'paused'],
    [{ faceState: 'on', ageYears: 18 }, 'of_age'],
    [{ faceState: 'paused', ageYears: 30 }, 'of_age'],
    [{ closed: true, ageYears: 18 }, 'closed'],
    [{ closed: true, faceState: 'on' }, 'closed'],
  ])('%j: %s', (change, state) => {
    expect(childStateOf({ ...usual, ...change })).toBe(state);
  });
});

describe('what a guardian may do', () => {
  const states: ChildState[] = ['no_consent', 'no_face', 'on', 'paused', 'of_age', 'closed'];
  it.each<[ChildAct, (string | null)[]]>([
    //              no_consent, no_face, on, paused, of_age, closed
    ['consent', [null, 'enrolment_state_conflict', 'enrolment_state_conflict', 'enrolment_state_conflict', 'child_of_age', 'child_closed']],
    ['look', ['consent_required', null, null, 'face_paused', 'child_of_age', 'child_closed']],
    ['allowance', [null, null, null, null, 'child_of_age', 'child_closed']],
    ['limit', [null, null, null, null, 'child_of_age', 'child_closed']],
    ['resume', [null, null, null, null, 'child_of_age', 'child_closed']],
    // Less is always possible.
    ['pause', [null, null, null, null, null, null]],
    ['erase', [null, null, null, null, null, null]],
    ['close', [null, null, null, null, null, null]],
    ['take_back', [null, null, null, null, null, null]],
  ])('%s', (act, codes) => {
    expect(states.map((state) => refusalOf(act, state))).toEqual(codes);
  });
});

describe('which limits a guardian may set', () => {
  it.each<[LimitKind, string | null, boolean]>([
    ['payment', '5000', false],
    ['payment', '0', false],
    ['payment', null, true],
    ['day', null, true],
    ['month', null, true],
    ['food', null, false],
    ['food', '0', false],
    ['other', null, false],
    ['gambling', '0', false],
    ['gambling', '1', true],
    ['gambling', null, true],
  ])('%s at %s is refused: %s', (kind, maxMinor, refused) => {
    expect(limitRefused({ kind, maxMinor })).toBe(refused);
  });
});
