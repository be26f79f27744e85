// Signed requests of a terminal: HTTP Message Signatures (RFC 9421) with ECDSA P-256 and SHA-256 (section 3.3.4), the body by
// its Content-Digest (RFC 9530). A token that was copied off a terminal is worth nothing without the key, which cannot be.
import { parseDictionary, serializeDictionary, serializeInnerList, type BareItem, type InnerList } from 'structured-headers';
import { calculateJwkThumbprint, importJWK, type CryptoKey } from 'jose';
import type { CaptureSigner } from './burst.ts';
import { sha256, toBase64Url } from './bytes.ts';
import type { PublicJwk } from './capture.ts';

const label = 'sonrisa';
const algorithm = 'ecdsa-p256-sha256';
/** Covered whenever the request has them; the first four always. */
const components = ['@method', '@path', '@query', 'authorization', 'idempotency-key', 'content-type', 'content-digest'] as const;
const alwaysCovered = 4;

/** How far a terminal's clock and the server's may be apart; a copy of a request is refused for as long as it would be fresh. */
export const signatureFreshMs = 60_000;

export type RequestHead = {
  readonly method: string;
  /** Path and query as they are sent. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
};

export type RequestSigner = {
  /** The headers to add. */
  sign(request: RequestHead & { readonly body: Uint8Array<ArrayBuffer> | null }): Promise<Record<string, string>>;
  /** A refusal as `signature_stale` says what time it is at the server: later signatures go by that. */
  followClock(serverTimeMs: number): void;
};

export function createRequestSigner({ signer, nowMs }: { signer: CaptureSigner; nowMs: () => number }): RequestSigner {
  let aheadMs = 0;
  let thumbprint: Promise<string> | undefined;
  return {
    async sign({ body, ...request }) {
      const digest: Record<string, string> = body ? { 'content-digest': await contentDigest(body) } : {};
      const head: RequestHead = { ...request, headers: { ...request.headers, ...digest } };
      const input: InnerList = [
        components.filter((name, at) => at < alwaysCovered || head.headers[name] !== undefined).map((name) => [name, new Map()]),
        new Map<string, BareItem>([
          ['created', Math.floor((nowMs() + aheadMs) / 1000)],
          ['nonce', toBase64Url(crypto.getRandomValues(new Uint8Array(16)))],
          ['alg', algorithm],
          ['keyid', await (thumbprint ??= calculateJwkThumbprint(signer.publicJwk))],
        ]),
      ];
      const signature = await signer.sign(new TextEncoder().encode(signatureBase(head, input)));
      return {
        ...digest,
        'signature-input': serializeDictionary({ [label]: input }),
        signature: serializeDictionary({ [label]: new Uint8Array(signature).buffer }),
      };
    },
    followClock(serverTimeMs) {
      aheadMs = serverTimeMs - nowMs();
    },
  };
}

export type SignatureCheck = { readonly ok: true; readonly nonce: string; readonly createdMs: number } | { readonly ok: false };

/**
 * Whether the head of a request was signed with this key, all of it that counts. The body is not seen here: it has to come to
 * the Content-Digest, which is covered. `hasBody` says whether there is one; `thumbprint` is the key's (RFC 7638).
 */
export async function checkRequestSignature(request: RequestHead & { readonly hasBody: boolean; readonly publicJwk: PublicJwk; readonly thumbprint: string }): Promise<SignatureCheck> {
  const parts = readSignature(request.headers);
  if (!parts || !coversAll(request, parts.input)) return { ok: false };
  const { created, nonce, alg, keyid } = Object.fromEntries(parts.input[1]);
  if (typeof created !== 'number' || !Number.isInteger(created) || typeof nonce !== 'string' || nonce.length < 16 || nonce.length > 64) return { ok: false };
  if (alg !== algorithm || keyid !== request.thumbprint) return { ok: false };
  const key = (await importJWK(request.publicJwk, 'ES256')) as CryptoKey;
  const base = new TextEncoder().encode(signatureBase(request, parts.input));
  const holds = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, parts.signature, base);
  return holds ? { ok: true, nonce, createdMs: created * 1000 } : { ok: false };
}

/** Value of a Content-Digest header (RFC 9530, section 2). */
export async function contentDigest(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return serializeDictionary({ 'sha-256': (await sha256(body)).buffer });
}

function readSignature(headers: RequestHead['headers']): { input: InnerList; signature: ArrayBuffer } | null {
  try {
    const input = parseDictionary(headers['signature-input'] ?? '').get(label);
    const signature = parseDictionary(headers['signature'] ?? '').get(label)?.[0];
    return input && Array.isArray(input[0]) && signature instanceof ArrayBuffer ? { input: input as InnerList, signature } : null;
  } catch {
    return null;
  }
}

// Exactly the components this request has to cover, in any order: no fewer, none twice, none that we would read otherwise.
function coversAll({ headers, hasBody }: Pick<RequestHead, 'headers'> & { hasBody: boolean }, [items]: InnerList): boolean {
  const wanted = components.filter((name, at) => at < alwaysCovered || headers[name] !== undefined || (name === 'content-digest' && hasBody));
  const covered = items.map(([name, parameters]) => (parameters.size === 0 ? name : undefined));
  return covered.length === wanted.length && wanted.every((name) => covered.includes(name));
}

/** RFC 9421, section 2.5. */
function signatureBase({ method, target, headers }: RequestHead, input: InnerList): string {
  const queryAt = target.indexOf('?');
  const derived: Record<string, string> = {
    '@method': method,
    '@path': queryAt < 0 ? target : target.slice(0, queryAt),
    '@query': queryAt < 0 ? '?' : target.slice(queryAt),
  };
  const lines = input[0].map(([name]) => `"${String(name)}": ${derived[String(name)] ?? headers[String(name)]?.trim() ?? ''}`);
  return [...lines, `"@signature-params": ${serializeInnerList(input)}`].join('\n');
}
