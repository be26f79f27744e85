// AWS KMS as the key service, through AWS's own client, which is loaded at the first call: a vault without KMS never reads it. A
// symmetric key, the calls GenerateDataKey and Decrypt, each bound to an encryption context that policies and CloudTrail can name.
//
//   sealed   ARN of the key | space | ciphertext blob, base64
import type { KMSClient } from '@aws-sdk/client-kms';
import { KeyServiceError } from '../key-service.ts';
import type { KeyService } from '../key-service.ts';

export interface AwsKmsOptions {
  /** Id, ARN or alias. */
  readonly keyId: string;
  /** Undefined: that of the ARN, else as the environment or the profile says. */
  readonly region: string | undefined;
  /** Another host than AWS's own of the region. */
  readonly url: string | undefined;
  /** Undefined: AWS's usual places in their order (environment, profile, web identity, container, machine). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly callTimeoutMs?: number;
}

/** With the client's repeats, which wait between tries. */
const callTimeoutDefaultMs = 10_000;
const triesMax = 3;
/** Of one try: to be connected, and to be answered. */
const connectTimeoutMs = 2_000;
const answerTimeoutMs = 3_000;
export const kmsContext = { 'sonrisa:purpose': 'vault-keys' } as const;

export function createAwsKms(options: AwsKmsOptions): KeyService {
  const { keyId, callTimeoutMs = callTimeoutDefaultMs } = options;
  let connecting: Promise<Connection> | undefined;
  const connected = (): Promise<Connection> => (connecting ??= connect(options));
  const inTime = () => ({ abortSignal: AbortSignal.timeout(callTimeoutMs) });

  return {
    mark: 'SNRWA',
    keyName: keyId,
    newDataKey: () =>
      inWords(keyId, async () => {
        const { client, GenerateDataKeyCommand } = await connected();
        const made = await client.send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256', EncryptionContext: kmsContext }), inTime());
        if (!made.Plaintext || !made.CiphertextBlob || !made.KeyId) throw new Error('an answer without a key');
        return { key: Buffer.from(made.Plaintext), sealed: `${made.KeyId} ${Buffer.from(made.CiphertextBlob).toString('base64')}` };
      }),
    openDataKey: (sealed) => {
      const [arn = '', blob = ''] = sealed.split(' ');
      return inWords(arn, async () => {
        const { client, DecryptCommand } = await connected();
        const opened = await client.send(new DecryptCommand({ KeyId: arn, CiphertextBlob: Buffer.from(blob, 'base64'), EncryptionContext: kmsContext }), inTime());
        if (!opened.Plaintext) throw new Error('an answer without a key');
        return Buffer.from(opened.Plaintext);
      });
    },
  };
}

type Sdk = typeof import('@aws-sdk/client-kms');
type Connection = Pick<Sdk, 'GenerateDataKeyCommand' | 'DecryptCommand'> & { client: KMSClient };

async function connect({ keyId, region = regionIn(keyId), url, credentials }: AwsKmsOptions): Promise<Connection> {
  const { KMSClient, GenerateDataKeyCommand, DecryptCommand } = await import('@aws-sdk/client-kms');
  const client = new KMSClient({
    ...(region === undefined ? {} : { region }),
    ...(url === undefined ? {} : { endpoint: url }),
    ...(credentials ? { credentials } : {}),
    maxAttempts: triesMax,
    requestHandler: { connectionTimeout: connectTimeoutMs, requestTimeout: answerTimeoutMs, throwOnRequestTimeout: true },
  });
  return { client, GenerateDataKeyCommand, DecryptCommand };
}

const regionIn = (keyId: string): string | undefined => /^arn:[^:]+:kms:([^:]+):/.exec(keyId)?.[1];

async function inWords<Result>(key: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown';
    const fixed = toldByName[name];
    if (fixed) throw new KeyServiceError(`AWS KMS ${fixed(key)} (${name}).`, { passing: false, cause: error });
    if (error instanceof Error && error.message === noRegion) throw new KeyServiceError('AWS KMS cannot be asked without a region: set SONRISA_VAULT_KEYS_KMS_REGION.', { passing: false, cause: error });
    throw new KeyServiceError(`AWS KMS cannot be asked about the key ${key} right now (${reasonOf(error)}).`, { passing: true, cause: error });
  }
}

/** Words of AWS's client, which has no name for it. */
const noRegion = 'Region is missing';

// What stays as it is until somebody changes something there or in the settings. All else may pass by itself: throttling,
// time-outs, refused connections, and errors on AWS's side.
const toldByName: Readonly<Record<string, (key: string) => string>> = {
  DisabledException: (key) => `says that the key ${key} is disabled: enable it`,
  KMSInvalidStateException: (key) => `says that the key ${key} is in no state to be used, it may be about to be deleted: look at it, and cancel its deletion`,
  NotFoundException: (key) => `knows no key ${key} in this account and region: check SONRISA_VAULT_KEYS_KMS_KEY and SONRISA_VAULT_KEYS_KMS_REGION`,
  InvalidKeyUsageException: (key) => `says that the key ${key} is not one that encrypts: name a symmetric key`,
  AccessDeniedException: (key) => `does not let this vault use the key ${key}: allow kms:GenerateDataKey and kms:Decrypt`,
  IncorrectKeyException: (key) => `says that the data key was sealed by another key than ${key}: bring the keys folder back from its backup`,
  InvalidCiphertextException: (key) => `cannot open a data key with ${key}: bring the keys folder back from its backup`,
  ...Object.fromEntries(
    ['UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidSignatureException', 'SignatureDoesNotMatch', 'IncompleteSignature', 'MissingAuthenticationTokenException', 'ExpiredTokenException', 'CredentialsProviderError'].map(
      (name) => [name, () => "does not take the vault's AWS credentials, or there are none: check them"],
    ),
  ),
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const { name, message } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : name;
  return code === 'Error' ? message : code;
}
