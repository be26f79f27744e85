// One HTTP request to the public API, the answer checked against the schema the server promised.
import type { z } from 'zod';
import type { RequestSigner } from '@sonrisa/protocol/request-signature.ts';
import { problemSchema } from '@sonrisa/protocol/problem.ts';
import type { Problem } from '@sonrisa/protocol/problem.ts';

export type ApiRequest = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly contentType?: string;
  readonly idempotencyKey?: string;
  /** A terminal's: signs the request. */
  readonly signer?: RequestSigner;
};

export type ApiAnswer = { readonly status: number; readonly headers: Headers; readonly body: unknown };

/** A refusal by the server, with its catalogue code. */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly problem: Problem;
  constructor(status: number, problem: Problem) {
    super(`${status} ${problem.code}: ${problem.detail}`);
    this.name = 'ApiRefusal';
    this.status = status;
    this.code = problem.code;
    this.problem = problem;
  }
}

/** No usable answer came: the caller knows nothing about what happened. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

export type Api = {
  /** Throws ApiRefusal or NoAnswer. */
  ask<Schema extends z.ZodType>(request: ApiRequest, schema: Schema): Promise<z.infer<Schema>>;
  /** Whatever came back, refusals included. Throws NoAnswer. */
  raw(request: ApiRequest): Promise<ApiAnswer>;
};

const answerTimeoutMs = 60_000;

export function createApi({ url }: { url: string }): Api {
  async function raw(request: ApiRequest): Promise<ApiAnswer> {
    const body = request.bytes ?? (request.json === undefined ? null : new TextEncoder().encode(JSON.stringify(request.json)));
    const method = request.method ?? (body === null ? 'GET' : 'POST');
    const headers = headersOf(request);
    const signature = await request.signer?.sign({ method, target: request.path, headers, body });
    try {
      const answer = await fetch(new URL(request.path, url), { method, headers: { ...headers, ...signature }, body, signal: AbortSignal.timeout(answerTimeoutMs) });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: parsed(text) };
    } catch (error) {
      throw new NoAnswer(`no answer to ${request.path}`, { cause: error });
    }
  }
  return {
    raw,
    ask: async (request, schema) => {
      const { status, body } = await raw(request);
      if (status >= 400) throw refusal(status, body);
      return schema.parse(body);
    },
  };
}

function headersOf({ token, json, bytes, contentType, idempotencyKey }: ApiRequest): Record<string, string> {
  const type = contentType ?? (bytes ? 'application/octet-stream' : json === undefined ? undefined : 'application/json');
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(type === undefined ? {} : { 'content-type': type }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function refusal(status: number, body: unknown): Error {
  const problem = problemSchema.safeParse(body);
  return problem.success ? new ApiRefusal(status, problem.data) : new Error(`status ${status} without a problem: ${JSON.stringify(body).slice(0, 200)}`);
}
