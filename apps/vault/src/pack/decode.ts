// From the bytes of one frame to pixels: JPEG, PNG and WebP only, with a limit on everything.
import sharp from 'sharp';
import type { Metadata } from 'sharp';
import type { RgbImage } from '@sonrisa/face/image.ts';

export const frameBytesMax = 2 * 1024 * 1024;
export const framePixelsMax = 4_000_000;
export const frameSideMinPx = 160;
export const decodeTimeoutSeconds = 5;

export type ImageRefusal =
  | 'image_too_large'
  | 'image_too_many_pixels'
  | 'image_format_refused'
  | 'image_animated'
  | 'image_broken'
  | 'image_too_small';

export type Decoded = { readonly ok: true; readonly image: RgbImage } | { readonly ok: false; readonly refusal: ImageRefusal };

/** Pixels upright (EXIF orientation applied), sRGB, without alpha. Never throws on bad bytes. */
export async function decodeFrame(bytes: Uint8Array): Promise<Decoded> {
  if (bytes.length > frameBytesMax) return refuse('image_too_large');
  const format = sniffFormat(bytes);
  if (!format) return refuse('image_format_refused');
  if (format === 'png' && isAnimatedPng(bytes)) return refuse('image_animated');
  // A JPEG is opened once: its first bytes have said what it is, it has one picture, and the library refuses its size.
  if (format === 'jpeg') return decode(bytes, framePixelsMax);
  try {
    const metadata = await sharp(bytes, libraryOptions(framePixelsMax * pixelLimitSlack)).metadata();
    const refusal = refusalByMetadata(metadata, format);
    if (refusal) return refuse(refusal);
  } catch (error) {
    return refuse(isPixelLimit(error) ? 'image_too_many_pixels' : 'image_broken');
  }
  return decode(bytes, framePixelsMax * pixelLimitSlack);
}

const libraryOptions = (pixelsMax: number) => ({ failOn: 'error', limitInputPixels: pixelsMax, sequentialRead: true }) as const;

async function decode(bytes: Uint8Array, pixelsMax: number): Promise<Decoded> {
  try {
    const { data, info } = await sharp(bytes, libraryOptions(pixelsMax))
      .timeout({ seconds: decodeTimeoutSeconds })
      .rotate()
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) return refuse('image_format_refused');
    if (Math.min(info.width, info.height) < frameSideMinPx) return refuse('image_too_small');
    return { ok: true, image: { data, width: info.width, height: info.height } };
  } catch (error) {
    return refuse(isPixelLimit(error) ? 'image_too_many_pixels' : 'image_broken');
  }
}

const refuse = (refusal: ImageRefusal): Decoded => ({ ok: false, refusal });

// The library's own limit stands behind ours: ours names the reason, its stops what lies about its size.
const pixelLimitSlack = 4;

type Format = 'jpeg' | 'png' | 'webp';

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

// The first bytes decide, not a name or a header of the request.
function sniffFormat(bytes: Uint8Array): Format | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (pngSignature.every((byte, i) => bytes[i] === byte)) return 'png';
  if (asciiAt(bytes, 0) === 'RIFF' && asciiAt(bytes, 8) === 'WEBP') return 'webp';
  return null;
}

const asciiAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

// The decoder would silently take an animated PNG's first picture: look for its acTL chunk ourselves.
function isAnimatedPng(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = pngSignature.length; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const type = asciiAt(bytes, at + 4);
    if (type === 'acTL') return true;
    if (type === 'IDAT') return false;
  }
  return false;
}

const isPixelLimit = (error: unknown): boolean => error instanceof Error && /pixel limit/i.test(error.message);

function refusalByMetadata({ format, pages, width, height }: Metadata, sniffed: Format): ImageRefusal | null {
  if (format !== sniffed) return 'image_format_refused';
  if ((pages ?? 1) > 1) return 'image_animated';
  if (width * height > framePixelsMax) return 'image_too_many_pixels';
  if (Math.min(width, height) < frameSideMinPx) return 'image_too_small';
  return null;
}
