// Frames no camera of ours would send.
import sharp from 'sharp';
import { cutGroupFrame } from '../../apps/cli/src/demo/frames.ts';
import { plain } from '../../apps/cli/src/demo/variation.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

const own = (bytes: Uint8Array): Bytes => new Uint8Array(bytes);

export const truncated = (frame: Uint8Array): Bytes => own(frame.subarray(0, frame.length >> 1));

export const pdf = (): Bytes => own(Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n'));

/** A real picture whose header claims an area no camera has. */
export const giant = async (): Promise<Bytes> =>
  own(await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: '#888888' } }).png({ compressionLevel: 9 }).toBuffer());

export const tiny = async (): Promise<Bytes> => own(await sharp({ create: { width: 96, height: 72, channels: 3, background: '#888888' } }).jpeg().toBuffer());

/** Valid to any decoder, padded past the limit of bytes. */
export const heavy = (frame: Uint8Array): Bytes => own(Buffer.concat([frame, Buffer.alloc(2 * 1024 * 1024)]));

export const noFace = async (): Promise<Bytes> =>
  own(await sharp({ create: { width: 640, height: 480, channels: 3, background: '#99aa88' } }).jpeg().toBuffer());

export async function animatedWebp(frame: Uint8Array): Promise<Bytes> {
  const { data, info } = await sharp(frame).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  // Two equal pages would be written as one.
  const twice = Buffer.concat([data, Buffer.from(data).reverse()]);
  const pages = sharp(twice, { raw: { width: info.width, height: info.height * 2, channels: 3, pageHeight: info.height } });
  return own(await pages.webp({ loop: 0, delay: [100, 100] }).toBuffer());
}

/** Ten people: five pairs on one sheet. */
export async function tenFaces(): Promise<Bytes> {
  const pair = await sharp(await cutGroupFrame({ photo: 6, faces: [2, 0] }, plain)).resize(640, 480).toBuffer();
  const places = [0, 1, 2, 3, 4].map((index) => ({ input: pair, left: (index % 2) * 640, top: Math.floor(index / 2) * 480 }));
  return own(await sharp({ create: { width: 1_280, height: 1_440, channels: 3, background: '#777777' } }).composite(places).jpeg().toBuffer());
}
