// What an HTTP exchange says about a message: whether it was sent for certain, was not, or nobody knows.
import type { Handed } from './provider.ts';

/** Before a request was written: nothing can have been sent. */
const neverWritten = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE']);

export function outcomeOfFailure(error: unknown): Handed {
  const { code } = ((error as { cause?: unknown } | null)?.cause ?? {}) as { code?: unknown };
  const why = typeof code === 'string' ? code : error instanceof Error ? error.name : 'no answer';
  return typeof code === 'string' && neverWritten.has(code) ? { is: 'not_taken', why } : { is: 'unknown', why };
}

/** For answers that say nothing in their body. 503 and 429 refuse before anything is done; another 5xx may come after. */
export function outcomeOfStatus(status: number, retryAfter: string | null): Handed {
  const why = `HTTP ${status}`;
  if (status === 429 || status === 503) return { is: 'not_taken', why, ...retryAfterOf(retryAfter) };
  if (status === 401 || status === 403) return { is: 'not_taken', why: `${why}: the credentials are not accepted` };
  return status >= 500 ? { is: 'unknown', why } : { is: 'refused', why };
}

function retryAfterOf(header: string | null): { retryAfterMs?: number } {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
}
