import { describe, expect, it } from 'vitest';
import type { FaceBox } from './detect.ts';
import { meshPoint, traceMesh } from './mesh.ts';
import { createScriptedRunner } from './testing/scripted-runner.ts';
import type { Point } from './image.ts';

const image = { data: new Uint8Array(400 * 400 * 3).fill(100), width: 400, height: 400 };

const boxWithEyes = (rightEye: Point, leftEye: Point): FaceBox => ({ x: 100, y: 100, width: 128, height: 100, score: 1, keyPoints: [rightEye, leftEye] });

// Answers the centre, a point 10 to its right and one 10 below it, at depth 5.
const runner = () =>
  createScriptedRunner({
    mesh: () => {
      const data = new Float32Array(1404);
      data.set([96, 96, 5, 106, 96, 5, 96, 106, 5]);
      return { points: { data, dims: [1, 1404] }, presence: { data: Float32Array.of(0.9), dims: [1, 1] } };
    },
  });

describe('traceMesh', () => {
  it('looks at 1.5 × the box and answers in picture pixels', async () => {
    const scripted = runner();
    const mesh = await traceMesh(scripted, image, boxWithEyes([130, 130], [190, 130]));
    expect(scripted.asked[0].dims).toEqual([1, 192, 192, 3]);
    expect(scripted.asked[0].data[0]).toBeCloseTo(100 / 255, 5);
    expect(meshPoint(mesh, 0)).toEqual([164, 150]);
    expect(meshPoint(mesh, 1)).toEqual([174, 150]);
    expect(meshPoint(mesh, 2)).toEqual([164, 160]);
    expect(mesh.points[2]).toBe(5);
    expect(mesh.presence).toBeCloseTo(0.9, 5);
  });

  it('turns the cut-out so that the eyes are level, and the points back', async () => {
    const mesh = await traceMesh(runner(), image, boxWithEyes([164, 130], [164, 190]));
    const [x, y] = meshPoint(mesh, 1);
    expect(x).toBeCloseTo(164, 4);
    expect(y).toBeCloseTo(160, 4);
  });
});
