// The whole of a calibration with real models: faces of the group photos, and, where the shared photos are, of LFW.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCurveFile } from '@sonrisa/face/calibrate/curve-file.ts';
import { frameAround } from '../pack/demo-photos.ts';
import { calibratePack } from './index.ts';
import type { CalibrateOptions } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-calibrate-'));
const root = fileURLToPath(new URL('../../../../', import.meta.url));
afterAll(() => rmSync(folder, { recursive: true }));

const places = {
  anna: { photo: 3, x: 691, y: 485, widthPx: 533 },
  bea: { photo: 3, x: 1189, y: 383, widthPx: 560 },
  cleo: { photo: 6, x: 1266, y: 468, widthPx: 560 },
  dana: { photo: 5, x: 1204, y: 350, widthPx: 467 },
} as const;

const shared = (options: Partial<CalibrateOptions> & { folder: string }): CalibrateOptions => ({
  pack: 'embedded', pairsFile: null, cacheFolder: join(folder, 'models'), dataSetName: 'test', measuredOn: '2026-01-31', seed: 1, threads: 1, onProgress: () => undefined, ...options,
});

async function person(set: string, name: string, { photo, x, y, widthPx }: (typeof places)[keyof typeof places], zooms: readonly number[]): Promise<void> {
  mkdirSync(join(folder, set, name), { recursive: true });
  for (const [index, zoom] of zooms.entries()) {
    writeFileSync(join(folder, set, name, `${name}_000${index + 1}.jpg`), await frameAround(photo, { x: x + index * 12, y, widthPx: Math.round(widthPx * zoom) }));
  }
}

beforeAll(async () => {
  for (const [name, place] of Object.entries(places)) await person('good', name, place, [1, 1.15]);
  const blank = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'grey' } }).png().toBuffer();
  writeFileSync(join(folder, 'good', 'dana', 'wall.png'), blank);
  writeFileSync(join(folder, 'good', 'list.txt'), [...Object.keys(places).map((name) => `${name}\t1\t2`), ...Array.from({ length: 8 }, () => 'anna\t1\tbea\t2')].join('\n'));
});

describe('calibrating the embedded pack on a handful of faces', () => {
  it('embeds what has a face, compares all, claims no more than so few people show', async () => {
    const steps = new Set<string>();
    const onProgress: CalibrateOptions['onProgress'] = ({ step, done }) => void (done === 1 && steps.add(step));
    const measured = await calibratePack(shared({ folder: join(folder, 'good'), pairsFile: join(folder, 'good', 'list.txt'), onProgress }));
    expect(measured).toMatchObject({ packId: 'embedded', photosGiven: 9, embedded: 8, people: 4, refusals: { no_face: 1 }, normalised: null });
    const { scores, curve, operating } = measured.cosine;
    expect([scores.genuineCount, scores.impostorCount, scores.identityPairCount]).toEqual([4, 24, 6]);
    expect(operating[0]?.fnmr).toBe(0);
    expect(readCurveFile(JSON.parse(JSON.stringify(curve)))).toMatchObject({ ok: true });
    expect(curve).toMatchObject({ packId: 'embedded', measuredOn: '2026-01-31', fmrFloor: 0.5, dataSet: { people: 4, photos: 9, failedToEnrol: 1 } });
    expect(measured.list).toMatchObject({ accuracy: 1, pairs: 12, absent: 0 });
    expect(steps).toContain('embed');
  });

  it('names the photo under a wrong label', async () => {
    for (const name of ['anna', 'bea', 'cleo'] as const) await person('mixed', name, places[name], [1, 1.15]);
    await person('mixed', 'cleo', places.dana, [1]);
    const { cosine } = await calibratePack(shared({ folder: join(folder, 'mixed') }));
    expect(cosine.worstGenuine[0]).toMatchObject({ a: 'cleo/cleo_0001.jpg', b: 'cleo/cleo_0002.jpg' });
    expect(cosine.worstGenuine[0]?.score).toBeLessThan((cosine.worstGenuine[1]?.score ?? 0) - 0.03);
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    const run = calibratePack(shared({ folder: join(folder, 'good'), signal: controller.signal, onProgress: () => controller.abort(new Error('enough')) }));
    await expect(run).rejects.toThrow('enough');
  });
});

const sharedModels = join(root, '../shared/models/mobilefacenet_foamliu.onnx');
const sharedFaces = join(root, '../shared/faces/lfw');
const absent = !existsSync(sharedModels) || !existsSync(sharedFaces);
if (absent) console.warn('calibrate.test.ts: the shared models and photos are not here, the custom pack is not tried');

describe.skipIf(absent)('calibrating a custom pack on photos of 30 people', () => {
  const profile = join(root, 'docs/packs/yunet-mobilefacenet.json');

  it('runs YuNet and MobileFaceNet as the profile says', async () => {
    mkdirSync(join(folder, 'lfw'));
    const several = readdirSync(sharedFaces).filter((name) => !name.includes('.') && [2, 3].includes(readdirSync(join(sharedFaces, name)).length));
    for (const name of several.slice(0, 30)) symlinkSync(join(sharedFaces, name), join(folder, 'lfw', name));
    const measured = await calibratePack(shared({ folder: join(folder, 'lfw'), pack: profile }));
    expect(measured).toMatchObject({ packId: expect.stringMatching(/^yunet-mobilefacenet-[0-9a-f]{8}$/), people: 30, refusals: {} });
    // Against all pairs of strangers there is hardly a miss; a wrong normalisation or a shifted landmark shows at once.
    expect(measured.cosine.operating[0]?.fmr).toBeLessThanOrEqual(0.01);
    expect(measured.cosine.operating[0]?.fnmr).toBeLessThan(0.1);
    expect(measured.claimed.map(({ curveId }) => curveId)).toEqual([expect.stringMatching(/^yunet-mobilefacenet-[0-9a-f]{8}-cosine-/)]);
  });

  it('refuses a model file with other bytes', async () => {
    const wrong = JSON.parse(readFileSync(profile, 'utf8')) as { detector: { file: string; sha256: string } };
    writeFileSync(join(folder, 'other.onnx'), 'not a model');
    writeFileSync(join(folder, 'wrong.json'), JSON.stringify({ ...wrong, detector: { ...wrong.detector, file: 'other.onnx' } }));
    await expect(calibratePack(shared({ folder: join(folder, 'good'), pack: join(folder, 'wrong.json') }))).rejects.toThrow('is not the one its profile means');
  });
});
