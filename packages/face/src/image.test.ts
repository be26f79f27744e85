import { describe, expect, it } from 'vitest';
import { letterbox, warp } from './image.ts';
import type { Affine, RgbImage } from './image.ts';

// Red grows to the right, green downwards, blue is constant.
function ramp(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set([x * 2, y * 2, 100], (y * width + x) * 3);
  }
  return { data, width, height };
}

const identity: Affine = [1, 0, 0, 0, 1, 0];

describe('warp', () => {
  it('interpolates between pixels and applies scale and bias', () => {
    const out = warp(ramp(8, 8), { toSource: [1, 0, 0.5, 0, 1, 0.25], width: 2, height: 2, layout: 'hwc', scale: 2, bias: 1 });
    expect([...out.slice(0, 3)]).toEqual([3, 2, 201]);
    expect([...out.slice(9, 12)]).toEqual([7, 6, 201]);
  });

  it('writes planes when asked', () => {
    const out = warp(ramp(4, 4), { toSource: identity, width: 2, height: 1, layout: 'chw', scale: 1, bias: 0 });
    expect([...out]).toEqual([0, 2, 0, 0, 100, 100]);
  });

  it('is black outside the picture and right up to its last pixel', () => {
    const out = warp(ramp(4, 4), { toSource: [1, 0, 3, 0, 1, 3], width: 3, height: 1, layout: 'hwc', scale: 1, bias: 0 });
    expect([...out]).toEqual([6, 6, 100, 6, 6, 100, 0, 0, 0]);
  });
});

describe('letterbox', () => {
  it('centres the picture in a square and averages what a cell covers', () => {
    const { data, cellPx, offsetX, offsetY } = letterbox(ramp(8, 4), { width: 4, height: 4, scale: 1, bias: 0 });
    expect({ cellPx, offsetX, offsetY }).toEqual({ cellPx: 2, offsetX: 0, offsetY: 2 });
    expect([...data.slice(0, 3)]).toEqual([0, 0, 0]);
    // Row 1, column 1: columns 2 and 3, rows 0 and 1 of the picture.
    expect([...data.slice(15, 18)]).toEqual([5, 1, 100]);
  });

  it('enlarges a picture smaller than the square', () => {
    const { data } = letterbox(ramp(2, 2), { width: 4, height: 4, scale: 1, bias: 0 });
    expect(data[2 * 3]).toBe(2);
    expect(data[1 * 3]).toBe(0);
  });

  it('fits a picture into a frame that is no square without bars where none are needed', () => {
    const { data, cellPx, offsetX, offsetY } = letterbox(ramp(8, 4), { width: 4, height: 2, scale: 1, bias: 0 });
    expect({ cellPx, offsetX, offsetY }).toEqual({ cellPx: 2, offsetX: 0, offsetY: 0 });
    // Row 1, column 1: columns 2 and 3, rows 2 and 3 of the picture.
    expect([...data.slice(15, 18)]).toEqual([5, 5, 100]);
  });

  it.each([8, 7])('sums rows of words and rows of bytes alike: %i columns', (columns) => {
    const noise = { width: columns, height: 6, data: Uint8Array.from({ length: columns * 18 }, (_, i) => (i * 97) % 256) };
    const { data } = letterbox(noise, { width: columns, height: 2, scale: 1, bias: 0 });
    // Half the height: cells of 3 × 3 pixels of a frame three times as wide; the middle one covers the columns in the middle.
    const cell = Math.floor(columns / 2);
    const { offsetX, cellPx } = letterbox(noise, { width: columns, height: 2, scale: 1, bias: 0 });
    const left = Math.floor(cell * cellPx - offsetX);
    let red = 0;
    for (let y = 0; y < 3; y++) for (let x = left; x < left + 3; x++) red += noise.data[(y * columns + x) * 3] ?? 0;
    expect(data[cell * 3]).toBeCloseTo(red / 9, 3);
  });
});
