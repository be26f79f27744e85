// The port behind which a key service outside of this machine seals data keys for us: AWS KMS, HashiCorp Vault's transit engine.
// It sees data keys alone, never a key of ours nor a template; service-wrapping.ts does the rest.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { PlainError } from './plain-error.ts';

export interface DataKey {
  /** 256 bits. */
  readonly key: Buffer;
  /** The same key as the service alone can open it; names what it needs for that. */
  readonly sealed: string;
}

export interface KeyService {
  /** Head of the files that are wrapped with its help: see key-files.ts. */
  readonly mark: 'SNRWA' | 'SNRWT';
  /** The service's key as the settings name it. */
  readonly keyName: string;
  /** A fresh data key. Throws KeyServiceError. */
  newDataKey(): Promise<DataKey>;
  /** Throws KeyServiceError. */
  openDataKey(sealed: string): Promise<Buffer>;
}

/** What a key service answered, or that it did not, as a sentence for whoever runs the vault. */
export class KeyServiceError extends PlainError {
  /** The same call may succeed later though nothing is changed here: throttled, slow, away. */
  readonly passing: boolean;

  constructor(sentence: string, options: { passing: boolean; cause?: unknown }) {
    super(sentence, { cause: options.cause });
    this.passing = options.passing;
  }
}

/** For `catch`: a service that cannot be asked makes no record damaged and no key lost. Throws KeyServiceError. */
export function unlessServiceFailed(error: unknown): undefined {
  if (error instanceof KeyServiceError) throw error;
  return undefined;
}

/** Whoever operates keys hears the reason; the server, and through it a shop, that there is no matching for now. */
export function keyServiceProblem(error: KeyServiceError, { isOperation }: { isOperation: boolean }): ProblemError {
  if (!isOperation) return new ProblemError('vault_unavailable', { facts: { retryAfterS }, cause: error });
  const facts = { reason: error.message };
  return error.passing
    ? new ProblemError('key_service_away', { facts: { ...facts, retryAfterS }, cause: error })
    : new ProblemError('key_service_refused', { facts, cause: error });
}

const retryAfterS = 5;
