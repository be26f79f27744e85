import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeFrame, frameBytesMax } from './decode.ts';

const picture = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 100, b: 50 } } });

const refusalOf = async (bytes: Uint8Array): Promise<string> => {
  const decoded = await decodeFrame(bytes);
  return decoded.ok ? 'ok' : decoded.refusal;
};

const jpeg = await picture(320, 240).jpeg().toBuffer();
const png = await picture(320, 240).png().toBuffer();
const grain = { type: 'gaussian', mean: 128, sigma: 60 } as const;
const noise = await sharp({ create: { width: 400, height: 400, channels: 3, background: 'black', noise: grain } })
  .jpeg({ quality: 95 })
  .toBuffer();

// Two frames of one picture: what makes a WebP or GIF move.
async function animated(format: 'webp' | 'gif'): Promise<Buffer> {
  const strip = await sharp({ create: { width: 200, height: 400, channels: 3, background: 'red' } })
    .composite([{ input: await picture(200, 200).png().toBuffer(), left: 0, top: 200 }])
    .raw()
    .toBuffer();
  const pages = sharp(strip, { raw: { width: 200, height: 400, channels: 3, pageHeight: 200 } });
  return format === 'webp' ? pages.webp({ loop: 0, delay: [100, 100] }).toBuffer() : pages.gif().toBuffer();
}

// An acTL chunk right after the header marks an animated PNG.
function asAnimatedPng(plain: Buffer): Buffer {
  const chunk = Buffer.alloc(20);
  chunk.writeUInt32BE(8, 0);
  chunk.write('acTL', 4, 'latin1');
  const afterHeader = 8 + 25;
  return Buffer.concat([plain.subarray(0, afterHeader), chunk, plain.subarray(afterHeader)]);
}

describe('decodeFrame', () => {
  it.each([
    ['JPEG', jpeg],
    ['PNG', png],
    ['WebP', picture(320, 240).webp({ lossless: true }).toBuffer()],
    ['PNG with transparency', picture(320, 240).ensureAlpha(0.5).png().toBuffer()],
    ['PNG with 16 bit', picture(320, 240).toColourspace('rgb16').png().toBuffer()],
  ])('%s becomes 8-bit RGB', async (_, bytes) => {
    const decoded = await decodeFrame(await bytes);
    if (!decoded.ok) throw new Error(decoded.refusal);
    const { data, width, height } = decoded.image;
    expect([width, height, data.length]).toEqual([320, 240, 320 * 240 * 3]);
    [200, 100, 50].forEach((value, i) => expect(Math.abs((data[i] ?? 0) - value)).toBeLessThanOrEqual(2));
  });

  it('grey and CMYK pictures become RGB too', async () => {
    for (const bytes of [await picture(200, 200).greyscale().jpeg().toBuffer(), await picture(200, 200).toColourspace('cmyk').jpeg().toBuffer()]) {
      const decoded = await decodeFrame(bytes);
      expect(decoded.ok && decoded.image.data.length).toBe(200 * 200 * 3);
    }
  });

  it('turns the picture upright', async () => {
    const decoded = await decodeFrame(await picture(320, 200).jpeg().withMetadata({ orientation: 6 }).toBuffer());
    expect(decoded.ok && [decoded.image.width, decoded.image.height]).toEqual([200, 320]);
  });

  it.each<[string, () => Promise<Uint8Array> | Uint8Array, string]>([
    ['nothing', () => new Uint8Array(0), 'image_format_refused'],
    ['a PDF', () => Buffer.from('%PDF-1.7\n1 0 obj'), 'image_format_refused'],
    ['an SVG', () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"/>'), 'image_format_refused'],
    ['a GIF', () => animated('gif'), 'image_format_refused'],
    ['a TIFF', () => picture(200, 200).tiff().toBuffer(), 'image_format_refused'],
    ['an animated WebP', () => animated('webp'), 'image_animated'],
    ['an animated PNG', () => asAnimatedPng(png), 'image_animated'],
    ['a PDF that starts like a JPEG', () => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('%PDF-1.7')]), 'image_broken'],
    ['a JPEG cut in the middle', () => noise.subarray(0, noise.length >> 1), 'image_broken'],
    ['a JPEG header alone', () => jpeg.subarray(0, 20), 'image_broken'],
    ['a PNG cut in the middle', () => png.subarray(0, png.length >> 1), 'image_broken'],
    ['a huge file', () => Buffer.concat([jpeg, Buffer.alloc(frameBytesMax)]), 'image_too_large'],
    ['2001 × 2000 pixels', () => picture(2001, 2000).png().toBuffer(), 'image_too_many_pixels'],
    ['2001 × 2000 pixels of a JPEG', () => picture(2001, 2000).jpeg().toBuffer(), 'image_too_many_pixels'],
    ['10000 × 10000 pixels', () => picture(10_000, 10_000).png().toBuffer(), 'image_too_many_pixels'],
    ['159 pixels high', () => picture(320, 159).jpeg().toBuffer(), 'image_too_small'],
    ['159 pixels wide', () => picture(159, 320).jpeg().toBuffer(), 'image_too_small'],
  ])('refuses %s', async (_, bytes, refusal) => {
    expect(await refusalOf(await bytes())).toBe(refusal);
  });

  it('takes the limits themselves', async () => {
    expect(await refusalOf(await picture(2000, 2000).jpeg().toBuffer())).toBe('ok');
    expect(await refusalOf(await picture(160, 160).jpeg().toBuffer())).toBe('ok');
  });
});
