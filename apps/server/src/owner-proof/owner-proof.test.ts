// A passkey proves the very act it signed, for its payer, once; the PIN is counted where PINs are.
import { ownerChallenge, type OwnerAct } from '@sonrisa/protocol/owner-proof.ts';
import type { PasskeyAnswer } from '@sonrisa/protocol/phone-request-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { describe, expect, it } from 'vitest';
import { type OwnProofs, proveOwner } from './index.ts';

const act: OwnerAct = { act: 'close_account', payerId: 'pyr_1', subject: 'era_1' };
const nonce = 'n'.repeat(43);

/** A passkey that signed this challenge; each nonce is taken once. */
function proofs(): OwnProofs & { pins: string[] } {
  const fresh = new Set([nonce]);
  const pins: string[] = [];
  return {
    pins,
    checkPin: async ({ payerId, sealedPin }) => void pins.push(`${payerId} ${sealedPin}`),
    checkPasskey: async ({ challenge, answer }) => {
      if (answer.id !== challenge) throw new ProblemError('passkey_invalid');
      return { passkeyId: answer.id };
    },
    takeNonce: async (given) => {
      if (!fresh.delete(given.nonce)) throw new ProblemError('passkey_invalid');
    },
  };
}
const signed = async (over: OwnerAct & { nonce: string }) => ({ nonce, passkey: { id: await ownerChallenge(over) } as PasskeyAnswer });

describe('a passkey', () => {
  it('proves what it signed, once', async () => {
    const deps = proofs();
    const proof = await signed({ ...act, nonce });
    await proveOwner(deps, { ...act, proof });
    await expect(proveOwner(deps, { ...act, proof })).rejects.toMatchObject({ code: 'passkey_invalid' });
  });

  it.each([
    ['another act', { act: 'face_consent' as const }],
    ['another receipt', { subject: 'era_2' }],
    ['another payer', { payerId: 'pyr_2' }],
    ['another nonce', { nonce: 'm'.repeat(43) }],
  ])('that signed %s proves nothing', async (_name, other) => {
    await expect(proveOwner(proofs(), { ...act, proof: await signed({ ...act, nonce, ...other }) })).rejects.toMatchObject({ code: 'passkey_invalid' });
  });
});

it('a PIN is one guess at the PIN of this payer', async () => {
  const deps = proofs();
  await proveOwner(deps, { ...act, proof: { pin: 'sealed' } });
  expect(deps.pins).toEqual(['pyr_1 sealed']);
});
