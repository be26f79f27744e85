// A frame and a template that can be recognised wherever they turn up.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemRandom } from '../../apps/vault/src/adapters/system.ts';
import { openKeyFiles } from '../../apps/vault/src/key-files.ts';
import { openKeyRing } from '../../apps/vault/src/keys.ts';
import { withConnection } from '../../apps/cli/src/postgres/connect.ts';
import type { Instance } from '../../apps/cli/src/instance.ts';
import { spellings } from './search.ts';
import type { Needle } from './search.ts';

export type MarkedFrames = { readonly frames: Uint8Array<ArrayBuffer>[]; readonly needles: Needle[] };

/** Each JPEG carries a marker in a comment segment, and its own pixels are a marker too. */
export function markFrames(frames: readonly Uint8Array[]): MarkedFrames {
  const marker = Buffer.from(`sonrisa-canary-${randomBytes(12).toString('hex')}`);
  const marked = frames.map((frame) => withComment(frame, marker));
  const pixels = marked.flatMap((frame, index) => spellings(`pixels of frame ${index}`, pixelsOf(frame)));
  return { frames: marked, needles: [...spellings('marker of the frame', marker), ...pixels] };
}

const startOfImageBytes = 2;

function withComment(frame: Uint8Array, marker: Buffer): Uint8Array<ArrayBuffer> {
  const length = marker.length + 2;
  const segment = Buffer.concat([Buffer.from([0xff, 0xfe, length >> 8, length & 255]), marker]);
  return new Uint8Array(Buffer.concat([frame.subarray(0, startOfImageBytes), segment, frame.subarray(startOfImageBytes)]));
}

// Compressed pixels from the middle of the scan: no two pictures share thirty of them.
const pixelsOf = (frame: Uint8Array): Uint8Array => frame.subarray(frame.length >> 1, (frame.length >> 1) + 30);

export type OpenedRecord = { readonly template: Float32Array; readonly ciphertext: Buffer };

/** Opens the templates by the vault's own path, with the vault's own key files. */
export async function openTemplates(instance: Instance): Promise<OpenedRecord[]> {
  const { templateKeys } = await openKeyRing({ files: openKeyFiles(join(instance.dataDir, 'keys', 'vault')), random: systemRandom });
  const rows = await withConnection(instance.vaultDatabaseUrl, (query) => query('SELECT payer_ref, epoch, pack_id, key_version, wrapped_key, ciphertext FROM face_template'));
  const opened = rows.map(async (row) => {
    const sealed = { keyVersion: Number(row.key_version), wrappedKey: row.wrapped_key as Buffer, ciphertext: row.ciphertext as Buffer };
    const owner = { payerRef: String(row.payer_ref), epoch: Number(row.epoch), packId: String(row.pack_id) };
    const sealer = await templateKeys.sealer(sealed.keyVersion);
    return { template: Float32Array.from(sealer.open(sealed, owner).reveal()), ciphertext: sealed.ciphertext };
  });
  return Promise.all(opened);
}

/** The numbers of a template in every form in which a process might keep, send or print them. */
export function templateNeedles(name: string, template: Float32Array): Needle[] {
  const middle = template.subarray(40, 48);
  const quantised = Int8Array.from(template.subarray(32, 64), (value) => Math.round((value * 127) / Math.max(...template.map(Math.abs))));
  const unitQuantised = Int8Array.from(template.subarray(32, 64), (value) => Math.round(value * 127));
  return [
    ...spellings(`${name} as float32`, bytesOf(Float32Array.from(middle))),
    ...spellings(`${name} as float64`, bytesOf(Float64Array.from(middle))),
    ...spellings(`${name} as int8 of the largest`, bytesOf(quantised)),
    ...spellings(`${name} as int8 of one`, bytesOf(unitQuantised)),
    { name: `${name} printed`, bytes: Buffer.from([...middle.subarray(0, 2)].map(String).join(',')) },
    { name: `${name} printed, short`, bytes: Buffer.from([...middle.subarray(0, 3)].map((value) => value.toFixed(6)).join(',')) },
  ];
}

const bytesOf = (values: Float32Array | Float64Array | Int8Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
