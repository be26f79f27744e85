// Activation: a code turns a browser or device into a terminal of one store. The sandbox code makes as many as one likes.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { activateSchema, activatedSchema } from '@sonrisa/protocol/terminal-api.ts';
import { calculateJwkThumbprint } from 'jose';
import type { z } from 'zod';
import type { Database } from '../db/database.ts';
import type { TerminalDeps } from './index.ts';
import { profileOf } from './profile.ts';

export async function activateTerminal(deps: TerminalDeps, input: z.output<typeof activateSchema>): Promise<z.infer<typeof activatedSchema>> {
  const keyThumbprint = await calculateJwkThumbprint(input.publicJwk);
  const { token, hash } = deps.tokens.mint();
  const terminalId = deps.ids.make('terminal');
  await deps.db.transaction().execute(async (transaction) => {
    const codeHash = deps.tokens.hash(normaliseActivationCode(input.code));
    const code = await takeCode(deps, transaction, codeHash);
    if (deps.mode === 'production' && code.mode === 'sandbox') throw new ProblemError('production_refuses_sandbox');
    const { merchant_id } = await transaction.selectFrom('store').select('merchant_id').where('id', '=', code.store_id).executeTakeFirstOrThrow();
    await transaction
      .insertInto('terminal')
      .values({
        id: terminalId,
        merchant_id,
        store_id: code.store_id,
        kind: code.reusable ? input.kind : code.kind,
        mode: code.mode,
        key_thumbprint: keyThumbprint,
        public_jwk: JSON.stringify(input.publicJwk),
        token_hash: hash,
        activated_at: new Date(deps.clock.nowMs()),
      })
      .execute();
    if (!code.reusable) await transaction.updateTable('activation_code').set({ terminal_id: terminalId }).where('code_hash', '=', codeHash).execute();
  });
  return { ...(await profileOf(deps, terminalId)), token };
}

/** Typed by people: case, spaces and dashes do not matter. */
export const normaliseActivationCode = (code: string): string => code.toUpperCase().replace(/[\s-]/g, '');

// One statement decides who gets a one-time code: of two that arrive together the second finds it used.
async function takeCode(deps: TerminalDeps, transaction: Database, codeHash: string) {
  const now = new Date(deps.clock.nowMs());
  const code = await transaction
    .updateTable('activation_code')
    .set({ used_at: now })
    .where('code_hash', '=', codeHash)
    .where((is) => is.or([is('reusable', '=', true), is('used_at', 'is', null)]))
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', now)]))
    .returning(['store_id', 'kind', 'reusable', 'mode'])
    .executeTakeFirst();
  if (!code) throw new ProblemError('activation_code_invalid');
  return code;
}
