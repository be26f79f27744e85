// Cuts 640×480 camera frames of one person out of a group photo: generous surroundings, the neighbours covered, since
// a terminal admits one person at a time.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { sampleFaces } from './sample-faces.ts';
import type { FaceRectangle } from './sample-faces.ts';
import { createRandom } from './variation.ts';
import type { Variation } from './variation.ts';

export const frameWidth = 640;
export const frameHeight = 480;

export type Frame = Buffer<ArrayBuffer>;

/** Side of the detector's box in a finished frame, in pixels: a face at arm's length from a terminal. */
const faceSidePx = 170;

export function samplePhoto(photo: number): string {
  const root = dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'));
  return join(root, 'demo', `sample${photo}.jpg`);
}

/** JPEG frames of one face; everybody else in the photo is covered. The photo is opened once. */
export async function cutFrames(place: { photo: number; face: number }, variations: readonly Variation[]): Promise<Frame[]> {
  const faces = sampleFaces[place.photo] ?? [];
  const face = faces[place.face];
  if (!face) throw new RangeError(`sample${place.photo}.jpg has no face ${place.face}`);
  const others = faces.filter((other) => other !== face);
  const whole = await coverFaces(samplePhoto(place.photo), others, face);
  const cut = (variation: Variation): Promise<Frame> =>
    cutAround(whole, {
      centreX: face.x + face.side / 2 + variation.shiftX * face.side,
      centreY: face.y + face.side / 2 + variation.shiftY * face.side,
      pixelsPerPixel: face.side / (faceSidePx / variation.scale),
      variation,
    });
  return Promise.all(variations.map(cut));
}

/** A frame with two faces side by side, neighbours in the photo. */
export async function cutGroupFrame(place: { photo: number; faces: readonly [number, number] }, variation: Variation): Promise<Frame> {
  const all = sampleFaces[place.photo] ?? [];
  const [left, right] = place.faces.map((index) => all[index]);
  if (!left || !right) throw new RangeError(`sample${place.photo}.jpg has no such pair`);
  const middle = (rectangle: FaceRectangle) => ({ x: rectangle.x + rectangle.side / 2, y: rectangle.y + rectangle.side / 2 });
  const span = Math.abs(middle(left).x - middle(right).x) + 1.6 * Math.max(left.side, right.side);
  return cutAround(await sharp(samplePhoto(place.photo)).raw().toBuffer({ resolveWithObject: true }), {
    centreX: (middle(left).x + middle(right).x) / 2,
    centreY: (middle(left).y + middle(right).y) / 2,
    pixelsPerPixel: Math.max(span / frameWidth, 1),
    variation,
  });
}

/** A portrait of any size, fitted into a frame. */
export async function fitFrame(file: string, variation: Variation): Promise<Frame> {
  const { data, info } = await sharp(file).rotate().removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return cutAround({ data, info }, {
    centreX: info.width * (0.5 + variation.shiftX * portraitFaceShare),
    centreY: info.height * (0.5 + variation.shiftY * portraitFaceShare),
    pixelsPerPixel: Math.max(info.width / frameWidth, info.height / frameHeight) / variation.scale,
    variation,
  });
}

/** Two portraits side by side. */
export async function joinFrames(leftFile: string, rightFile: string, variation: Variation): Promise<Frame> {
  const half = (file: string) => sharp(file).rotate().resize(frameWidth / 2, frameHeight, { fit: 'contain', background: '#787878' }).toBuffer();
  const [left, right] = await Promise.all([half(leftFile), half(rightFile)]);
  return sharp({ create: { width: frameWidth, height: frameHeight, channels: 3, background: '#787878' } })
    .composite([{ input: left, left: 0, top: 0 }, { input: right, left: frameWidth / 2, top: 0 }])
    .jpeg({ quality: variation.jpegQuality })
    .toBuffer() as Promise<Frame>;
}

const portraitFaceShare = 0.3;

type Pixels = { data: Buffer; info: { width: number; height: number; channels: 1 | 2 | 3 | 4 } };

async function coverFaces(file: string, others: readonly FaceRectangle[], kept: FaceRectangle): Promise<Pixels> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  for (const other of others) coverOne({ data, info }, other, kept);
  return { data, info };
}

const coverMargin = 0.3;
const keptMargin = 0.2;
const coverLuma = 120;

// A wide cover, but never over the face that is kept.
function coverOne({ data, info }: Pixels, other: FaceRectangle, kept: FaceRectangle): void {
  const covered = grown(other, coverMargin);
  const spared = grown(kept, keptMargin);
  for (let y = Math.max(0, covered.top); y < Math.min(info.height, covered.bottom); y++) {
    const [from, to] = [Math.max(0, covered.left), Math.min(info.width, covered.right)];
    const fill = (left: number, right: number) => left < right && data.fill(coverLuma, (y * info.width + left) * 3, (y * info.width + right) * 3);
    if (y < spared.top || y >= spared.bottom) {
      fill(from, to);
    } else {
      fill(from, Math.min(to, spared.left));
      fill(Math.max(from, spared.right), to);
    }
  }
}

function grown({ x, y, side }: FaceRectangle, margin: number) {
  const by = side * margin;
  return { left: Math.round(x - by), top: Math.round(y - by), right: Math.round(x + side + by), bottom: Math.round(y + side + by) };
}

async function cutAround(
  whole: Pixels,
  cut: { centreX: number; centreY: number; pixelsPerPixel: number; variation: Variation },
): Promise<Frame> {
  // Twice the frame is cut out first, so that a small rotation brings no corners into view.
  const outer = { width: Math.round(frameWidth * 1.5 * cut.pixelsPerPixel), height: Math.round(frameHeight * 1.5 * cut.pixelsPerPixel) };
  const left = Math.round(cut.centreX - outer.width / 2);
  const top = Math.round(cut.centreY - outer.height / 2);
  const background = { r: coverLuma, g: coverLuma, b: coverLuma };
  const around = cutRectangle(whole, { left, top, ...outer });
  const cutOut = await sharp(around.data, { raw: { ...around.info } })
    .resize(Math.round(frameWidth * 1.5), Math.round(frameHeight * 1.5), { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const turned = await sharp(cutOut.data, { raw: { ...cutOut.info } })
    .rotate(cut.variation.rotationDegrees, { background })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return lit(turned, cut.variation);
}

/** What lies outside the picture has the colour of the covers. */
function cutRectangle({ data, info }: Pixels, { left, top, width, height }: { left: number; top: number; width: number; height: number }): Pixels {
  const { channels } = info;
  const out = Buffer.alloc(width * height * channels, coverLuma);
  const [fromX, toX] = [Math.max(0, left), Math.min(info.width, left + width)];
  for (let y = Math.max(0, top); y < Math.min(info.height, top + height); y++) {
    data.copy(out, ((y - top) * width + fromX - left) * channels, (y * info.width + fromX) * channels, (y * info.width + toX) * channels);
  }
  return { data: out, info: { width, height, channels } };
}

const grainSeed = 7;

async function lit({ data, info }: Pixels, { gamma, brightness, grain, jpegQuality }: Variation): Promise<Frame> {
  const picture = sharp(data, { raw: { ...info } }).extract({
    left: Math.round((info.width - frameWidth) / 2),
    top: Math.round((info.height - frameHeight) / 2),
    width: frameWidth,
    height: frameHeight,
  });
  // sharp's gamma() darkens before and lifts after a resize; a curve of our own says what it does.
  const { data: cut } = await picture.raw().toBuffer({ resolveWithObject: true });
  const curve = Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, Math.round(255 * (value / 255) ** (1 / gamma) * brightness)));
  const random = createRandom(grainSeed);
  for (let i = 0; i < cut.length; i++) {
    const value = curve[cut[i] ?? 0] ?? 0;
    cut[i] = grain === 0 ? value : Math.min(255, Math.max(0, Math.round(value + (random() * 2 - 1) * grain)));
  }
  return sharp(cut, { raw: { width: frameWidth, height: frameHeight, channels: 3 } }).jpeg({ quality: jpegQuality }).toBuffer() as Promise<Frame>;
}
