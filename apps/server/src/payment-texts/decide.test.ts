// Which payments are told by text message.
import { expect, it } from 'vitest';
import { decideText, pushPatienceMs, textGiveUpMs, textRecheckMs, textsDayMax, type TextFacts } from './decide.ts';

const usual: TextFacts = { ageMs: 1_000, isFirst: false, amountMinor: 20_000n, fromMinor: 20_000n, ownerWants: true, hasNumber: true, isPushed: false, hasPush: false, textedToday: 0, message: 'none' };
const first = { isFirst: true };

it.each<[string, Partial<TextFacts>, ReturnType<typeof decideText>]>([
  ['large, and no phone asked for pushes', {}, { is: 'text' }],
  ['a unit below the amount', { amountMinor: 19_999n }, { is: 'no' }],
  ['the platform pays for none', { fromMinor: null }, { is: 'no' }],
  ['the owner wants none', { ownerWants: false }, { is: 'no' }],
  ['pushed', { hasPush: true, isPushed: true }, { is: 'no' }],
  ['a push that may still arrive', { hasPush: true }, { is: 'later', afterMs: pushPatienceMs - 1_000 }],
  ['a push that did not arrive in time', { hasPush: true, ageMs: pushPatienceMs }, { is: 'text' }],
  ['enough for today', { textedToday: textsDayMax }, { is: 'no' }],
  ['the first, whatever the amount', { ...first, amountMinor: 1n }, { is: 'text' }],
  ['the first, though the platform pays for no others', { ...first, fromMinor: null }, { is: 'text' }],
  ['the first, though the owner wants none', { ...first, ownerWants: false }, { is: 'text' }],
  ['the first, though it was pushed', { ...first, hasPush: true, isPushed: true }, { is: 'text' }],
  ['the first, though there were enough today', { ...first, textedToday: textsDayMax }, { is: 'text' }],
  ['the first, to nobody', { ...first, hasNumber: false }, { is: 'no' }],
  ['the first, a day late', { ...first, ageMs: textGiveUpMs }, { is: 'no' }],
  ['its message is on its way', { ...first, message: 'waiting' }, { is: 'later', afterMs: textRecheckMs }],
  ['its message was sent', { ...first, message: 'sent' }, { is: 'no' }],
  ['its message failed', { ...first, message: 'failed' }, { is: 'text' }],
])('%s', (_what, facts, decision) => expect(decideText({ ...usual, ...facts })).toEqual(decision));
