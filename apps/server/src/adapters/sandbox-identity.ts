// The labelled identity provider of a sandbox: it knows nobody, confirms whatever it is asked and refuses document numbers that end
// in 0000, so that both answers can be tried. Production refuses it.
import type { AskedProvider } from '../identity/index.ts';

export const refusedEnding = '0000';

/** Throws Error in production. */
export function createSandboxIdentity({ mode }: { mode: 'sandbox' | 'production' }): AskedProvider {
  if (mode === 'production') throw new Error('the identity provider of the sandbox confirms everything and is refused in production');
  return {
    name: 'Sandbox identity provider',
    isSandbox: true,
    check: async ({ documentNumber }) => (documentNumber.trim().endsWith(refusedEnding) ? 'refused' : 'confirmed'),
  };
}
