import { describe, expect, it } from 'vitest';
import type { AlignedChip } from './align.ts';
import { distance } from './image.ts';
import type { Point } from './image.ts';
import type { FaceMesh } from './mesh.ts';
import { createScriptedRunner } from './testing/scripted-runner.ts';
import { boxAroundMesh, chipLikeness, followFace, isSameSquare, trackLimits } from './track.ts';

const image = { data: new Uint8Array(640 * 480 * 3).fill(100), width: 640, height: 480 };

// An upright mesh 160 high and 130 wide around a place, the eyes 60 apart; turned about that place.
function meshAt([x, y]: Point, turnedRadians = 0): FaceMesh {
  const places = new Map<number, Point>([[33, [-40, -20]], [133, [-20, -20]], [362, [20, -20]], [263, [40, -20]], [10, [0, -80]], [152, [0, 80]], [234, [-65, 0]], [454, [65, 0]]]);
  const [cos, sin] = [Math.cos(turnedRadians), Math.sin(turnedRadians)];
  const points = new Float32Array(1404);
  for (let i = 0; i < 468; i++) {
    const [dx, dy] = places.get(i) ?? [0, 0];
    points.set([x + cos * dx - sin * dy, y + sin * dx + cos * dy, 0], i * 3);
  }
  return { points, presence: 1 };
}

const middleOf = (box: { x: number; y: number; width: number; height: number }): Point => [box.x + box.width / 2, box.y + box.height / 2];

describe('boxAroundMesh', () => {
  it('is a square a little below the mesh', () => {
    const box = boxAroundMesh(meshAt([300, 200]));
    expect(box.width).toBeCloseTo(0.937 * 160, 3);
    expect(box.height).toBe(box.width);
    expect(middleOf(box)).toEqual([expect.closeTo(300, 3), expect.closeTo(200 + 0.039 * box.width, 3)]);
    expect(box.keyPoints.slice(0, 2)).toEqual([[270, 180], [330, 180]]);
  });

  it('turns with the head', () => {
    const upright = boxAroundMesh(meshAt([300, 200]));
    const turned = boxAroundMesh(meshAt([300, 200], 0.6));
    expect(turned.width).toBeCloseTo(upright.width, 2);
    expect(distance(middleOf(turned), [300, 200])).toBeCloseTo(distance(middleOf(upright), [300, 200]), 2);
    expect(middleOf(turned)[0]).toBeLessThan(300);
  });
});

// A picture of one cell darker than the rest, by which chips differ.
function chip(darkCell: number, light = 100): AlignedChip {
  const side = 30;
  const data = new Float32Array(3 * side * side).fill(light);
  for (let plane = 0; plane < 3; plane++) {
    for (let i = 0; i < 4; i++) data[plane * side * side + (Math.floor(darkCell / 15) * 2 + (i >> 1)) * side + (darkCell % 15) * 2 + (i & 1)] = light / 5;
  }
  return { data, side };
}

describe('chipLikeness', () => {
  it('is 1 for one picture in any light, and low for others', () => {
    expect(chipLikeness(chip(20), chip(20))).toBeCloseTo(1, 6);
    expect(chipLikeness(chip(20), chip(20, 200))).toBeCloseTo(1, 6);
    expect(chipLikeness(chip(20), chip(80))).toBeLessThan(0.1);
    expect(chipLikeness(chip(20), { side: 30, data: new Float32Array(2700) })).toBe(0);
  });
});

describe('followFace', () => {
  const start: Point = [300, 200];
  const side = 0.937 * 160;

  // The mesh net finds the face at one place after the other, wherever it is asked to look.
  async function follow(places: readonly Point[], { presence = 1, seen = chip(20) }: { presence?: number; seen?: AlignedChip } = {}) {
    const last = { mesh: meshAt(start), box: boxAroundMesh(meshAt(start)), chip: chip(20) };
    let asked = 0;
    // Where the net was asked to look: it answers in pixels of its cut-out.
    let from = last.box;
    const runner = createScriptedRunner({
      mesh: () => {
        const mesh = meshAt(places[asked++] ?? start);
        const scale = (from.width * 1.5) / 192;
        const [x, y] = middleOf(from);
        const data = mesh.points.map((value, i) => (i % 3 === 2 ? value : (value - (i % 3 === 0 ? x : y)) / scale + 96));
        from = boxAroundMesh(mesh);
        return { points: { data, dims: [1, 1404] }, presence: { data: Float32Array.of(presence), dims: [1, 1] } };
      },
    });
    return { face: await followFace(image, { runner, last, align: () => seen }), asked: runner.asked.length };
  }

  const right = (share: number): Point => [start[0] + share * side, start[1]];

  it('takes a face that hardly moved as it is traced', async () => {
    const { face, asked } = await follow([right(0.03)]);
    expect(asked).toBe(1);
    expect(face && middleOf(face.box)[0]).toBeCloseTo(right(0.03)[0], 2);
  });

  it('traces one that moved once more from where it is, and wants it to stay there', async () => {
    const settled = await follow([right(0.12), right(0.13)]);
    expect(settled.asked).toBe(2);
    expect(settled.face && middleOf(settled.face.box)[0]).toBeCloseTo(right(0.13)[0], 2);
    expect((await follow([right(0.12), right(0.16)])).face).toBeNull();
  });

  it('loses one that leapt, that is hardly a face, or that looks like somebody else', async () => {
    expect((await follow([right(0.2)])).face).toBeNull();
    expect((await follow([right(0.03)], { presence: trackLimits.presenceMin - 0.01 })).face).toBeNull();
    const other = chip(80);
    expect((await follow([right(0.03)], { seen: other })).face).toBeNull();
    expect(other.data.every((value) => value === 0)).toBe(true);
  });
});

describe('isSameSquare', () => {
  it('allows for what a detector is off by, not for the next face', () => {
    const box = boxAroundMesh(meshAt([300, 200]));
    expect(isSameSquare(box, { ...box, x: box.x + 0.1 * box.width })).toBe(true);
    expect(isSameSquare(box, { ...box, x: box.x + 0.6 * box.width })).toBe(false);
    expect(isSameSquare(box, { ...box, width: box.width * 1.6, height: box.height * 1.6 })).toBe(false);
  });
});
