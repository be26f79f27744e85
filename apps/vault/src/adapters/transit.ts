// HashiCorp Vault's transit engine as the key service, by its documented HTTP API: two JSON posts (docs/dependencies.md says why no
// client). The token is read from its file at every call, so that an agent can keep it fresh.
//
//   sealed   name of the transit key | space | ciphertext as transit gave it (vault:v1:…)
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { KeyServiceError } from '../key-service.ts';
import type { KeyService } from '../key-service.ts';

export interface TransitOptions {
  readonly url: string;
  readonly keyName: string;
  /** Where the engine is mounted. */
  readonly mount: string;
  readonly namespace: string | undefined;
  readonly tokenFile: string;
  readonly answerTimeoutMs?: number;
  readonly pausesMs?: readonly number[];
}

const answerTimeoutDefaultMs = 3_000;
/** Between the tries of one call, of what may pass. */
const pausesDefaultMs: readonly number[] = [200, 800];
const dataKeyBits = 256;
const dataKeySchema = z.object({ data: z.object({ plaintext: z.base64(), ciphertext: z.string() }) });
const openedSchema = z.object({ data: z.object({ plaintext: z.base64() }) });

export function createTransit(options: TransitOptions): KeyService {
  const { keyName, pausesMs = pausesDefaultMs } = options;
  return {
    mark: 'SNRWT',
    keyName,
    newDataKey: async () => {
      const { data } = await patiently(pausesMs, () => ask(options, { path: `datakey/plaintext/${encodeURIComponent(keyName)}`, body: { bits: dataKeyBits }, schema: dataKeySchema }));
      return { key: Buffer.from(data.plaintext, 'base64'), sealed: `${keyName} ${data.ciphertext}` };
    },
    openDataKey: async (sealed) => {
      const [name = '', ciphertext = ''] = sealed.split(' ');
      const { data } = await patiently(pausesMs, () => ask(options, { path: `decrypt/${encodeURIComponent(name)}`, body: { ciphertext }, schema: openedSchema }));
      return Buffer.from(data.plaintext, 'base64');
    },
  };
}

async function patiently<Result>(pausesMs: readonly number[], call: () => Promise<Result>): Promise<Result> {
  for (const pauseMs of pausesMs) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof KeyServiceError) || !error.passing) throw error;
      await sleep(pauseMs);
    }
  }
  return call();
}

type Call<Answer extends z.ZodType> = { path: string; body: object; schema: Answer };

async function ask<Answer extends z.ZodType>(options: TransitOptions, { path, body, schema }: Call<Answer>): Promise<z.infer<Answer>> {
  const { url, mount, answerTimeoutMs = answerTimeoutDefaultMs } = options;
  const headers = await headersOf(options);
  let status: number;
  let answer: unknown;
  try {
    const reply = await fetch(`${url.replace(/\/+$/, '')}/v1/${mount}/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerTimeoutMs),
      redirect: 'error',
    });
    status = reply.status;
    answer = await reply.json().catch(() => undefined);
  } catch (cause) {
    throw new KeyServiceError(`HashiCorp Vault does not answer at ${url} (${reasonOf(cause)}).`, { passing: true, cause });
  }
  if (status !== 200) throw refusalOf(options, status, answer);
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new KeyServiceError(`What answers at ${url} is no transit engine of HashiCorp Vault.`, { passing: false, cause: parsed.error });
  return parsed.data;
}

async function headersOf({ tokenFile, namespace }: TransitOptions): Promise<Record<string, string>> {
  const token = await readFile(tokenFile, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new KeyServiceError(`The token for HashiCorp Vault cannot be read from ${tokenFile} (${cause.code ?? 'unknown error'}).`, { passing: true, cause });
  });
  return { 'content-type': 'application/json', 'x-vault-request': 'true', 'x-vault-token': token.trim(), ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }) };
}

// By the API's documentation: 429 a quota, 412 and 47x a node that is behind or a standby, 500 and 502 its own affairs, 503 sealed
// or in maintenance. What it says of a 400 names key and cause, and no secret.
function refusalOf({ keyName, mount }: TransitOptions, status: number, answer: unknown): KeyServiceError {
  const words = (errorsSchema.safeParse(answer).data?.errors.join('; ') ?? '').replace(/\s+/g, ' ').trim().slice(0, wordsMax);
  const said = `HTTP ${status}${words === '' ? '' : `: ${words}`}`;
  if (status === 503) return new KeyServiceError(`HashiCorp Vault is sealed or in maintenance (${said}).`, { passing: true });
  if (status === 412 || status === 429 || status > 470) return new KeyServiceError(`HashiCorp Vault cannot be asked right now (${said}).`, { passing: true });
  if (status === 403) return new KeyServiceError(`HashiCorp Vault does not let this vault use the transit key ${keyName}: renew the token, and allow "update" on ${mount}/datakey/plaintext/${keyName} and ${mount}/decrypt/${keyName} (${said}).`, { passing: false });
  if (status === 404) return new KeyServiceError(`HashiCorp Vault has no transit engine at ${mount}: check SONRISA_VAULT_KEYS_TRANSIT_MOUNT (${said}).`, { passing: false });
  return new KeyServiceError(`HashiCorp Vault refused to use the transit key ${keyName} (${said}).`, { passing: false });
}

const wordsMax = 200;
const errorsSchema = z.object({ errors: z.array(z.string()) });

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const { cause } = error;
  if (error.name === 'TimeoutError') return 'timed out';
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : error.name;
}
