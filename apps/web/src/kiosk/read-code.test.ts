import { makePaymentCode } from '@sonrisa/protocol/payment-code.ts';
import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { readCode, type Pixels } from './read-code.ts';

/** A QR code as a till's camera might see it: so many pixels a module, on a grey table, seen at an angle. */
function seen(text: string, { modulePx, slant = 0, light = 255 }: { modulePx: number; slant?: number; light?: number }): Pixels {
  const { size, data } = encode(text, { ecc: 'M', border: 4 });
  const [width, height] = [640, 480];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(120);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const column = Math.floor((x - 60 - slant * y) / modulePx);
      const row = Math.floor((y - 40 - slant * x * 0.3) / modulePx);
      if (column < 0 || row < 0 || column >= size || row >= size) continue;
      pixels.fill(data[row]?.[column] ? 30 : light, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return { width, height, data: pixels };
}

describe('a payment code held to the camera', async () => {
  const code = await makePaymentCode({ handle: '12345678', key: new Uint8Array(32).fill(5), step: 58_000_000 });
  it.each([
    ['straight', { modulePx: 8 }],
    ['small', { modulePx: 4 }],
    ['slanted', { modulePx: 8, slant: 0.15 }],
    ['in dim light', { modulePx: 8, light: 90 }],
  ])('%s is read', async (_how, view) => {
    expect(await readCode(seen(code, view))).toBe(code);
  });

  it('is not seen where there is none, and other codes are none', async () => {
    expect(await readCode({ width: 64, height: 64, data: new Uint8ClampedArray(64 * 64 * 4).fill(200) })).toBeNull();
    expect(await readCode(seen('https://example.org/an-advertisement', { modulePx: 8 }))).toBeNull();
    expect(await readCode(seen(`${code.slice(0, -1)}${(Number(code.at(-1)) + 1) % 10}`, { modulePx: 8 }))).toBeNull();
  });
});
