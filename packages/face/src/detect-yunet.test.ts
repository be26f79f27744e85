import { describe, expect, it } from 'vitest';
import { detectFacesYunet } from './detect-yunet.ts';
import { createScriptedRunner } from './testing/scripted-runner.ts';
import type { Tensor } from './runner.ts';

const side = 64;
const options = { inputSide: side, scoreMin: 0.5, overlapMax: 0.3 };

interface Cell {
  readonly stride: 8 | 16 | 32;
  readonly cell: number;
  readonly cls: number;
  readonly obj: number;
}

// Each found face: centre in the middle of its cell, two cells wide, four high, all landmarks at the centre but the first.
function outputs(found: readonly Cell[]): Record<string, Tensor> {
  const result: Record<string, Tensor> = {};
  for (const stride of [8, 16, 32]) {
    const cells = (side / stride) ** 2;
    const tensor = (name: string, width: number): Tensor => (result[`${name}_${stride}`] = { dims: [1, cells, width], data: new Float32Array(cells * width) });
    const [cls, obj, bbox, kps] = [tensor('cls', 1), tensor('obj', 1), tensor('bbox', 4), tensor('kps', 10)];
    for (const face of found.filter((cell) => cell.stride === stride)) {
      cls.data[face.cell] = face.cls;
      obj.data[face.cell] = face.obj;
      bbox.data.set([0.5, 0.5, Math.log(2), Math.log(4)], face.cell * 4);
      kps.data.set([0.25, 0.25, ...Array.from({ length: 8 }, () => 0.5)], face.cell * 10);
    }
  }
  return result;
}

const runnerOf = (found: readonly Cell[]) => createScriptedRunner({ detector: () => outputs(found) });
const picture = (width: number, height: number, rgb: readonly number[]) => ({ width, height, data: Uint8Array.from({ length: width * height * 3 }, (_, i) => rgb[i % 3]) });

describe('detectFacesYunet', () => {
  it('feeds blue first, 0..255, in a black letterbox, small pictures scaled up', async () => {
    for (const [width, height] of [[128, 64], [32, 16]] as const) {
      const seen: Float32Array[] = [];
      const runner = createScriptedRunner({ detector: ({ data }) => { seen.push(data.slice()); return outputs([]); } });
      expect(await detectFacesYunet(runner, picture(width, height, [10, 20, 30]), options)).toEqual([]);
      const [data] = seen;
      const middle = (side / 2) * side + side / 2;
      expect([0, 1, 2].map((plane) => data[plane * side * side + middle])).toEqual([30, 20, 10]);
      expect(data[side + 5]).toBe(0);
    }
  });

  it('brings box and landmarks back to the picture', async () => {
    // Cell 9 of stride 8 is column 1, row 1; the picture is half as high as the square, two pixels a cell of input.
    const [face] = await detectFacesYunet(runnerOf([{ stride: 8, cell: 9, cls: 0.81, obj: 1 }]), picture(128, 64, [0, 0, 0]), options);
    expect([face.x, face.width, face.height].map(Math.round)).toEqual([24 - 16, 32, 64]);
    expect(face.y).toBeCloseTo(24 - 32 - 32);
    expect(face.score).toBeCloseTo(0.9);
    expect(face.fivePoints?.[0]).toEqual([20, 20 - 32]);
    expect(face.fivePoints).toHaveLength(5);
    expect(face.keyPoints[3]).toEqual([24, 24 - 32]);
  });

  it('drops the uncertain, keeps the best of what overlaps, biggest first', async () => {
    const faces = await detectFacesYunet(
      runnerOf([
        { stride: 8, cell: 0, cls: 0.7, obj: 0.7 },
        { stride: 8, cell: 1, cls: 0.9, obj: 0.9 },
        { stride: 8, cell: 63, cls: 0.4, obj: 0.5 },
        { stride: 32, cell: 3, cls: 0.8, obj: 0.8 },
      ]),
      picture(64, 64, [0, 0, 0]),
      options,
    );
    expect(faces.map(({ score }) => Number(score.toFixed(2)))).toEqual([0.8, 0.9]);
  });

  it('says when the model is another', async () => {
    await expect(detectFacesYunet(createScriptedRunner({ detector: () => ({}) }), picture(64, 64, [0, 0, 0]), options)).rejects.toThrow('not a YuNet');
  });
});
