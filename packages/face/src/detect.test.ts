import { describe, expect, it } from 'vitest';
import { detectFaces } from './detect.ts';
import { createScriptedRunner } from './testing/scripted-runner.ts';
import type { Tensor } from './runner.ts';

const image = { data: new Uint8Array(512 * 256 * 3).fill(255), width: 512, height: 256 };

interface Raw {
  readonly grid: 16 | 8;
  readonly anchor: number;
  readonly logit: number;
  readonly box: readonly [centreX: number, centreY: number, width: number, height: number];
}

const runnerOf = (found: readonly Raw[]) => createScriptedRunner({ detector: () => outputs(found) });

function outputs(found: readonly Raw[]): Record<string, Tensor> {
  const tensor = (...dims: number[]): Tensor => ({ dims, data: new Float32Array(dims.reduce((a, b) => a * b)) });
  const result = { a: tensor(1, 512, 1), b: tensor(1, 384, 1), c: tensor(1, 512, 16), d: tensor(1, 384, 16) };
  result.a.data.fill(-9);
  result.b.data.fill(-9);
  for (const { grid, anchor, logit, box } of found) {
    const [scores, boxes] = grid === 16 ? [result.a, result.c] : [result.b, result.d];
    scores.data[anchor] = logit;
    boxes.data.set(box, anchor * 16);
  }
  return result;
}

describe('detectFaces', () => {
  it('feeds a letterboxed square in -1..1', async () => {
    const runner = runnerOf([]);
    expect(await detectFaces(runner, image)).toEqual([]);
    const [{ dims, data }] = runner.asked;
    expect(dims).toEqual([1, 256, 256, 3]);
    expect(data[0]).toBe(-1);
    expect(data[128 * 256 * 3]).toBeCloseTo(1, 5);
  });

  it('brings boxes and key points back to the picture', async () => {
    // Anchor 0 of the coarse grid sits at (16, 16) of 256; the picture starts at row 64 and is half as fine.
    const [box] = await detectFaces(runnerOf([{ grid: 8, anchor: 0, logit: 3, box: [64, 112, 40, 40] }]), image);
    expect(box).toMatchObject({ x: 120, y: 88, width: 80, height: 80 });
    expect(box.keyPoints[0]).toEqual([32, -96]);
    expect(box.score).toBeCloseTo(0.9526, 3);
  });

  it('finds the cell of each anchor, two to a cell on the fine grid and six on the coarse', async () => {
    const at = async (grid: 16 | 8, anchor: number) => {
      const [box] = await detectFaces(runnerOf([{ grid, anchor, logit: 3, box: [0, 0, 0, 0] }]), { ...image, width: 256, height: 256 });
      return [box.x, box.y];
    };
    expect(await at(16, 0)).toEqual([8, 8]);
    expect(await at(16, 3)).toEqual([24, 8]);
    expect(await at(16, 32)).toEqual([8, 24]);
    expect(await at(8, 5)).toEqual([16, 16]);
    expect(await at(8, 6)).toEqual([48, 16]);
    expect(await at(8, 48)).toEqual([16, 48]);
  });

  it('keeps the better of two that overlap, both of two that do not, the biggest first', async () => {
    const found = await detectFaces(
      runnerOf([
        { grid: 8, anchor: 0, logit: 2, box: [0, 100, 40, 40] },
        { grid: 8, anchor: 1, logit: 3, box: [2, 100, 42, 42] },
        { grid: 8, anchor: 2, logit: 1, box: [100, 100, 60, 60] },
        { grid: 8, anchor: 3, logit: -1, box: [180, 100, 90, 90] },
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
