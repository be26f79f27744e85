import { describe, expect, it } from 'vitest';
import { smsCodeAfterMs } from './limits.ts';
import { smsRefusal, type SmsFacts } from './sms-need.ts';

const dayMs = 86_400_000;
const nowMs = 100 * dayMs;
// The platform's limit is 50.00, the store's 200.00.
const possible: SmsFacts = {
  reason: 'own_limit',
  way: 'face',
  isChild: false,
  amountMinor: 5_000n,
  pinFromMinor: 20_000n,
  settings: { maxMinor: '5000', forRisk: true, numberDaysMin: 14, unusedPerDayMax: 3 },
  needsPin: false,
  allowed: true,
  confirmationDue: false,
  isFirst: false,
  numberSinceMs: nowMs - 14 * dayMs,
  numberClaimed: false,
  recovering: false,
  codesUnused: 2,
  seenByPhone: false,
  askedAtMs: nowMs - smsCodeAfterMs,
  nowMs,
};

it('at the very edge of every limit it may', () => {
  expect(smsRefusal(possible)).toBeNull();
  expect(smsRefusal({ ...possible, reason: 'risk' })).toBeNull();
});

describe('not', () => {
  const settings = possible.settings;
  it.each<[string, Partial<SmsFacts>, string]>([
    ['one more than the limit', { amountMinor: 5_001n }, 'amount'],
    ['from the limit of the store on, if that is the lower one', { pinFromMinor: 5_000n }, 'amount'],
    ['where the platform does not want it', { amountMinor: 1n, settings: { ...settings, maxMinor: '0' } }, 'amount'],
    ['for a child', { isChild: true }, 'child'],
    ['for what a guardian answers', { reason: 'guardian' }, 'child'],
    ['of a payment code', { way: 'code' }, 'by_code'],
    ['for the amount of a code', { reason: 'code_amount' }, 'by_code'],
    ['after a risk, where the platform does not want it', { reason: 'risk', settings: { ...settings, forRisk: false } }, 'risk'],
    ['where the rung or the rules want the PIN', { needsPin: true }, 'pin_due'],
    ['where a second factor is due', { confirmationDue: true }, 'pin_due'],
    ['over a limit of spending', { allowed: false }, 'pin_due'],
    ['of a first payment', { isFirst: true }, 'first_payment'],
    ['without a number', { numberSinceMs: null }, 'number'],
    ['with a number of less than so many days', { numberSinceMs: nowMs - 14 * dayMs + 1 }, 'number'],
    ['while somebody else says that the number is theirs', { numberClaimed: true }, 'number'],
    ['while the account is being recovered', { recovering: true }, 'recovering'],
    ['after so many codes that nobody used', { codesUnused: 3 }, 'codes_unused'],
    ['where a phone shows it', { seenByPhone: true }, 'seen'],
    ['before the phone had its time', { askedAtMs: nowMs - smsCodeAfterMs + 1 }, 'too_soon'],
  ])('%s', (_what, change, why) => expect(smsRefusal({ ...possible, ...change })).toBe(why));
});
