// An identity provider by OpenID Connect (Core 1.0): the owner signs in there, and name and date of birth come back in an ID token that the provider
// signed. Authorization code flow with PKCE (RFC 7636), state and nonce, by `openid-client`; the claims are the standard ones of section 5.1.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import * as openid from 'openid-client';
import { z } from 'zod';
import type { RedirectingProvider } from '../identity/index.ts';

export type OpenIdConfig = {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** As owners know it. */
  readonly name: string;
  /** How well the provider has to have made sure of who it is (`acr`, Core section 2); undefined: as it does by itself. */
  readonly acr: string | undefined;
};

const requestTimeoutS = 10;
const scope = 'openid profile';
const wanted = ['name', 'given_name', 'family_name', 'birthdate'] as const;

/** `redirectUri` has to be registered with the provider, letter by letter. */
export function createOpenIdIdentity({ issuer, clientId, clientSecret, name, acr, redirectUri }: OpenIdConfig & { redirectUri: string }): RedirectingProvider {
  let known: Promise<openid.Configuration> | undefined;
  // Asked for at the first visit, so that a provider that is away stops nobody from starting; and again after a failure.
  const discover = (): Promise<openid.Configuration> => {
    // The token's signature is checked too, which the library leaves to TLS by itself; plain HTTP only where the configuration allows it (../config-identity.ts).
    const execute = [openid.enableNonRepudiationChecks, ...(issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [])];
    known ??= openid.discovery(issuer, clientId, clientSecret, openid.ClientSecretBasic(clientSecret), { timeout: requestTimeoutS, execute }).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    name,
    isSandbox: false,
    async begin() {
      const provider = await discover().catch(away);
      const visit = { state: openid.randomState(), nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() };
      const claims = Object.fromEntries(wanted.map((claim) => [claim, null]));
      const url = openid.buildAuthorizationUrl(provider, {
        redirect_uri: redirectUri, scope,
        state: visit.state, nonce: visit.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(visit.verifier), code_challenge_method: 'S256',
        claims: JSON.stringify({ id_token: claims, userinfo: claims }),
        ...(acr === undefined ? {} : { acr_values: acr }),
      });
      return { url: url.href, visit };
    },
    async finish({ visit, answer }) {
      const provider = await discover().catch(away);
      const callback = new URL(redirectUri);
      for (const [key, value] of Object.entries(answer)) if (value !== undefined) callback.searchParams.set(key, value);
      const tokens = await openid
        .authorizationCodeGrant(provider, callback, { expectedState: visit.state, expectedNonce: visit.nonce, pkceCodeVerifier: visit.verifier, idTokenExpected: true })
        .catch(refusedOrAway);
      const told = tokens.claims();
      if (!told || (acr !== undefined && told.acr !== acr)) return null;
      const ofToken = documentOf(told);
      if (ofToken !== null) return ofToken;
      // Many providers give the profile by the userinfo endpoint alone (Core section 5.4); the library holds its `sub` to the token's.
      const profile = provider.serverMetadata().userinfo_endpoint === undefined ? told : await openid.fetchUserInfo(provider, tokens.access_token, told.sub).catch(refusedOrAway);
      return documentOf({ ...told, ...profile });
    },
  };
}

/** Null where the name or a whole date of birth is missing: a year alone (Core section 5.1) attests nothing. */
function documentOf(claims: Readonly<Record<string, unknown>>): { name: string; bornOn: string } | null {
  const text = (claim: (typeof wanted)[number]): string => (typeof claims[claim] === 'string' ? claims[claim].trim() : '');
  const name = text('name') || [text('given_name'), text('family_name')].filter((part) => part !== '').join(' ');
  const bornOn = text('birthdate');
  return name !== '' && isDay(bornOn) ? { name, bornOn } : null;
}

const isDay = (text: string): boolean => z.iso.date().safeParse(text).success && !text.startsWith('0000');

function away(error: unknown): never {
  throw new ProblemError('identity_provider_away', { cause: error });
}

// What the provider said no to, and every answer that is not for this visit (state, nonce, issuer, signature, PKCE), confirms nobody.
function refusedOrAway(error: unknown): never {
  throw new ProblemError(isAway(error) ? 'identity_provider_away' : 'identity_not_confirmed', { cause: error });
}

const serverErrorStatus = 500;

function isAway(error: unknown): boolean {
  // That of fetch, where nobody answered.
  if (error instanceof TypeError) return true;
  // A client secret that is not theirs is the operator's to put right, and no word on anybody.
  if (error instanceof openid.ResponseBodyError) return error.status >= serverErrorStatus || error.error === 'invalid_client';
  if (!(error instanceof openid.ClientError)) return false;
  return error.code === 'OAUTH_TIMEOUT' || (error.cause instanceof Response && error.cause.status >= serverErrorStatus);
}
