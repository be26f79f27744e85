// The group photos inside @vladmandic/face-api, for tests: real faces that every clone has.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import type { RgbImage } from '@sonrisa/face/image.ts';

/** `number` 1 to 6: 3, 3, 3, 4, 5 and 4 faces. */
export function demoPhoto(number: number): Buffer {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('@vladmandic/face-api/model/face_recognition_model-weights_manifest.json');
  return readFileSync(join(dirname(manifest), '..', 'demo', `sample${number}.jpg`));
}

export async function demoImage(number: number): Promise<RgbImage> {
  return rgbImage(sharp(demoPhoto(number)));
}

export async function rgbImage(picture: Sharp): Promise<RgbImage> {
  const { data, info } = await picture.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** A one-face 640×480 frame cut around a face, as a terminal's camera would send it. */
export async function frameAround(number: number, centre: { readonly x: number; readonly y: number; readonly widthPx: number }): Promise<Buffer> {
  const { x, y, widthPx } = centre;
  const heightPx = Math.round((widthPx * 3) / 4);
  return sharp(demoPhoto(number))
    .extract({ left: Math.round(x - widthPx / 2), top: Math.round(y - heightPx / 2), width: widthPx, height: heightPx })
    .resize(640, 480)
    .jpeg({ quality: 88 })
    .toBuffer();
}
