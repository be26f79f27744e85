// What an identity provider sent its visitor back with: parameters of this page's address (OpenID Connect Core, section 3.1.2.5).
import type { FinishIdentity } from '@sonrisa/protocol/recovery-api.ts';

/** Null: the address holds no such answer. */
export function identityAnswerIn(search: string): FinishIdentity | null {
  const given = new URLSearchParams(search);
  const [state, code, error, iss] = ['state', 'code', 'error', 'iss'].map((name) => given.get(name) ?? undefined);
  if (state === undefined || (code === undefined && error === undefined)) return null;
  return { state, ...(code === undefined ? {} : { code }), ...(error === undefined ? {} : { error }), ...(iss === undefined ? {} : { iss }) };
}
