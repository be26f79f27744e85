import { describe, expect, it } from 'vitest';
import { defaultDetectOptions, detectFaces } from './detect.ts';
import { createScriptedRunner } from './testing/scripted-runner.ts';
import type { Tensor } from './runner.ts';

const image = { data: new Uint8Array(512 * 512 * 3).fill(255), width: 512, height: 512 };

interface Raw {
  readonly stride: 16 | 32;
  readonly anchor: number;
  readonly logit: number;
  readonly box: readonly [centreX: number, centreY: number, width: number, height: number];
  /** Long side of the input at which the net sees it. */
  readonly at?: number;
}

const runnerOf = (found: readonly Raw[]) => createScriptedRunner({ detector: ({ dims }) => outputs(found, dims) });

function outputs(found: readonly Raw[], [, height = 0, width = 0]: readonly number[]): Record<string, Tensor> {
  const tensor = (...dims: number[]): Tensor => ({ dims, data: new Float32Array(dims.reduce((a, b) => a * b)) });
  const cells = (height / 32) * (width / 32);
  const result = { a: tensor(1, cells * 8, 1), b: tensor(1, cells * 6, 1), c: tensor(1, cells * 8, 16), d: tensor(1, cells * 6, 16) };
  result.a.data.fill(-9);
  result.b.data.fill(-9);
  for (const { stride, anchor, logit, box, at = 256 } of found) {
    if (at !== Math.max(height, width)) continue;
    const [scores, boxes] = stride === 16 ? [result.a, result.c] : [result.b, result.d];
    scores.data[anchor] = logit;
    boxes.data.set(box, anchor * 16);
  }
  return result;
}

describe('detectFaces', () => {
  it('feeds the picture in -1..1, with bars only up to the next multiple of 32', async () => {
    const wide = { data: new Uint8Array(512 * 200 * 3).fill(255), width: 512, height: 200 };
    const runner = runnerOf([]);
    expect(await detectFaces(runner, wide)).toEqual([]);
    const [{ dims, data }] = runner.asked;
    expect(dims).toEqual([1, 128, 256, 3]);
    expect(data[0]).toBe(-1);
    expect(data[64 * 256 * 3]).toBeCloseTo(1, 5);
  });

  it('asked to be quick, looks at the small size first and stays there when the biggest face is near', async () => {
    const near: Raw = { stride: 32, anchor: 0, logit: 3, box: [40, 40, 60, 60], at: 192 };
    const runner = runnerOf([near]);
    const [box] = await detectFaces(runner, image, { ...defaultDetectOptions, quick: true });
    expect(runner.asked.map(({ dims }) => dims[1])).toEqual([192]);
    expect(box?.width).toBeCloseTo(160, 5);
    expect(box?.x).toBeCloseTo((56 * 512) / 192 - 80, 4);
  });

  it('looks again at the full size when no face is near, and at once when not asked to be quick', async () => {
    const far: Raw = { stride: 32, anchor: 0, logit: 3, box: [40, 40, 40, 40], at: 192 };
    const full: Raw = { stride: 32, anchor: 1, logit: 3, box: [0, 0, 56, 56] };
    const runner = runnerOf([far, full]);
    expect((await detectFaces(runner, image, { ...defaultDetectOptions, quick: true })).map(({ width }) => width)).toEqual([112]);
    expect(runner.asked.map(({ dims }) => dims[1])).toEqual([192, 256]);
    const thorough = runnerOf([{ ...far, box: [40, 40, 90, 90] }, full]);
    expect((await detectFaces(thorough, image)).map(({ width }) => width)).toEqual([112]);
    expect(thorough.asked.map(({ dims }) => dims[1])).toEqual([256]);
  });

  it('brings boxes and key points back to the picture', async () => {
    // Anchor 0 of the coarse grid sits at (16, 16) of 256; the picture is twice as fine.
    const [box] = await detectFaces(runnerOf([{ stride: 32, anchor: 0, logit: 3, box: [64, 48, 40, 40] }]), image);
    expect(box).toMatchObject({ x: 120, y: 88, width: 80, height: 80 });
    expect(box.keyPoints[0]).toEqual([32, 32]);
    expect(box.score).toBeCloseTo(0.9526, 3);
  });

  it('finds the cell of each anchor, two to a cell on the fine grid and six on the coarse', async () => {
    const at = async (stride: 16 | 32, anchor: number) => {
      const [box] = await detectFaces(runnerOf([{ stride, anchor, logit: 3, box: [0, 0, 0, 0] }]), { ...image, width: 256, height: 256 });
      return [box.x, box.y];
    };
    expect(await at(16, 0)).toEqual([8, 8]);
    expect(await at(16, 3)).toEqual([24, 8]);
    expect(await at(16, 32)).toEqual([8, 24]);
    expect(await at(32, 5)).toEqual([16, 16]);
    expect(await at(32, 6)).toEqual([48, 16]);
    expect(await at(32, 48)).toEqual([16, 48]);
  });

  it('keeps the better of two that overlap, both of two that do not, the biggest first', async () => {
    const found = await detectFaces(
      runnerOf([
        { stride: 32, anchor: 0, logit: 2, box: [0, 100, 40, 40] },
        { stride: 32, anchor: 1, logit: 3, box: [2, 100, 42, 42] },
        { stride: 32, anchor: 2, logit: 1, box: [100, 100, 60, 60] },
        { stride: 32, anchor: 3, logit: -1, box: [180, 100, 90, 90] },
      ]),
      image,
    );
    expect(found.map(({ width }) => width)).toEqual([120, 84]);
  });

  it('says when the model is another one', async () => {
    const wrong = createScriptedRunner({ detector: () => ({ out: { data: new Float32Array(10), dims: [10] } }) });
    await expect(detectFaces(wrong, image)).rejects.toThrow('no scores and boxes');
  });
});
