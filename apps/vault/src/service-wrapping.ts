// A key service over the key files: each file is encrypted here, under a data key that the service made and sealed. A process
// writes under one data key of its own and has each of the others opened once, so that a start costs a call or two.
//
//   wrapped   u16 length | {"key": the service's key, "sealed": the data key} | 12-byte IV | key, encrypted | 16-byte tag
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { z } from 'zod';
import type { Random } from './adapters/system.ts';
import type { KeyWrapping } from './key-files.ts';
import type { DataKey, KeyService } from './key-service.ts';
import { PlainError } from './plain-error.ts';

const lengthBytes = 2;
const ivBytes = 12;
const tagBytes = 16;
const headerSchema = z.object({ key: z.string(), sealed: z.string() });

export function createServiceWrapping({ service, random }: { service: KeyService; random: Random }): KeyWrapping {
  const opened = new Map<string, Promise<Buffer>>();
  let own: Promise<DataKey> | undefined;

  function ownDataKey(): Promise<DataKey> {
    const making = (own ??= service.newDataKey());
    making.catch(() => void (own = undefined));
    return making;
  }

  // Our own one too is opened by the service before anything rests on it: it may seal for us and yet refuse to open.
  function openedDataKey(sealed: string): Promise<Buffer> {
    const opening = opened.get(sealed) ?? service.openDataKey(sealed);
    opened.set(sealed, opening);
    opening.catch(() => opened.delete(sealed));
    return opening;
  }

  async function wrap({ name, key }: { name: string; key: Uint8Array }): Promise<Buffer> {
    const { key: dataKey, sealed } = await ownDataKey();
    const header = Buffer.from(JSON.stringify({ key: service.keyName, sealed }));
    const length = Buffer.alloc(lengthBytes);
    length.writeUInt16BE(header.length);
    const iv = random.bytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', dataKey, iv, { authTagLength: tagBytes });
    cipher.setAAD(boundTo(name, header));
    return Buffer.concat([length, header, iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  }

  async function unwrap({ name, wrapped }: { name: string; wrapped: Uint8Array }): Promise<Buffer> {
    const { header, iv, body, tag } = partsOf(name, wrapped);
    const dataKey = await openedDataKey(readHeader(name, header).sealed);
    try {
      const decipher = createDecipheriv('aes-256-gcm', dataKey, iv, { authTagLength: tagBytes });
      decipher.setAAD(boundTo(name, header));
      decipher.setAuthTag(tag);
      return Buffer.concat([decipher.update(body), decipher.final()]);
    } catch (cause) {
      throw damaged(name, cause);
    }
  }

  const isCurrent = ({ name, wrapped }: { name: string; wrapped: Uint8Array }): boolean => readHeader(name, partsOf(name, wrapped).header).key === service.keyName;

  return { mark: service.mark, wrap, unwrap, isCurrent };
}

const boundTo = (name: string, header: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${name}\0`), header]);

function partsOf(name: string, wrapped: Uint8Array) {
  const bytes = Buffer.from(wrapped.buffer, wrapped.byteOffset, wrapped.byteLength);
  const headerEnd = lengthBytes + (bytes.length >= lengthBytes ? bytes.readUInt16BE(0) : 0);
  if (bytes.length < headerEnd + ivBytes + tagBytes) throw damaged(name);
  return {
    header: bytes.subarray(lengthBytes, headerEnd),
    iv: bytes.subarray(headerEnd, headerEnd + ivBytes),
    body: bytes.subarray(headerEnd + ivBytes, bytes.length - tagBytes),
    tag: bytes.subarray(bytes.length - tagBytes),
  };
}

function readHeader(name: string, header: Buffer): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(header.toString('utf8')));
  } catch (cause) {
    throw damaged(name, cause);
  }
}

const damaged = (name: string, cause?: unknown): PlainError =>
  new PlainError(`The vault's key ${name} does not open with its data key, the file is damaged: bring it back from the backup of the keys folder.`, { cause });
