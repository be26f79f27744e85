import { describe, expect, it } from 'vitest';
import { phoneReason, pinInsteadOfPhone } from './phone-need.ts';

// The store's limit is 200.00.
const pinFromMinor = 20_000n;

describe('who asks for the phone', () => {
  it.each([
    // way, amount, shopper's wish, risk rules, reason, PIN instead
    ['face', 1_280n, null, null, null, true],
    ['face', 1_280n, 0n, null, 'own_limit', true],
    ['face', 1_280n, 1_280n, null, 'own_limit', true],
    ['face', 1_279n, 1_280n, null, null, true],
    ['face', 19_999n, null, null, null, true],
    ['face', 20_000n, null, null, null, false],
    ['face', 20_000n, 5_000n, null, 'own_limit', false],
    ['code', 19_999n, null, null, null, false],
    ['code', 20_000n, null, null, 'code_amount', false],
    // The code is on the phone already.
    ['code', 1_280n, 0n, null, null, false],
    ['face', 1_280n, null, 'allow', null, true],
    ['face', 1_280n, null, 'ask_pin', null, true],
    ['face', 1_280n, null, 'confirm_on_phone', 'risk', true],
    ['face', 20_000n, null, 'confirm_on_phone', 'risk', false],
    ['face', 1_280n, 0n, 'confirm_on_phone', 'own_limit', true],
  ] as const)('%s of %s, wish %s, risk %s: %s', (way, amountMinor, askPhoneFromMinor, riskOutcome, reason, pinInstead) => {
    expect(phoneReason({ way, amountMinor, askPhoneFromMinor, pinFromMinor, riskOutcome, child: null })).toBe(reason);
    expect(pinInsteadOfPhone({ way, amountMinor, pinFromMinor, isChild: false })).toBe(pinInstead);
  });

  it.each([
    // A child: what the till would want the PIN for, a second factor that is due, a face like another one.
    ['nothing', { needsPin: false, confirmationDue: false, lookAlike: false }, null],
    ['the PIN', { needsPin: true, confirmationDue: false, lookAlike: false }, 'guardian'],
    ['a second factor', { needsPin: false, confirmationDue: true, lookAlike: false }, 'guardian'],
    ['a look-alike', { needsPin: false, confirmationDue: false, lookAlike: true }, 'guardian'],
  ] as const)('of a child: %s', (_what, child, reason) => {
    expect(phoneReason({ way: 'face', amountMinor: 1_280n, askPhoneFromMinor: null, pinFromMinor, riskOutcome: 'ask_pin', child })).toBe(reason);
    // Nobody types the PIN of a child at a till.
    expect(pinInsteadOfPhone({ way: 'face', amountMinor: 1_280n, pinFromMinor, isChild: true })).toBe(false);
  });
});
