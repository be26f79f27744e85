import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referenceDifferenceMax } from '@sonrisa/face/models/embedded/reference.ts';
import { loadPack, readInstalledSource } from './load-pack.ts';

let cacheFolder: string;

beforeEach(() => {
  cacheFolder = mkdtempSync(join(tmpdir(), 'sonrisa-pack-'));
});

afterEach(() => rmSync(cacheFolder, { recursive: true }));

describe('loadPack', () => {
  it('converts once, gives the reference embedding, and leaves no temporary file', async () => {
    const first = await loadPack({ cacheFolder });
    expect(first.referenceDifference).toBeLessThan(1e-4);
    const files = readdirSync(cacheFolder).sort();
    expect(files.filter((file) => file.endsWith('.onnx'))).toHaveLength(3);
    expect(files).toHaveLength(4);
    const second = await loadPack({ cacheFolder });
    expect(second.files).toEqual(first.files);
    expect(readdirSync(cacheFolder).sort()).toEqual(files);
  });

  it('makes a cached file anew when a byte of it changed', async () => {
    const { files } = await loadPack({ cacheFolder });
    const good = readFileSync(files.detector);
    const bad = Buffer.from(good);
    bad[good.length >> 1] = (bad[good.length >> 1] ?? 0) ^ 1;
    writeFileSync(files.detector, bad);
    await loadPack({ cacheFolder });
    expect(readFileSync(files.detector).equals(good)).toBe(true);
  });

  it('survives a list that is no list', async () => {
    await loadPack({ cacheFolder });
    const [list] = readdirSync(cacheFolder).filter((file) => file.endsWith('.json'));
    writeFileSync(join(cacheFolder, list ?? ''), '{"detector":"../../etc/passwd"');
    await expect(loadPack({ cacheFolder })).resolves.toMatchObject({ profile: { id: 'embedded' } });
  });

  it('refuses weights that do not give the reference embedding (positive control)', async () => {
    const spoiled = (source: string): Uint8Array => {
      const bytes = Uint8Array.from(readInstalledSource(source));
      if (source.endsWith('face_recognition_model.bin')) bytes.fill(0, 1_000_000, 1_010_000);
      return bytes;
    };
    await expect(loadPack({ cacheFolder, readSource: spoiled })).rejects.toThrow(`more than ${referenceDifferenceMax}`);
  });

  it('refuses weights cut short', async () => {
    const cut = (source: string): Uint8Array => {
      const bytes = readInstalledSource(source);
      return source.endsWith('blazeface.bin') ? bytes.subarray(0, bytes.length - 4) : bytes;
    };
    await expect(loadPack({ cacheFolder, readSource: cut })).rejects.toThrow('the weights end before');
  });
});
