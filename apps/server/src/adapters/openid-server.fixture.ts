// FOR TESTS: an OpenID provider over TCP, strict about what a client owes it: registered redirect URI, PKCE by S256, client secret by Basic, a code
// that is good once. Whoever arrives at its sign-in page signs in as `person`.
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const openIdClient = { id: 'sonrisa', secret: 'a secret of:tests' } as const;
type Grant = { nonce: string; challenge: string; redirectUri: string; claims: Record<string, unknown> };

/** `redirectUri`: the one that is registered; asked for at each sign-in, as a client's address may follow the provider's. */
export async function startOpenIdServer({ redirectUri }: { redirectUri: () => string }) {
  const own = await generateKeyPair('RS256', { extractable: true });
  const other = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const grants = new Map<string, Grant>();
  const access = new Map<string, Record<string, unknown>>();
  /** `inToken` false: the profile is given by the userinfo endpoint alone, as many providers do. */
  const told = { person: {} as Record<string, unknown>, inToken: true, wrongKey: false, wrongNonce: false, otherSubject: false, status: 200, asked: [] as URLSearchParams[] };

  const origin = () => `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  function authorize(url: URL, response: ServerResponse): void {
    const asked = url.searchParams;
    told.asked.push(asked);
    if (asked.get('client_id') !== openIdClient.id || asked.get('redirect_uri') !== redirectUri()) return void json(response, 400, { error: 'invalid_request' });
    const callback = new URL(redirectUri());
    callback.searchParams.set('state', asked.get('state') ?? '');
    const isWhole = asked.get('response_type') === 'code' && asked.get('code_challenge_method') === 'S256' && (asked.get('scope') ?? '').split(' ').includes('openid');
    if (told.person.refuses === true || !isWhole) callback.searchParams.set('error', isWhole ? 'access_denied' : 'invalid_request');
    else {
      const code = randomBytes(16).toString('hex');
      grants.set(code, { nonce: asked.get('nonce') ?? '', challenge: asked.get('code_challenge') ?? '', redirectUri: redirectUri(), claims: { sub: 'subject-1', ...told.person } });
      callback.searchParams.set('code', code);
    }
    response.writeHead(302, { location: callback.href }).end();
  }

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await formOf(request);
    if (request.headers.authorization !== basicOf(openIdClient)) return void json(response, 401, { error: 'invalid_client' });
    const grant = grants.get(form.get('code') ?? '');
    grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (!grant || grant.challenge !== challenge || form.get('redirect_uri') !== grant.redirectUri) return void json(response, 400, { error: 'invalid_grant' });
    const { sub, acr, ...profile } = grant.claims;
    const accessToken = randomBytes(16).toString('hex');
    access.set(accessToken, { sub: told.otherSubject ? 'subject-2' : sub, ...profile });
    const idToken = await new SignJWT({ nonce: told.wrongNonce ? 'another' : grant.nonce, ...(acr === undefined ? {} : { acr }), ...(told.inToken ? profile : {}) })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' }).setIssuer(origin()).setSubject(String(sub)).setAudience(openIdClient.id).setIssuedAt().setExpirationTime('5m')
      .sign(told.wrongKey ? other.privateKey : own.privateKey);
    json(response, 200, { access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token: idToken });
  }

  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', origin());
    if (told.status !== 200) return void json(response, told.status, { error: 'temporarily_unavailable' });
    const profile = access.get(request.headers.authorization?.replace('Bearer ', '') ?? '');
    if (url.pathname === '/.well-known/openid-configuration') return void json(response, 200, metadataOf(origin()));
    if (url.pathname === '/jwks') return void json(response, 200, { keys: [jwk] });
    if (url.pathname === '/authorize') return authorize(url, response);
    if (url.pathname === '/token') return void token(request, response);
    return void json(response, url.pathname !== '/userinfo' ? 404 : profile ? 200 : 401, profile ?? { error: 'invalid_token' });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    origin: origin(),
    told,
    /** What a browser does with the address it is sent to: the answer that comes back to the page. */
    async signIn(url: string): Promise<Record<string, string>> {
      const answer = await fetch(url, { redirect: 'manual' });
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
      return Object.fromEntries(new URL(location).searchParams);
    },
    stop: () => new Promise<void>((resolve) => (http.closeAllConnections(), http.close(() => resolve()))),
  };
}

const json = (response: ServerResponse, status: number, body: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const metadataOf = (at: string) => ({
  issuer: at, authorization_endpoint: `${at}/authorize`, token_endpoint: `${at}/token`, userinfo_endpoint: `${at}/userinfo`, jwks_uri: `${at}/jwks`,
  response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['RS256'], code_challenge_methods_supported: ['S256'],
});

// RFC 6749, section 2.3.1: both halves are form-encoded first.
const basicOf = ({ id, secret }: typeof openIdClient): string => `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret).replaceAll('%20', '+')}`).toString('base64')}`;

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return new URLSearchParams(Buffer.concat(parts).toString());
}
