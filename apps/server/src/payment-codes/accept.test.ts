import { codeStepOf, paymentCodeStepMs } from '@sonrisa/protocol/payment-code.ts';
import { describe, expect, it } from 'vitest';
import { acceptCode, failuresMax } from './accept.ts';

const nowMs = 1_764_000_000_000;
const now = codeStepOf(nowMs);
const digitsAt = async (step: number): Promise<string> => `d${step}`;
const fresh = { expiresAtMs: nowMs + 60_000, failures: 0, lastStep: 0 };

describe('a code of half minute', () => {
  it.each([
    // steps from now, last used (steps from now, null: none), key, verdict
    [0, null, fresh, 'ok'],
    [-1, null, fresh, 'ok'],
    [-2, null, fresh, 'ok'],
    [1, null, fresh, 'ok'],
    [-3, null, fresh, 'payment_code_invalid counts'],
    [2, null, fresh, 'payment_code_invalid counts'],
    [0, 0, fresh, 'payment_code_used'],
    [-1, 0, fresh, 'payment_code_used'],
    [1, 0, fresh, 'ok'],
    [0, -1, fresh, 'ok'],
    [0, null, { ...fresh, expiresAtMs: nowMs }, 'payment_code_invalid'],
    [0, null, { ...fresh, failures: failuresMax - 1 }, 'ok'],
    [0, null, { ...fresh, failures: failuresMax }, 'payment_code_invalid'],
  ] as const)('%i, used %s, %j: %s', async (at, used, key, expected) => {
    const lastStep = used === null ? key.lastStep : now + used;
    const verdict = await acceptCode({ key: { ...key, lastStep }, otp: `d${now + at}`, nowMs, digitsAt });
    expect(verdict.ok ? 'ok' : `${verdict.code}${'counts' in verdict && verdict.counts ? ' counts' : ''}`).toBe(expected);
    if (verdict.ok) expect(verdict.step).toBe(now + at);
  });

  it('made without a network a minute ago still counts', async () => {
    const madeMs = nowMs - 2 * paymentCodeStepMs;
    expect(await acceptCode({ key: fresh, otp: `d${codeStepOf(madeMs)}`, nowMs, digitsAt })).toMatchObject({ ok: true });
  });
});
