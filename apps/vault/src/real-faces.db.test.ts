// The whole vault on real photos: five people enrol and are found among each other, everybody else is refused.
// The faces are those of the group photos inside @vladmandic/face-api, cut and varied at run time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { createFaceEngine } from './face-engine.ts';
import type { FaceEngine } from './face-engine.ts';
import { demoPhoto, frameAround } from './pack/demo-photos.ts';
import { loadPack } from './pack/load-pack.ts';
import { createFacePool } from './pack/worker-pool.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';

type Place = { readonly photo: number; readonly x: number; readonly y: number; readonly widthPx: number };
const enrolled: Readonly<Record<string, Place>> = {
  pyr_bob: { photo: 3, x: 1189, y: 383, widthPx: 560 },
  pyr_left: { photo: 3, x: 691, y: 485, widthPx: 533 },
  pyr_right: { photo: 3, x: 1569, y: 459, widthPx: 531 },
  pyr_six: { photo: 6, x: 1266, y: 468, widthPx: 560 },
  pyr_five: { photo: 5, x: 1204, y: 350, widthPx: 467 },
};
/** The same woman as pyr_bob, in another photo. */
const bobElsewhere: Place = { photo: 1, x: 1563, y: 341, widthPx: 420 };
const strangers: readonly Place[] = [
  { photo: 2, x: 1555, y: 295, widthPx: 510 },
  { photo: 4, x: 1372, y: 295, widthPx: 482 },
];
/** Likely enough to be somebody here that the budget asks for digits, which are nobody's. */
const likeness: Place = { photo: 6, x: 353, y: 645, widthPx: 571 };

const cacheFolder = mkdtempSync(join(tmpdir(), 'sonrisa-pack-'));
const keys = temporaryKeys();
let database: TestDatabase;
let engine: FaceEngine;
let vault: TestVault;
let subjects = 0;

beforeAll(async () => {
  const { profile, files } = await loadPack({ cacheFolder });
  const workerFile = fileURLToPath(new URL('./pack/face-worker.ts', import.meta.url));
  const pool = await createFacePool({ workerFile, files, size: 1 });
  const { curve, embeddingLength: dimensions, sameBurstScoreMin } = profile;
  engine = createFaceEngine({ pool, packId: profile.id, curve, dimensions, sameBurstScoreMin, pad: null, workers: 1 });
  database = await createVaultDatabase('real_faces');
  vault = await startTestVault({ url: database.url, keysDir: keys.dir, engine });
});
afterAll(async () => {
  await vault.stop();
  await engine.close();
  await database.drop();
  keys.remove();
  rmSync(cacheFolder, { recursive: true });
});

/** How one frame of a burst differs from the next: a shift and a zoom of the cut, light, a lean of the head. */
type Variation = { readonly shiftPx: number; readonly zoom: number; readonly light: number; readonly leanDegrees: number };
const asEnrolled: readonly Variation[] = [-1, 0, 1, 2].map((n) => ({ shiftPx: 6 * n, zoom: 1 + 0.04 * n, light: 1 - 0.06 * n, leanDegrees: 2 * n }));
const asPaying: readonly Variation[] = [-1, 0, 1].map((n) => ({ shiftPx: 9 * n, zoom: 1.1 - 0.05 * n, light: 0.8 + 0.1 * n, leanDegrees: 4 - 3 * n }));

const burst = (place: Place, variations: readonly Variation[], change: (picture: Sharp) => Sharp = (picture) => picture) =>
  Promise.all(variations.map((variation) => framed({ place, variation, change })));

async function framed(input: { place: Place; variation: Variation; change: (picture: Sharp) => Sharp }): Promise<Uint8Array<ArrayBuffer>> {
  const { photo, x, y, widthPx } = input.place;
  const { shiftPx, zoom, light, leanDegrees } = input.variation;
  const cut = await frameAround(photo, { x: x + shiftPx, y: y + shiftPx, widthPx: Math.round(widthPx / zoom) });
  const leaning = await sharp(cut).rotate(leanDegrees).linear(light, 0).png().toBuffer();
  return Uint8Array.from(await input.change(sharp(leaning)).jpeg({ quality: 85 }).toBuffer());
}

const pay = async (frames: readonly Uint8Array<ArrayBuffer>[]) => (await vault.take(vault.payment(`pay_${(subjects += 1)}`), frames)).body;
const payerOf = (body: Record<string, unknown>) => decodeJwt(body.receipt as string);

describe('five people', () => {
  beforeAll(async () => {
    for (const [payerRef, place] of Object.entries(enrolled)) {
      const answer = await vault.enrol(vault.enrolment(payerRef), await burst(place, asEnrolled));
      expect(answer).toEqual({ status: 200, body: { outcome: 'enrolled', faceEpoch: 1, framesUsed: 4 } });
    }
    expect((await vault.stats()).body).toMatchObject({ faces: 5, templates: 5, lookAlikes: 0 });
  });

  test.each(Object.entries(enrolled))('%s is found by face alone', async (payerRef, place) => {
    const body = await pay(await burst(place, asPaying));
    expect(body).toMatchObject({ outcome: 'identified', rung: 'face' });
    expect(payerOf(body)).toMatchObject({ payerRef, candidateCount: 5, scene: { faceCount: 1 } });
  });

  test('a woman enrolled from one photo is found, or asked for her digits, on another', async () => {
    const look = await vault.look(vault.payment('pay_elsewhere'), await burst(bobElsewhere, asPaying));
    const { body } = await look.submit();
    const found = body.outcome === 'needs_digits' ? (await vault.digits(look.nonce, '0000')).body : body;
    expect(payerOf(found)).toMatchObject({ payerRef: 'pyr_bob' });
  });

  test.each(strangers)('a stranger is not recognised: photo $photo, $x', async (place) => {
    expect(await pay(await burst(place, asPaying))).toEqual({ outcome: 'not_recognised' });
  });

  test('a stranger who resembles somebody is asked for digits, and fits nobody', async () => {
    const look = await vault.look(vault.payment('pay_likeness'), await burst(likeness, asPaying));
    expect((await look.submit()).body).toMatchObject({ outcome: 'needs_digits' });
    expect((await vault.digits(look.nonce, '7777')).body).toEqual({ outcome: 'digits_wrong', triesLeft: 2 });
  });

  test('one to one: themselves, not each other', async () => {
    const frames = await burst(enrolled.pyr_six as Place, asPaying);
    expect((await vault.take(vault.verification('pyr_six'), frames)).body).toMatchObject({ outcome: 'verified' });
    expect((await vault.take(vault.verification('pyr_five'), frames)).body).toEqual({ outcome: 'not_verified' });
  });

  test('somebody who enrols twice is marked on both sides, and gets the same answer', async () => {
    const answer = await vault.enrol(vault.enrolment('pyr_six_again'), await burst(enrolled.pyr_six as Place, asPaying));
    expect(answer).toEqual({ status: 200, body: { outcome: 'enrolled', faceEpoch: 1, framesUsed: 3 } });
    expect((await vault.stats()).body).toMatchObject({ faces: 6, lookAlikes: 2 });
    expect(await pay(await burst(enrolled.pyr_six as Place, asEnrolled))).not.toMatchObject({ rung: 'face' });
    await vault.forget('pyr_six_again', 2);
    expect(await pay(await burst(enrolled.pyr_six as Place, asEnrolled))).toMatchObject({ rung: 'face' });
  });
});

describe('what cannot be used', () => {
  const place = enrolled.pyr_left as Place;
  const steady: Variation = { shiftPx: 0, zoom: 1, light: 1, leanDegrees: 0 };
  const three = [steady, steady, steady];

  test.each<[string, Place, (picture: Sharp) => Sharp, string]>([
    ['too dark', place, (picture) => picture.linear(0.08, 0), 'face_too_dark'],
    ['too bright', place, (picture) => picture.linear(2, 110), 'face_too_bright'],
    ['blurred', place, (picture) => picture.blur(12), 'face_blurred'],
    ['too far away', place, (picture) => picture.resize(100).extend({ right: 200, bottom: 200, background: '#777' }), 'face_too_small'],
    ['no face', { photo: 6, x: 400, y: 1300, widthPx: 400 }, (picture) => picture, 'face_none'],
    ['two people in view', { photo: 3, x: 950, y: 480, widthPx: 1000 }, (picture) => picture, 'face_several'],
  ])('%s', async (_what, where, change, code) => {
    expect(await pay(await burst(where, three, change))).toMatchObject({ code });
  });

  test.each<[string, () => Promise<Buffer>, string]>([
    ['a document named like a picture', async () => Buffer.from('%PDF-1.7 not a picture at all'), 'image_format_refused'],
    ['half a picture', async () => demoPhoto(3).subarray(0, 90_000), 'image_broken'],
    ['a picture of twelve megapixels', () => sharp({ create: { width: 4000, height: 3000, channels: 3, background: 'grey' } }).jpeg().toBuffer(), 'image_too_many_pixels'],
    ['a stamp', () => sharp(demoPhoto(3)).resize(100, 100).jpeg().toBuffer(), 'image_too_small'],
  ])('%s among good frames', async (_what, make, code) => {
    const good = await burst(place, asPaying);
    expect(await pay([...good, Uint8Array.from(await make())])).toMatchObject({ code });
    expect((await pay(good)).outcome).toBe('identified');
  });

  test('an enrolment of two different people, a payment in which one takes the other\'s place half-way', async () => {
    const frames = [...(await burst(place, asEnrolled)), ...(await burst(enrolled.pyr_right as Place, asEnrolled))];
    expect((await vault.take(vault.enrolment('pyr_both'), frames)).body).toMatchObject({ code: 'face_not_one_person' });
    expect(await pay(frames)).toMatchObject({ code: 'face_not_one_person' });
  });
});
