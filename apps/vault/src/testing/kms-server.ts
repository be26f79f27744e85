// AWS KMS on this machine, for tests: the JSON 1.1 protocol with its targets and error names, requests checked by Signature
// Version 4 as AWS documents it (written against the document, not with AWS's client), and keys that can be disabled.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { startKeyServiceServer, type Answer, type KeyServiceServer, type ServiceFault } from './key-service-server.ts';

export type KmsFault = ServiceFault;
export type KmsKeyState = 'Enabled' | 'Disabled' | 'PendingDeletion';

export interface KmsServer extends KeyServiceServer {
  readonly keyArn: string;
  readonly alias: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Targets of the calls that were let through, in order. */
  readonly calls: string[];
  keyState: KmsKeyState;
  /** What the caller may not do. */
  readonly denied: Set<string>;
}

const region = 'eu-central-1';
export const kmsRegion = region;
const keyArn = `arn:aws:kms:${region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const alias = 'alias/sonrisa-vault';
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret of a test that signs requests' };

type Fields = { KeyId?: string; KeySpec?: string; CiphertextBlob?: string; EncryptionContext?: Record<string, string> };

export async function startKmsServer(): Promise<KmsServer> {
  const master = randomBytes(32);
  const server = await startKeyServiceServer({
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'a-request' },
    faults: { throttled: refusal('ThrottlingException', 'Rate exceeded'), broken: refusal('KMSInternalException', 'try again', 500) },
    answerTo,
  });
  const kms: KmsServer = { ...server, keyArn, alias, credentials, calls: [], keyState: 'Enabled', denied: new Set() };

  function answerTo(request: IncomingMessage, body: Buffer): Answer {
    const target = String(request.headers['x-amz-target']);
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/x-amz-json-1.1') return refusal('SerializationException', 'not AWS JSON 1.1');
    const signed = checkSignature({ request, body });
    if (signed !== 'right') return signed;
    const fields = JSON.parse(body.toString('utf8')) as Fields;
    if (fields.KeyId !== keyArn && fields.KeyId !== alias) return refusal('NotFoundException', `Key '${fields.KeyId}' does not exist`);
    if (kms.denied.has(target)) return refusal('AccessDeniedException', `User is not authorized to perform: ${target}`);
    if (kms.keyState === 'Disabled') return refusal('DisabledException', `${keyArn} is disabled.`);
    if (kms.keyState === 'PendingDeletion') return refusal('KMSInvalidStateException', `${keyArn} is pending deletion.`);
    kms.calls.push(target);
    if (target === 'TrentService.GenerateDataKey') return generated(fields);
    if (target === 'TrentService.Decrypt') return decrypted(fields);
    return refusal('UnknownOperationException', target);
  }

  function generated({ KeySpec, EncryptionContext }: Fields): Answer {
    if (KeySpec !== 'AES_256') return refusal('ValidationException', 'a key spec this server does not know');
    const key = randomBytes(32);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', master, iv).setAAD(contextBytes(EncryptionContext));
    const blob = Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    return { status: 200, body: { KeyId: keyArn, Plaintext: key.toString('base64'), CiphertextBlob: blob.toString('base64') } };
  }

  function decrypted({ CiphertextBlob = '', EncryptionContext }: Fields): Answer {
    const blob = Buffer.from(CiphertextBlob, 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', master, blob.subarray(0, 12), { authTagLength: 16 }).setAAD(contextBytes(EncryptionContext));
      decipher.setAuthTag(blob.subarray(blob.length - 16));
      const key = Buffer.concat([decipher.update(blob.subarray(12, blob.length - 16)), decipher.final()]);
      return { status: 200, body: { KeyId: keyArn, Plaintext: key.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' } };
    } catch {
      return refusal('InvalidCiphertextException', '');
    }
  }

  return kms;
}

const contextBytes = (context: Record<string, string> = {}): Buffer => Buffer.from(JSON.stringify(Object.entries(context).sort()));

const refusal = (name: string, message: string, status = 400): Answer => ({ status, body: { __type: name, message } });

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

// "Create a signed AWS API request": canonical request, string to sign, derived key, signature.
function checkSignature({ request, body }: { request: IncomingMessage; body: Buffer }): 'right' | Answer {
  const form = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '');
  if (!form) return refusal('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  const [, accessKeyId, day = '', scopeRegion = '', service = '', signedHeaders = '', signature] = form;
  if (accessKeyId !== credentials.accessKeyId || scopeRegion !== region || service !== 'kms') return refusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
  const names = signedHeaders.split(';');
  if (!['host', 'x-amz-date', 'x-amz-target'].every((needed) => names.includes(needed))) return refusal('IncompleteSignature', 'a header is not signed');
  const headers = names.map((name) => `${name}:${String(request.headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  const canonical = ['POST', request.url ?? '/', '', headers, signedHeaders, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], `${day}/${scopeRegion}/${service}/aws4_request`, sha256(canonical)].join('\n');
  const key = hmac(hmac(hmac(hmac(`AWS4${credentials.secretAccessKey}`, day), scopeRegion), service), 'aws4_request');
  return hmac(key, toSign).toString('hex') === signature ? 'right' : refusal('InvalidSignatureException', 'The request signature we calculated does not match the signature you provided.');
}
