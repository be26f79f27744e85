// The picture kernel against the plain way of image.ts.
import { describe, expect, it } from 'vitest';
import { letterbox, warp } from '../image.ts';
import type { Affine, RgbImage } from '../image.ts';
import { openPictureKernel } from './kernel.ts';
import { createPictures } from './pictures.ts';

function noise(width: number, height: number, before = 0): RgbImage {
  let seed = 5;
  const bytes = Uint8Array.from({ length: before + width * height * 3 }, () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return seed >>> 24;
  });
  return { data: bytes.subarray(before), width, height };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

const pictures = createPictures();

describe('letterbox of the kernel', () => {
  it.each([
    ['4:3', noise(640, 480), { width: 256, height: 192 }],
    ['with bars above and below', noise(641, 223), { width: 96, height: 96 }],
    ['with bars at the sides', noise(201, 333), { width: 64, height: 64 }],
    ['enlarged', noise(33, 21), { width: 64, height: 64 }],
    ['as it is', noise(32, 32), { width: 32, height: 32 }],
    ['at an odd address', noise(65, 37, 3), { width: 32, height: 32 }],
  ])('is equal to the bit: %s', (_, image, size) => {
    const options = { ...size, scale: 1 / 127.5, bias: -1.1 };
    const plain = letterbox(image, options);
    const { data, ...place } = pictures.letterbox(image, options);
    expect(place).toEqual({ cellPx: plain.cellPx, offsetX: plain.offsetX, offsetY: plain.offsetY });
    expect(largestDifference(data, plain.data)).toBe(0);
    // Control: one byte more somewhere is another picture.
    const other = { ...image, data: image.data.slice() };
    other.data[image.data.length >> 1] ^= 1;
    expect(largestDifference(pictures.letterbox(other, options).data, plain.data)).toBeGreaterThan(0);
  });

  it('refuses more rows under a cell than its sums hold', () => {
    expect(() => pictures.letterbox(noise(1, 600), { width: 2, height: 2, scale: 1, bias: 0 })).toThrow('rows of cells');
  });
});

describe('warp of the kernel', () => {
  const turned: Affine = [0.8, -0.6, 40, 0.6, 0.8, -10];

  it.each<[string, RgbImage, Affine]>([
    ['inside', noise(320, 240), [1.1, -0.2, 60, 0.2, 1.1, 30]],
    ['over the left and upper edge', noise(101, 77), [1, 0.1, -12.25, -0.1, 1, -7.5]],
    ['over the right and lower edge', noise(101, 77), [2.5, 0, 3, 0, 2.5, 9]],
    ['turned over a corner', noise(60, 50, 1), turned],
    ['far outside', noise(20, 20), [1, 0, 500, 0, 1, -900]],
    ['on whole pixels up to the last', noise(40, 30), [1, 0, 0, 0, 1, 0]],
  ])('is within a thousandth of a grey level: %s', (_, image, toSource) => {
    for (const layout of ['hwc', 'chw'] as const) {
      const options = { toSource, width: 41, height: 31, layout, scale: 1, bias: 0.5 };
      const plain = warp(image, options);
      expect(largestDifference(pictures.warp(image, options), plain)).toBeLessThan(1e-3);
      if (plain.some((value) => value !== 0.5)) {
        // Control: a fiftieth of a pixel aside is seen.
        const aside: Affine = [toSource[0], toSource[1], toSource[2] + 0.02, toSource[3], toSource[4], toSource[5]];
        expect(largestDifference(pictures.warp(image, { ...options, toSource: aside }), plain)).toBeGreaterThan(0.1);
      }
    }
  });
});

describe('the memory of the kernel', () => {
  it('keeps nothing of a picture', () => {
    const opened = openPictureKernel();
    const { letterbox, warp } = createPictures(opened);
    const image = noise(200, 150);
    letterbox(image, { width: 64, height: 64, scale: 1, bias: 1 });
    warp(image, { toSource: [1, 0, 0, 0, 1, 0], width: 200, height: 150, layout: 'hwc', scale: 1, bias: 1 });
    const bytes = new Uint8Array(opened.memory.buffer(0));
    // Control: it was there.
    expect(bytes.length).toBeGreaterThan(image.data.length);
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });
});
