import { describe, expect, it } from 'vitest';
import type { FaceBox } from './detect.ts';
import type { RgbImage } from './image.ts';
import { cropsForSpoof, scoreSpoof } from './spoof.ts';
import type { SpoofNet } from './spoof.ts';
import { createScriptedRunner } from './testing/scripted-runner.ts';

const net: SpoofNet = { side: 4, cropScale: 2, crop: 'inside', channels: 'rgb', inputScale: 1, classes: 3, realIndex: 1 };

// Red says the column, green the row, blue is 200: a cut-out then tells where it was taken.
function ramp(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 200], 3 * i);
  return { data, width, height };
}
const box = (x: number, y: number, width: number, height: number): FaceBox => ({ x, y, width, height, score: 1, keyPoints: [] });
const rowOf = (crop: Float32Array, channel: number, side = 4): number[] => Array.from(crop.subarray(channel * side * side, channel * side * side + side));
const columnOf = (crop: Float32Array, channel: number, side = 4): number[] => Array.from({ length: side }, (_, y) => crop[channel * side * side + y * side]);

describe('cropsForSpoof', () => {
  it('takes the box so many times as large, around its middle', () => {
    const [crop] = cropsForSpoof(ramp(100, 100), box(40, 30, 20, 40), [net]);
    // 40 wide from column 30, 80 high from row 10; cells of 10 and 20 pixels, read at their middle.
    expect(rowOf(crop, 0)).toEqual([34.5, 44.5, 54.5, 64.5]);
    expect(columnOf(crop, 1)).toEqual([19.5, 39.5, 59.5, 79.5]);
    expect(rowOf(crop, 2)).toEqual([200, 200, 200, 200]);
  });

  it('inside: shifts at an edge, and shrinks where the frame is too small', () => {
    expect(rowOf(cropsForSpoof(ramp(100, 100), box(0, 30, 20, 40), [net])[0], 0)).toEqual([4.5, 14.5, 24.5, 34.5]);
    const shrunk = cropsForSpoof(ramp(40, 100), box(10, 30, 20, 40), [{ ...net, cropScale: 4 }])[0];
    expect(rowOf(shrunk, 0)).toEqual([4.5, 14.5, 24.5, 34.5]);
    expect(columnOf(shrunk, 1)).toEqual([19.5, 39.5, 59.5, 79.5]);
  });

  it('reflected: a square that the frame goes on into as in a mirror', () => {
    const [crop] = cropsForSpoof(ramp(100, 100), box(0, 40, 20, 20), [{ ...net, crop: 'reflected' }]);
    // 40 px from column -10: the first cell averages columns 10 … 1, the second 0 … 9.
    const [first, second, third] = rowOf(crop, 0);
    expect(first).toBeCloseTo(5.5, 4);
    expect(second).toBeCloseTo(4.5, 4);
    expect(third).toBeCloseTo(14.5, 4);
  });

  it('turns the channels round and scales as the net wants', () => {
    const [crop] = cropsForSpoof(ramp(100, 100), box(40, 40, 20, 20), [{ ...net, channels: 'bgr', inputScale: 1 / 200 }]);
    expect(crop[0]).toBeCloseTo(1, 6);
    expect(rowOf(crop, 2).map((value) => Math.round(value * 200 * 10) / 10)).toEqual([34.5, 44.5, 54.5, 64.5]);
  });
});

describe('scoreSpoof', () => {
  const answering = (spoof1: number[], spoof2: number[]) =>
    createScriptedRunner({
      spoof1: () => ({ logits: { dims: [1, spoof1.length], data: Float32Array.from(spoof1) } }),
      spoof2: () => ({ logits: { dims: [1, spoof2.length], data: Float32Array.from(spoof2) } }),
    });
  const nets = [net, { ...net, classes: 2, realIndex: 0 }];
  const crops = () => cropsForSpoof(ramp(50, 50), box(10, 10, 20, 20), nets);

  it('averages the share of the class that is a person, and wipes what it looked at', async () => {
    const looked = crops();
    const score = await scoreSpoof(answering([0, Math.log(2), 0], [Math.log(3), 0]), looked, nets);
    expect(score).toBeCloseTo((0.5 + 0.75) / 2, 6);
    expect(looked.every((crop) => crop.every((value) => value === 0))).toBe(true);
  });

  it('takes logits of any size', async () => {
    expect(await scoreSpoof(answering([-900, 900, 0], [800, -800]), crops(), nets)).toBeCloseTo(1, 6);
  });

  it('refuses a net with another number of classes than its profile says', async () => {
    await expect(scoreSpoof(answering([0, 1], [0, 1]), crops(), nets)).rejects.toThrow('gave 2 values');
  });

  it('says nothing without nets', async () => {
    expect(await scoreSpoof(createScriptedRunner({}), [], [])).toBeNull();
  });
});
