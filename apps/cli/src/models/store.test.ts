// Which pack a data folder uses: chosen, found again, refused in words. Models themselves only where the shared ones are.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCustomProfile } from '@sonrisa/face/models/custom/profile.ts';
import { repositoryRoot } from '../repository.ts';
import { list, use, verify } from './commands.ts';
import { recommendedProfile } from './recommended.ts';
import { chosenPack, choosePack, installRecommended, recommendedProfilePath, resolvePack } from './store.ts';

let data: string;
let lines: string[];
const print = (line: string): void => void lines.push(line);
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'sonrisa-models-'));
  lines = [];
});
afterEach(() => rmSync(data, { recursive: true }));

test('a folder that was told nothing uses the embedded pack; a choice is found again', () => {
  expect(chosenPack(data)).toBe('embedded');
  choosePack(data, '/somewhere/profile.json');
  expect(chosenPack(data)).toBe('/somewhere/profile.json');
});

test.each(['no JSON', '{"pack":""}', '{}'])('a damaged choice is said, not guessed: %s', (text) => {
  writeFileSync(join(data, 'pack.json'), text);
  expect(() => chosenPack(data)).toThrow('does not name a pack');
});

test('a pack that is not here is refused before anything starts', () => {
  expect(resolvePack(data, 'embedded')).toBe('embedded');
  expect(() => resolvePack(data, 'recommended')).toThrow('models pull');
  expect(() => resolvePack(data, join(data, 'gone.json'))).toThrow('There is no pack profile');
});

test('the recommended profile is one the vault can read', () => {
  expect(readCustomProfile(JSON.parse(JSON.stringify(recommendedProfile)))).toMatchObject({ ok: true });
});

test('a second pull keeps the curve the operator measured', () => {
  installRecommended(data);
  const path = recommendedProfilePath(data);
  writeFileSync(path, JSON.stringify({ ...recommendedProfile, curve: 'curve-mine.json' }));
  installRecommended(data);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ curve: 'curve-mine.json' });
});

test('a pack without a curve is not chosen: the sentence names the command that measures one', async () => {
  installRecommended(data);
  await expect(use('recommended', { data }, print)).rejects.toThrow('face calibrate --data PHOTOS --from custom --pack-profile');
  expect(chosenPack(data)).toBe('embedded');
});

test('embedded is chosen with a word about those who enrolled with another pack', async () => {
  await use('embedded', { data }, print);
  expect(lines.join(' ')).toContain('asked on their phone for a new look');
  await verify(data, print);
  expect(lines.at(-1)).toContain('embedded: 3 files are the right ones');
});

test('verify finds a file that is missing and one with other bytes', async () => {
  installRecommended(data);
  await expect(verify(data, print)).rejects.toThrow('Not as they should be: recommended.');
  expect(lines.at(-1)).toContain('cannot be read');
  writeFileSync(join(data, 'models/recommended/face_detection_yunet_2023mar.onnx'), 'other bytes');
  await expect(verify(data, print)).rejects.toThrow('recommended');
  expect(lines.at(-1)).toContain('is not the one its profile means');
});

test('list says what is here and what is in use', () => {
  list(data, print);
  expect(lines.join('\n')).toMatch(/▶\s*│ embedded/);
  expect(lines.join('\n')).toContain('models pull');
});

const profile = join(repositoryRoot(), 'docs/packs/yunet-mobilefacenet.json');
const curve = join(repositoryRoot(), 'docs/packs/curve-yunet-mobilefacenet.json');
const absent = !existsSync(join(repositoryRoot(), '../shared/models')) || !existsSync(curve);
if (absent) console.warn('store.test.ts: the shared models are not here, no custom pack is chosen');

describe.skipIf(absent)('a custom pack', () => {
  test('is chosen by its profile, listed with its files, and verified', async () => {
    await use(profile, { data }, print);
    expect(chosenPack(data)).toBe(profile);
    list(data, print);
    expect(lines.join('\n')).toMatch(/▶\s*│ yunet-mobilefacenet/);
    await verify(data, print);
    expect(lines.at(-1)).toMatch(/^yunet-mobilefacenet-[0-9a-f]{8}: 5 files are the right ones; curve/);
  });

  test('a curve of another pack is refused, and the profile stays as it was', async () => {
    mkdirSync(join(data, 'own'));
    const own = join(data, 'own', 'profile.json');
    const { curve: _measured, ...bare } = JSON.parse(readFileSync(profile, 'utf8').replaceAll('../../../shared', join(repositoryRoot(), '../shared'))) as { curve?: string };
    writeFileSync(own, JSON.stringify(bare));
    const foreign = join(repositoryRoot(), 'packages/face/src/models/embedded/calibrated-curve.json');
    await expect(use(own, { data, curve: foreign }, print)).rejects.toThrow('was measured for the pack embedded');
    expect(JSON.parse(readFileSync(own, 'utf8'))).not.toHaveProperty('curve');
    await use(own, { data, curve }, print);
    expect(JSON.parse(readFileSync(own, 'utf8'))).toMatchObject({ curve: 'curve-yunet-mobilefacenet.json' });
  });
});
