// A perceptual hash of one frame, so that a picture seen before is known again after it was compressed anew, made
// brighter, shifted or scaled a little. It is taken from the head and what is around it, placed by the face itself.
import { warp } from '../image.ts';
import type { RgbImage } from '../image.ts';
import { distance, midpoint } from '../image.ts';
import { meshPoint } from '../mesh.ts';
import type { FaceMesh } from '../mesh.ts';

/** Side of the luminance square that is transformed. */
const side = 48;
/** The square's side over the eye distance: head, shoulders and what is behind. */
const reach = 5;
/** Frequencies 0..12 in both directions, without the mean: their signs are the bits. */
const frequencies = 13;
/** Bits are dealt out to this many bands; each band is compared as a whole. */
export const fingerprintBands = 4;
const bitsPerBand = (frequencies * frequencies - 1) / fingerprintBands;
export const bandBytes = Math.ceil(bitsPerBand / 8);

/** fingerprintBands × bandBytes: the signs of 168 cosine coefficients, dealt out in turn. */
export function fingerprintOf(image: RgbImage, mesh: FaceMesh): Uint8Array {
  const light = squareAround(image, mesh);
  const coefficients = lowCosines(light);
  light.fill(0);
  const bits = new Uint8Array(fingerprintBands * bandBytes);
  for (let k = 1; k < frequencies * frequencies; k++) {
    const band = (k - 1) % fingerprintBands;
    const place = Math.floor((k - 1) / fingerprintBands);
    if (coefficients[k] > 0) bits[band * bandBytes + (place >> 3)] |= 1 << (place & 7);
  }
  return bits;
}

function squareAround(image: RgbImage, mesh: FaceMesh): Float32Array {
  const right = midpoint(meshPoint(mesh, 33), meshPoint(mesh, 133));
  const left = midpoint(meshPoint(mesh, 362), meshPoint(mesh, 263));
  const [x, y] = midpoint(right, left);
  const scale = (distance(right, left) * reach) / side;
  const half = (side * scale) / 2;
  const picked = warp(image, { toSource: [scale, 0, x - half, 0, scale, y - half], width: side, height: side, layout: 'hwc', scale: 1, bias: 0 });
  const light = new Float32Array(side * side);
  for (let i = 0; i < light.length; i++) light[i] = 0.299 * picked[i * 3] + 0.587 * picked[i * 3 + 1] + 0.114 * picked[i * 3 + 2];
  picked.fill(0);
  return light;
}

// The type-II cosine transform (Ahmed, Natarajan, Rao 1974), its lowest frequencies only, rows then columns.
function lowCosines(light: Float32Array): Float32Array {
  const rows = new Float32Array(side * frequencies);
  for (let y = 0; y < side; y++) {
    for (let u = 0; u < frequencies; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += light[y * side + x] * cosines[u * side + x];
      rows[y * frequencies + u] = sum;
    }
  }
  const out = new Float32Array(frequencies * frequencies);
  for (let v = 0; v < frequencies; v++) {
    for (let u = 0; u < frequencies; u++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += rows[y * frequencies + u] * cosines[v * side + y];
      out[v * frequencies + u] = sum;
    }
  }
  return out;
}

const cosines = Float32Array.from({ length: frequencies * side }, (_, i) => {
  const [u, x] = [Math.floor(i / side), i % side];
  return Math.cos(((x + 0.5) * u * Math.PI) / side);
});
