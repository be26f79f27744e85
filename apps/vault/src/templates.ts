// Templates at rest. A template is turned by the key version's secret transform; each record has a fresh data key, wrapped by
// the master key; both layers are AES-256-GCM and both authenticate whose record it is and which transform is below them.
// Moving a record to another payer, epoch, pack, key version or installation breaks it.
// Opened by faces.ts alone, for three readers: gallery.ts (what is searched), confirm.ts (what a hit is checked against)
// and activate.ts (look-alikes when a face becomes active). Each wipes what it read.
//
//   wrapped_key  12-byte IV | 32-byte data key encrypted | 16-byte tag
//   ciphertext   12-byte IV | float32 values after the transform, little-endian, encrypted | 16-byte tag
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Random } from './adapters/system.ts';
import { SecretTemplate } from './secret-template.ts';
import { createTransforms } from './transforms.ts';

export interface TemplateOwner {
  readonly payerRef: string;
  readonly epoch: number;
  readonly packId: string;
}

export interface SealedTemplate {
  readonly keyVersion: number;
  readonly wrappedKey: Buffer;
  readonly ciphertext: Buffer;
}

export interface TemplateSealer {
  seal(template: SecretTemplate, owner: TemplateOwner): SealedTemplate;
  /** Throws Error if any byte, or the owner, is not what was sealed. */
  open(sealed: SealedTemplate, owner: TemplateOwner): SecretTemplate;
}

const ivBytes = 12;
const tagBytes = 16;
const dataKeyBytes = 32;
const floatBytes = 4;

export function createTemplateSealer(input: {
  installationId: string;
  masterKey: Uint8Array;
  /** Undefined for records from before there were transforms: opened as they are, until they are re-keyed. */
  transformKey?: Uint8Array | undefined;
  keyVersion: number;
  random: Random;
}): TemplateSealer {
  const { installationId, masterKey, transformKey, keyVersion, random } = input;
  const transforms = transformKey && createTransforms({ installationId, transformKey });
  // Under a wrong transform a record must not open, rather than open as somebody whom nobody resembles.
  const format = transformKey ? ['sonrisa-template-v2', createHash('sha256').update(transformKey).digest('base64url')] : ['sonrisa-template-v1'];
  const boundTo = (owner: TemplateOwner, version: number): Buffer =>
    Buffer.from(JSON.stringify([...format, installationId, owner.payerRef, owner.epoch, owner.packId, version]));

  function seal(template: SecretTemplate, owner: TemplateOwner): SealedTemplate {
    const dataKey = random.bytes(dataKeyBytes);
    const aad = boundTo(owner, keyVersion);
    const values = template.reveal();
    const turned = transforms?.of({ packId: owner.packId, dimensions: values.length }).apply(values);
    const plain = toBytes(turned ?? values);
    turned?.fill(0);
    try {
      return {
        keyVersion,
        wrappedKey: encrypt({ key: masterKey, iv: random.bytes(ivBytes), aad, plain: dataKey }),
        ciphertext: encrypt({ key: dataKey, iv: random.bytes(ivBytes), aad, plain }),
      };
    } finally {
      dataKey.fill(0);
      plain.fill(0);
    }
  }

  function open(sealed: SealedTemplate, owner: TemplateOwner): SecretTemplate {
    if (sealed.keyVersion !== keyVersion) throw new Error(`no template key of version ${sealed.keyVersion}`);
    const aad = boundTo(owner, sealed.keyVersion);
    const dataKey = decrypt({ key: masterKey, aad, box: sealed.wrappedKey });
    try {
      const plain = decrypt({ key: dataKey, aad, box: sealed.ciphertext });
      const values = fromBytes(plain);
      plain.fill(0);
      if (!transforms) return new SecretTemplate(values);
      const template = new SecretTemplate(transforms.of({ packId: owner.packId, dimensions: values.length }).undo(values));
      values.fill(0);
      return template;
    } finally {
      dataKey.fill(0);
    }
  }

  return { seal, open };
}

function encrypt(input: { key: Uint8Array; iv: Uint8Array; aad: Uint8Array; plain: Uint8Array }): Buffer {
  const cipher = createCipheriv('aes-256-gcm', input.key, input.iv, { authTagLength: tagBytes });
  cipher.setAAD(input.aad);
  return Buffer.concat([input.iv, cipher.update(input.plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(input: { key: Uint8Array; aad: Uint8Array; box: Uint8Array }): Buffer {
  const { box } = input;
  if (box.length < ivBytes + tagBytes) throw new Error('a sealed record is too short');
  const decipher = createDecipheriv('aes-256-gcm', input.key, box.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(input.aad);
  decipher.setAuthTag(box.subarray(box.length - tagBytes));
  const plain = decipher.update(box.subarray(ivBytes, box.length - tagBytes));
  decipher.final();
  return plain;
}

function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * floatBytes);
  vector.forEach((value, i) => bytes.writeFloatLE(value, i * floatBytes));
  return bytes;
}

function fromBytes(bytes: Buffer): Float32Array {
  const vector = new Float32Array(bytes.length / floatBytes);
  for (let i = 0; i < vector.length; i++) vector[i] = bytes.readFloatLE(i * floatBytes);
  return vector;
}
