// Talking to the server: answers are parsed with the protocol's schemas, refusals and lost answers become one kind of
// error with a code, and a write that carries an idempotency key is repeated with the same key until it is answered.
import type { RequestSigner } from '@sonrisa/protocol/request-signature.ts';
import { problemSchema, type ProblemFacts } from '@sonrisa/protocol/problem.ts';
import type { z } from 'zod';
import type { LocalCode, SentenceCode } from './i18n/texts/en/problems.ts';
import { problems } from './i18n/texts/en/problems.ts';

export const requestTimeoutMs = 10_000;
/** A sealed capture is half a megabyte and waits for the matcher. */
export const captureTimeoutMs = 25_000;
const fileTimeoutMs = 30_000;
const retryPausesMs = [300, 900, 2_000];

export type ProblemErrors = readonly { readonly path: string; readonly message: string }[];

/** A refusal with a catalogue code, or `network`, `timeout`, `unreadable` when there was no such answer. */
export class ApiError extends Error {
  readonly code: SentenceCode;
  readonly facts: ProblemFacts;
  /** What is wrong with which field of what was sent, as the server says it. */
  readonly errors: ProblemErrors;
  /** True when the request may have been carried out although no answer came. */
  readonly answerLost: boolean;
  constructor(code: SentenceCode, options: { facts?: ProblemFacts; errors?: ProblemErrors; answerLost?: boolean; cause?: unknown } = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.code = code;
    this.facts = options.facts ?? {};
    this.errors = options.errors ?? [];
    this.answerLost = options.answerLost ?? false;
  }
}

export type ApiRequest<T> = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  schema: z.ZodType<T>;
  token?: string;
  json?: unknown;
  bytes?: Uint8Array<ArrayBuffer>;
  idempotencyKey?: string;
  timeoutMs?: number;
  /** A till's: signs the request, anew each time it is sent. */
  sign?: RequestSigner['sign'];
};
export type Api = { request<T>(input: ApiRequest<T>): Promise<T> };
/** Files to keep, whatever is in them. */
export type Files = { file(input: { path: string; token: string }): Promise<Blob> };

export function createApi(tools: { fetch: typeof fetch; pause: (ms: number) => Promise<void> }): Api & Files {
  return {
    async request(input) {
      // Only reads and writes with a key are safe to repeat.
      const pauses = input.method === 'GET' || input.idempotencyKey ? retryPausesMs : [];
      for (let attempt = 0; ; attempt++) {
        try {
          return await once(tools.fetch, input);
        } catch (error) {
          const pauseMs = pauses[attempt];
          if (pauseMs === undefined || !worthRepeating(error)) throw error;
          await tools.pause(pauseMs);
        }
      }
    },
    async file({ path, token }) {
      const response = await answerTo(tools.fetch, { method: 'GET', path, token, timeoutMs: fileTimeoutMs });
      if (!response.ok) throw problemOf(response, await response.text().catch(() => ''));
      return response.blob().catch((cause: unknown) => {
        throw new ApiError('network', { cause });
      });
    },
  };
}

/** The code to show for anything caught around a request. */
export function codeOf(error: unknown): SentenceCode {
  return error instanceof ApiError ? error.code : 'internal';
}

/** Nothing where the server did not say. */
export const errorsOf = (error: unknown): ProblemErrors => (error instanceof ApiError ? error.errors : []);

const repeatable: ReadonlySet<SentenceCode> = new Set<SentenceCode>(['network', 'timeout', 'busy', 'idempotency_in_progress']);

function worthRepeating(error: unknown): boolean {
  return error instanceof ApiError && repeatable.has(error.code);
}

async function once<T>(send: typeof fetch, input: ApiRequest<T>): Promise<T> {
  const response = await answerTo(send, input);
  const body = await response.text().catch((cause: unknown) => {
    throw new ApiError('network', { answerLost: true, cause });
  });
  if (!response.ok) throw problemOf(response, body);
  const parsed = input.schema.safeParse(jsonOrUndefined(body));
  if (!parsed.success) throw new ApiError('unreadable', { answerLost: true, cause: parsed.error });
  return parsed.data;
}

async function answerTo<T>(send: typeof fetch, input: Omit<ApiRequest<T>, 'schema'>): Promise<Response> {
  const body = input.bytes ?? (hasJson(input) ? new TextEncoder().encode(JSON.stringify(input.json ?? {})) : null);
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(input.token ? { authorization: `Bearer ${input.token}` } : {}),
    ...(input.idempotencyKey ? { 'idempotency-key': input.idempotencyKey } : {}),
    ...(body ? { 'content-type': input.bytes ? 'application/octet-stream' : 'application/json' } : {}),
  };
  const signature = await input.sign?.({ method: input.method, target: input.path, headers, body });
  const signal = AbortSignal.timeout(input.timeoutMs ?? requestTimeoutMs);
  try {
    return await send(input.path, { method: input.method, headers: { ...headers, ...signature }, body, signal, cache: 'no-store', credentials: 'omit' });
  } catch (cause) {
    const code: LocalCode = cause instanceof DOMException && cause.name === 'TimeoutError' ? 'timeout' : 'network';
    throw new ApiError(code, { answerLost: input.method !== 'GET', cause });
  }
}

function problemOf(response: Response, body: string): ApiError {
  const parsed = problemSchema.safeParse(jsonOrUndefined(body));
  if (!parsed.success) {
    // A proxy in between answers without a problem when the server behind it is gone.
    return new ApiError(response.status >= 502 ? 'network' : 'internal', { answerLost: response.status >= 500 });
  }
  const { code, facts, errors } = parsed.data;
  const known = Object.hasOwn(problems, code) ? (code as SentenceCode) : 'internal';
  return new ApiError(known, { ...(facts ? { facts } : {}), ...(errors ? { errors } : {}), answerLost: known === 'internal' });
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const hasJson = (input: { method: string; bytes?: unknown }): boolean => !input.bytes && (input.method === 'POST' || input.method === 'PUT');
