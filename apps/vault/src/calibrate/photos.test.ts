import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listPhotos, readPairs } from './photos.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-photos-'));
for (const file of ['Ann/Ann_0001.jpg', 'Ann/Ann_0002.JPEG', 'Ann/notes.txt', 'Bo Li/Bo Li_0001.png', 'pairs.tsv']) {
  mkdirSync(join(folder, file, '..'), { recursive: true });
  writeFileSync(join(folder, file), '');
}
afterAll(() => rmSync(folder, { recursive: true }));

const photos = listPhotos(folder);
const read = (text: string) => {
  const file = join(folder, 'list.txt');
  writeFileSync(file, text);
  const { pairs, absent } = readPairs(file, photos);
  return { pairs: pairs.map(({ a, b }) => `${a.file} ${b.file}`), absent };
};

describe('listPhotos', () => {
  it('takes pictures, person by person', () => {
    expect(photos.map(({ person, file }) => `${person}/${file}`)).toEqual(['Ann/Ann_0001.jpg', 'Ann/Ann_0002.JPEG', 'Bo Li/Bo Li_0001.png']);
  });

  it('says what is missing', () => {
    expect(() => listPhotos(join(folder, 'nowhere'))).toThrow('cannot be read');
    expect(() => listPhotos(join(folder, 'Ann'))).toThrow('one folder a person');
    rmSync(join(folder, 'Ann/Ann_0002.JPEG'));
    expect(() => listPhotos(folder)).toThrow('Nobody');
  });
});

describe('readPairs', () => {
  it.each([
    ["LFW's list with its header", '10\t300\nAnn\t1\t2\nAnn\t1\tBo Li\t1\n', ['Ann_0001.jpg Ann_0002.JPEG', 'Ann_0001.jpg Bo Li_0001.png']],
    ['a list with a flag and a header', 'name_a\tn_a\tname_b\tn_b\tsame\nAnn\t1\tAnn\t2\t1\n', ['Ann_0001.jpg Ann_0002.JPEG']],
    ['spaces between fields', 'Ann 1 2\n', ['Ann_0001.jpg Ann_0002.JPEG']],
    ['paths', 'Ann/Ann_0001.jpg\tBo Li/Bo Li_0001.png\n', ['Ann_0001.jpg Bo Li_0001.png']],
  ])('reads %s', (_, text, pairs) => {
    expect(read(text)).toEqual({ pairs, absent: 0 });
  });

  it('counts pairs whose photos are elsewhere, refuses lines that are none', () => {
    expect(read('Ann\t1\t2\nZoe\t1\t2\n')).toMatchObject({ absent: 1 });
    expect(() => read('Ann\t1\t2\nAnn\tone\ttwo\n')).toThrow('line 2');
    expect(() => read('Zoe\t1\t2\n')).toThrow('None of the pairs');
  });
});
