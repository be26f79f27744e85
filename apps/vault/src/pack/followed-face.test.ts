// A face followed through a burst with the real nets: followed where it stays, found anew where it does not, never searched
// with before everybody in view was counted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import { cosine } from '@sonrisa/face/embed.ts';
import type { RgbImage } from '@sonrisa/face/image.ts';
import { distance, midpoint } from '@sonrisa/face/image.ts';
import { meshPoint } from '@sonrisa/face/mesh.ts';
import { createFacePipeline } from '@sonrisa/face/pipeline.ts';
import type { FacePipeline, PrimaryFace } from '@sonrisa/face/pipeline.ts';
import { chipLikeness, trackLimits } from '@sonrisa/face/track.ts';
import { analyseJob } from './burst.ts';
import { demoImage, frameAround, rgbImage } from './demo-photos.ts';
import { loadPack } from './load-pack.ts';
import { createOrtRunner } from './ort-runner.ts';
import type { OrtRunner } from './ort-runner.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'sonrisa-followed-'));
let runner: OrtRunner;
let pipeline: FacePipeline;

beforeAll(async () => {
  runner = await createOrtRunner((await loadPack({ cacheFolder })).files);
  pipeline = createFacePipeline({ runner });
});

afterAll(async () => {
  await runner.close();
  rmSync(cacheFolder, { recursive: true });
});

// Two people of photo 3, each with the eyes in the middle of the frame and as far apart.
const one = { photo: 3, near: 690 };
const other = { photo: 3, near: 1189 };

/** The middle between their eyes in the photo, and how far these are apart. */
async function eyesOf({ photo, near }: typeof one): Promise<{ x: number; y: number; eyes: number }> {
  const { primary } = await pipeline.look(await demoImage(photo), {
    pick: (faces) => [...faces].sort((a, b) => Math.abs(a.x + a.width / 2 - near) - Math.abs(b.x + b.width / 2 - near))[0],
  });
  if (!primary) throw new Error(`no face near ${near} in photo ${photo}`);
  const eye = (outer: number, inner: number) => midpoint(meshPoint(primary.mesh, outer), meshPoint(primary.mesh, inner));
  const [a, b] = [eye(33, 133), eye(362, 263)];
  const [x, y] = midpoint(a, b);
  return { x, y, eyes: distance(a, b) };
}

const known = new Map<typeof one, Promise<{ x: number; y: number; eyes: number }>>();

/** A frame of 640×480 around the eyes; `right` and `down` in eye distances. */
async function frameOf(person: typeof one, { right = 0, down = 0 } = {}): Promise<Buffer> {
  const { photo } = person;
  if (!known.has(person)) known.set(person, eyesOf(person));
  const { x, y, eyes } = (await known.get(person)) ?? { x: 0, y: 0, eyes: 0 };
  return frameAround(photo, { x: Math.round(x - right * eyes), y: Math.round(y - down * eyes), widthPx: Math.round(eyes * 6) });
}

const imageOf = async (jpeg: Buffer): Promise<RgbImage> => rgbImage(sharp(jpeg));

async function faceIn(image: RgbImage): Promise<PrimaryFace> {
  const { primary } = await pipeline.look(image);
  if (!primary) throw new Error('a frame without a face');
  return primary;
}

/** A second face, somewhat smaller, on the right of the frame. */
const joined = async (jpeg: Buffer): Promise<RgbImage> => {
  const second = await sharp(await frameOf(other)).extract({ left: 220, top: 80, width: 200, height: 280 }).resize(150, 210).toBuffer();
  return rgbImage(sharp(await sharp(jpeg).composite([{ input: second, left: 488, top: 200 }]).png().toBuffer()));
};

describe('a face in the next frame', () => {
  it.each([{ right: 0.1 }, { right: -0.1, down: 0.05 }])('is followed where it stays, with the same embedding: %o', async (shift) => {
    const next = await imageOf(await frameOf(one, shift));
    const view = await pipeline.look(next, { follow: await faceIn(await imageOf(await frameOf(one))) });
    expect(view.followed).toBe(true);
    const [followed, detected] = [view.primary && (await pipeline.embed(view.primary)), await pipeline.embed(await faceIn(next))];
    expect(followed && cosine(followed, detected)).toBeGreaterThan(0.99);
  });

  it('is found anew after a leap', async () => {
    const view = await pipeline.look(await imageOf(await frameOf(one, { right: 0.9 })), { follow: await faceIn(await imageOf(await frameOf(one))) });
    expect(view.followed).toBeUndefined();
    expect(view.primary).not.toBeNull();
  });

  it('is found anew when it is somebody else in the same place', async () => {
    const [first, swapped] = [await faceIn(await imageOf(await frameOf(one))), await imageOf(await frameOf(other))];
    const view = await pipeline.look(swapped, { follow: first });
    expect(view.followed).toBeUndefined();
    const there = await faceIn(swapped);
    expect(chipLikeness(first.chip, there.chip)).toBeLessThan(trackLimits.likenessMin);
    // Control: the likeness is all that gives them away here, so one who looked like the first would be followed.
    expect((await pipeline.look(swapped, { follow: { ...first, chip: there.chip } })).followed).toBe(true);
  });

  it('is refused among several once they are counted, which following does not see', async () => {
    const jpeg = await frameOf(one);
    const crowd = await joined(jpeg);
    const view = await pipeline.look(crowd, { follow: await faceIn(await imageOf(jpeg)) });
    expect(view).toMatchObject({ followed: true, problem: null });
    const counted = await pipeline.count(crowd, view);
    expect(counted).toMatchObject({ problem: 'several_faces', measures: { faceCount: 2 } });
    expect(counted.followed).toBeUndefined();
  });
});

describe('a burst of eight', () => {
  const burst = async (swapAt?: number): Promise<Uint8Array[]> =>
    Promise.all(Array.from({ length: 8 }, async (_, i) => Uint8Array.from(await frameOf(i === swapAt ? other : one, { right: i * 0.02, down: (i % 3) * 0.01 }))));
  const groups = [[0, 1], [2, 3], [4, 5], [6, 7]];

  it('is followed for the most part, and searched with by frames whose faces were counted', async () => {
    const { frames, embedded, identities } = await analyseJob(pipeline, { frames: await burst(), embedMax: 2, liveness: { groups } });
    const followed = frames.flatMap((frame, i) => (frame.ok && frame.followed ? [i] : []));
    expect(followed.length).toBeGreaterThanOrEqual(3);
    expect(embedded).toHaveLength(2);
    for (const { frameIndex } of embedded) expect(followed).not.toContain(frameIndex);
    // Two embedded frames of two groups, and one of each of the others.
    expect(identities).toHaveLength(4);
    for (const a of identities ?? []) for (const b of identities ?? []) expect(cosine(a, b)).toBeGreaterThan(0.98);
  });

  it('shows somebody else in one frame, be it between those in which all faces are counted', async () => {
    const { frames } = await analyseJob(pipeline, { frames: await burst(2), embedMax: 2, liveness: { groups: [...groups, [2]] } });
    const [second, third, fourth] = frames.slice(1, 4);
    expect(third?.ok && third.followed).toBeFalsy();
    expect(second?.ok && third?.ok && fourth?.ok).toBe(true);
    const { identities } = await analyseJob(pipeline, { frames: await burst(2), embedMax: 2, liveness: { groups: [[0, 1], [2], [3, 4, 5, 6, 7]] } });
    expect(Math.min(...(identities ?? []).flatMap((a) => (identities ?? []).map((b) => cosine(a, b))))).toBeLessThan(0.911);
  });
});
