// Alibaba Cloud's request signature, version 3 (ACS3-HMAC-SHA256): method, path, query, the headers that are signed, the hash of
// the body; that text hashed and signed. https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
import { createHash, createHmac } from 'node:crypto';

export type Acs3Request = {
  readonly method: 'POST';
  readonly host: string;
  readonly action: string;
  readonly version: string;
  readonly query: Readonly<Record<string, string>>;
  readonly nonce: string;
  readonly nowMs: number;
};
export type Acs3Key = { readonly accessKeyId: string; readonly accessKeySecret: string };

const algorithm = 'ACS3-HMAC-SHA256';

/** The headers to send, `authorization` among them; the body is empty, everything is in the query. */
export function signAcs3(request: Acs3Request, { accessKeyId, accessKeySecret }: Acs3Key): Record<string, string> {
  const bodyHash = sha256('');
  const headers: Record<string, string> = {
    host: request.host,
    'x-acs-action': request.action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-credentials-provider': 'static_ak',
    'x-acs-date': new Date(request.nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    'x-acs-signature-nonce': request.nonce,
    'x-acs-version': request.version,
  };
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
  const canonical = [request.method, '/', canonicalQuery(request.query), lines, names.join(';'), bodyHash].join('\n');
  const signature = createHmac('sha256', accessKeySecret).update(`${algorithm}\n${sha256(canonical)}`).digest('hex');
  return { ...headers, authorization: `${algorithm} Credential=${accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}` };
}

export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query).sort().map((name) => `${encode(name)}=${encode(query[name] ?? '')}`).join('&');
}

/** RFC 3986: what `encodeURIComponent` leaves over, too. */
const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
