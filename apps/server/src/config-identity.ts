// Who attests names and dates of birth beside staff, as the environment names them.
import type { OpenIdConfig } from './adapters/openid-identity.ts';

export type IdentityConfig = { kind: 'none' } | { kind: 'sandbox' } | ({ kind: 'openid' } & OpenIdConfig);
type Env = {
  SONRISA_MODE: 'sandbox' | 'production';
  SONRISA_IDENTITY_PROVIDER?: 'sandbox' | 'none' | 'openid' | undefined;
  SONRISA_OPENID_ISSUER?: string | undefined;
  SONRISA_OPENID_CLIENT_ID?: string | undefined;
  SONRISA_OPENID_CLIENT_SECRET?: string | undefined;
  SONRISA_OPENID_NAME?: string | undefined;
  SONRISA_OPENID_ACR?: string | undefined;
};

/** Throws Error with the sentence for whoever starts the server. */
export function readIdentity(env: Env): IdentityConfig {
  const kind = env.SONRISA_IDENTITY_PROVIDER ?? (env.SONRISA_MODE === 'sandbox' ? 'sandbox' : 'none');
  if (kind === 'sandbox' && env.SONRISA_MODE === 'production') throw new Error('SONRISA_IDENTITY_PROVIDER must not be "sandbox" in production mode: it confirms whatever it is asked.');
  if (kind !== 'openid') return { kind };
  const { SONRISA_OPENID_ISSUER: issuer, SONRISA_OPENID_CLIENT_ID: clientId, SONRISA_OPENID_CLIENT_SECRET: clientSecret } = env;
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    throw new Error('SONRISA_IDENTITY_PROVIDER "openid" needs SONRISA_OPENID_ISSUER, SONRISA_OPENID_CLIENT_ID and SONRISA_OPENID_CLIENT_SECRET.');
  }
  const url = new URL(issuer);
  // What is read over plain HTTP, keys included, is anybody's word.
  if (url.protocol !== 'https:' && env.SONRISA_MODE === 'production') throw new Error('SONRISA_OPENID_ISSUER must be an https: address in production mode.');
  return { kind, issuer: url, clientId, clientSecret, name: env.SONRISA_OPENID_NAME ?? url.host, acr: env.SONRISA_OPENID_ACR };
}
