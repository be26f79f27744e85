// Activation codes for live terminals: made for one store, used once, soon. Only the hash stays.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { activationCodeSchema } from '@sonrisa/protocol/back-office-api.ts';
import type { z } from 'zod';
import { asMerchant } from '../db/merchant-access.ts';
import { normaliseActivationCode } from './activate.ts';
import type { TerminalDeps } from './index.ts';

export const activationCodeLifetimeMs = 24 * 60 * 60_000;

export type ActivationCode = z.infer<typeof activationCodeSchema>;

export async function issueActivationCode(
  deps: Pick<TerminalDeps, 'db' | 'tokens' | 'clock' | 'random'>,
  input: { merchantId: string; storeId: string; kind: 'kiosk' | 'mini' },
): Promise<ActivationCode> {
  const { db, tokens, clock } = deps;
  return asMerchant(db, input.merchantId, async (scoped) => {
    const store = await scoped.selectFrom('store').select('id').where('id', '=', input.storeId).where('merchant_id', '=', input.merchantId).executeTakeFirst();
    if (!store) throw new ProblemError('not_found');
    const code = spell(deps.random.bytes(codeLetters));
    const expiresAtMs = clock.nowMs() + activationCodeLifetimeMs;
    await scoped
      .insertInto('activation_code')
      .values({ code_hash: tokens.hash(normaliseActivationCode(code)), store_id: store.id, kind: input.kind, mode: 'live', expires_at: new Date(expiresAtMs) })
      .execute();
    return { code, mode: 'live', kind: input.kind, expiresAtMs };
  });
}

// 32 letters and digits that are not mistaken for each other when read aloud or typed: 16 of them are 80 bits.
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const codeLetters = 16;

const spell = (bytes: Uint8Array): string => [...bytes].map((byte, i) => `${i > 0 && i % 4 === 0 ? '-' : ''}${alphabet[byte % alphabet.length] ?? ''}`).join('');
