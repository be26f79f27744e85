// A pack of one's own in a whole vault: refused with a sentence while something is missing, and, with the shared models,
// enrolling and recognising people.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeJwt } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { curveFormat, curveVersion } from '@sonrisa/face/calibrate/curve-file.ts';
import type { CustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import { openEngine } from './open-engine.ts';
import { frameAround } from './pack/demo-photos.ts';
import { customPackId, readProfile } from './pack/pack-source.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-engine-'));
afterAll(() => rmSync(folder, { recursive: true }));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const example = join(root, 'docs/packs/yunet-mobilefacenet.json');
const open = (pack: string) => openEngine({ pack, cacheDir: join(folder, 'cache'), threads: 1 });

// Invented figures: what a curve must say is tested elsewhere, here only that there is one.
const madeUpCurve = (packId: string, scoring = 'cosine'): object => ({
  format: curveFormat,
  version: curveVersion,
  id: `${packId}-made-up`,
  source: 'invented for a test',
  packId,
  scoring,
  measuredOn: '2026-01-31',
  dataSet: { name: 'none', people: 0, photos: 0, failedToEnrol: 0, genuinePairs: 0, impostorPairs: 0, identityPairs: 0 },
  bootstrap: { replicates: 0, seed: 0 },
  fmrPoints: [0.25, 0.32, 0.4, 0.45, 0.5].map((scoreMin, at) => ({ scoreMin, fmr: 10 ** -(at + 2), fmrMeasured: 10 ** -(at + 2) })),
  fnmrPoints: [{ scoreMin: 0.25, fnmr: 0.01, low: 0, high: 0.02 }],
  fmrFloor: 1e-6,
  safetyFactor: 4,
});

function write(name: string, value: object): string {
  writeFileSync(join(folder, name), JSON.stringify(value));
  return join(folder, name);
}

describe('a pack that is not whole', () => {
  const bytes = 'not a net';
  writeFileSync(join(folder, 'net.onnx'), bytes);
  const file = { file: 'net.onnx', sha256: createHash('sha256').update(bytes).digest('hex'), origin: 'a test', licence: 'MIT' };
  const { curve: _measured, spoof: _nets, ...described } = readProfile(example);
  const profile: CustomProfile = { ...described, id: 'mine', detector: { ...described.detector, ...file }, recogniser: { ...described.recogniser, ...file } };

  test('without a curve no vault starts, and the sentence names the command that measures one', async () => {
    const path = write('bare.json', profile);
    await expect(open(path)).rejects.toThrow(/has no error curve.*face calibrate --data PHOTOS --from custom --pack-profile .*bare\.json/);
  });

  test.each([
    ['of other weights', madeUpCurve('mine-00000000'), 'was measured for the pack mine-00000000'],
    ['of normalised scores', madeUpCurve(customPackId(profile), 'normalised-cosine'), 'is about normalised scores'],
    ['that is none', { format: 'something' }, 'cannot be used'],
  ])('a curve %s does not count', async (_what, curve, sentence) => {
    write('curve.json', curve);
    await expect(open(write('curved.json', { ...profile, curve: 'curve.json' }))).rejects.toThrow(sentence);
  });

  test('files that are no nets are found when the vault starts', async () => {
    write('curve.json', madeUpCurve(customPackId(profile)));
    await expect(open(write('curved.json', { ...profile, curve: 'curve.json' }))).rejects.toThrow('does not work as its profile says');
  });

  test('another normalisation under the same name is another pack', () => {
    const other = { ...profile, recogniser: { ...profile.recogniser, mean: [0, 0, 0] } };
    expect(customPackId(other)).not.toBe(customPackId(profile));
    expect(customPackId({ ...profile, recogniser: { ...profile.recogniser, licence: 'another', file: 'elsewhere.onnx' } })).toBe(customPackId(profile));
  });
});

const absent = !existsSync(join(root, '../shared/models'));
if (absent) console.warn('custom-engine.db.test.ts: the shared models are not here, no custom pack is tried in a vault');

describe.skipIf(absent)('YuNet, MobileFaceNet and two MiniFASNets in a vault', () => {
  const places = { pyr_anna: { photo: 3, x: 691, y: 485, widthPx: 533 }, pyr_cleo: { photo: 6, x: 1266, y: 468, widthPx: 560 } };
  const burst = (place: (typeof places)['pyr_anna'], shiftsPx: readonly number[]) =>
    Promise.all(shiftsPx.map(async (shift) => Uint8Array.from(await frameAround(place.photo, { ...place, x: place.x + shift }))));

  test('people enrol and are found by it; the receipt says pack, curve and PAD score', async () => {
    const given = JSON.parse(readFileSync(example, 'utf8').replaceAll('../../../shared', join(root, '../shared'))) as CustomProfile;
    const packId = customPackId(given);
    write('curve.json', madeUpCurve(packId));
    const engine = await open(write('own.json', { ...given, curve: 'curve.json' }));
    const database = await createVaultDatabase('custom_engine');
    const keys = temporaryKeys();
    const vault = await startTestVault({ url: database.url, keysDir: keys.dir, engine });
    try {
      expect(engine.pad).toEqual({ scoreMin: 0.5 });
      for (const [payerRef, place] of Object.entries(places)) {
        expect((await vault.enrol(vault.enrolment(payerRef), await burst(place, [-8, 0, 8, 16]))).body).toMatchObject({ outcome: 'enrolled' });
      }
      for (const [payerRef, place] of Object.entries(places)) {
        const { body } = await vault.take(vault.payment(`pay_${payerRef}`), await burst(place, [-4, 4, 12]));
        expect(body).toMatchObject({ outcome: 'identified' });
        const claims = decodeJwt(body.receipt as string) as { scene?: { padScore?: unknown } };
        expect(claims).toMatchObject({ payerRef, packId, curveId: `${packId}-made-up` });
        expect(claims.scene?.padScore).toBeTypeOf('number');
      }
    } finally {
      await vault.stop();
      await engine.close();
      await database.drop();
      keys.remove();
    }
  });
});
