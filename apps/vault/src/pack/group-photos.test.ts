// The whole pipeline on real photos: 22 faces, one woman in two of the photos.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignChip } from '@sonrisa/face/align.ts';
import { detectFaces } from '@sonrisa/face/detect.ts';
import type { FaceBox } from '@sonrisa/face/detect.ts';
import { cosine, embedChip } from '@sonrisa/face/embed.ts';
import type { Embedding } from '@sonrisa/face/embed.ts';
import { traceMesh } from '@sonrisa/face/mesh.ts';
import type { FaceMesh } from '@sonrisa/face/mesh.ts';
import { createFacePipeline } from '@sonrisa/face/pipeline.ts';
import { measureSmile } from '@sonrisa/face/smile.ts';
import { measurePose } from '@sonrisa/face/pose.ts';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { demoImage, demoPhoto, frameAround, rgbImage } from './demo-photos.ts';
import { loadPack } from './load-pack.ts';
import { createOrtRunner } from './ort-runner.ts';
import type { OrtRunner } from './ort-runner.ts';

interface Known {
  readonly photo: number;
  readonly box: FaceBox;
  readonly mesh: FaceMesh;
  readonly embedding: Embedding;
}

const cacheFolder = mkdtempSync(join(tmpdir(), 'sonrisa-photos-'));
let runner: OrtRunner;
const faces: Known[] = [];

beforeAll(async () => {
  runner = await createOrtRunner((await loadPack({ cacheFolder })).files);
  for (const photo of [1, 2, 3, 4, 5, 6]) {
    const image = await demoImage(photo);
    for (const box of await detectFaces(runner, image)) {
      const mesh = await traceMesh(runner, image, box);
      faces.push({ photo, box, mesh, embedding: await embedChip(runner, alignChip(image, mesh)) });
    }
  }
});

afterAll(async () => {
  await runner.close();
  rmSync(cacheFolder, { recursive: true });
});

const faceAt = (photo: number, x: number): Known => {
  const found = faces.find((face) => face.photo === photo && Math.abs(face.box.x - x) < 40);
  if (!found) throw new Error(`no face at ${x} in photo ${photo}`);
  return found;
};

describe('the group photos', () => {
  it('have 22 faces', () => {
    expect([1, 2, 3, 4, 5, 6].map((photo) => faces.filter((face) => face.photo === photo).length)).toEqual([3, 3, 3, 4, 5, 4]);
  });

  it('show the woman on the right of the first again in the middle of the third, and nobody else twice', () => {
    const first = faceAt(1, 1490);
    const third = faceAt(3, 1065);
    const same = cosine(first.embedding, third.embedding);
    expect(same).toBeGreaterThan(0.954);
    for (const a of faces) {
      for (const b of faces) {
        if (a === b || (a === first && b === third) || (a === third && b === first)) continue;
        expect(cosine(a.embedding, b.embedding)).toBeLessThan(same - 0.01);
      }
    }
  });

  it('give unit embeddings', () => {
    for (const { embedding } of faces) {
      expect(embedding).toHaveLength(128);
      expect(cosine(embedding, embedding)).toBeCloseTo(1, 5);
    }
  });

  it('tell a broad smile from a serious mouth, and a level head from a leaning one', () => {
    expect(measureSmile(faceAt(3, 1466).mesh).score).toBeGreaterThan(0.8);
    expect(measureSmile(faceAt(5, 1114).mesh).score).toBeLessThan(0.2);
    expect(measurePose(faceAt(1, 1490).mesh).rollDegrees).toBeGreaterThan(40);
    expect(Math.abs(measurePose(faceAt(1, 417).mesh).rollDegrees)).toBeLessThan(3);
  });
});

describe('the same face', () => {
  const frame = async (change: (picture: Sharp) => Sharp) => {
    const picture = sharp(await frameAround(3, { x: 690, y: 485, widthPx: 640 }));
    return rgbImage(sharp(await change(picture).png().toBuffer()));
  };
  const pipelineOf = () => createFacePipeline({ runner });

  it.each<[string, (picture: Sharp) => Sharp]>([
    ['turned by 15°', (picture) => picture.rotate(15)],
    ['at half size', (picture) => picture.resize(320)],
    ['in half the light', (picture) => picture.linear(0.5, 0)],
    ['mirrored', (picture) => picture.flop()],
  ])('scores high %s', async (_, change) => {
    const { embedding } = await pipelineOf().analyse(await frame(change));
    const known = faceAt(3, 589);
    expect(embedding && cosine(embedding, known.embedding)).toBeGreaterThan(0.963);
  });

  it.each<[string, (picture: Sharp) => Sharp, string | null]>([
    ['as it is', (picture) => picture, null],
    ['out of focus', (picture) => picture.blur(12), 'too_blurred'],
    ['in the dark', (picture) => picture.linear(0.1, 0), 'too_dark'],
    ['in glaring light', (picture) => picture.linear(2, 110), 'too_bright'],
    ['far away', (picture) => picture.resize(120), 'too_small'],
    ['cut off', (picture) => picture.extract({ left: 0, top: 0, width: 370, height: 480 }), 'off_frame'],
  ])('is judged %s', async (_, change, problem) => {
    expect((await pipelineOf().look(await frame(change))).problem).toBe(problem);
  });

  it('is judged among others, and in an empty picture', async () => {
    const group = await pipelineOf().look(await demoImage(5));
    expect(group.problem).toBe('several_faces');
    expect(group.measures.faceCount).toBe(5);
    expect(group.measures.relativeSizes[0]).toBe(1);
    const empty = await pipelineOf().look({ data: new Uint8Array(640 * 480 * 3).fill(90), width: 640, height: 480 });
    expect(empty).toMatchObject({ problem: 'no_face', primary: null, measures: { faceCount: 0, face: null } });
  });

  it('comes out the same from a burst, best frames first, and no cut-out stays in memory', async () => {
    const images = [await frame((p) => p.blur(12)), await frame((p) => p), await frame((p) => p.resize(240)), await frame((p) => p.flop())];
    const { frames, embedded } = await pipelineOf().analyseBurst(images, { embedMax: 2 });
    expect(embedded).toHaveLength(2);
    expect(embedded.map(({ frameIndex }) => frameIndex)).not.toContain(0);
    for (const { primary } of frames) expect(primary?.chip.data.some((value) => value !== 0)).toBe(false);
  });

  it('has its photo in the package', () => {
    expect(demoPhoto(1).length).toBeGreaterThan(10_000);
  });
});
