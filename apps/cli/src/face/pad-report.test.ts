// The report on made-up scores; the real nets on the shared photos where they are; and what is refused.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../repository.ts';
import { renderHtml, renderMarkdown, runPadReport } from './pad-report.ts';
import { ratesRows, warnings } from './pad-rows.ts';
import type { PadReport } from './pad-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'sonrisa-pad-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shown = (species: string, count: number, score: number | null) =>
  Array.from({ length: count }, (_, at) => ({ species, file: `${species}/<${at}>.jpg`, score, reason: score === null ? 'no_face' : null }));
const report = (presentations: PadReport['measured']['presentations']): PadReport => ({
  measuredOn: '2026-01-31',
  dataSetName: 'made & up',
  threshold: 0.5,
  measured: { packId: 'mine-1', scoreMin: 0.5, nets: [{ file: 'a/net.onnx', origin: 'somewhere', licence: 'MIT', cropScale: 2.7 }], presentations },
});
const many = report([...shown('live', 400, 0.9), ...shown('print', 400, 0.1), ...shown('mask', 2, 0.8), ...shown('mask', 1, null)]);

describe('the report', () => {
  it('has a row for each species and none over all of them', () => {
    const { rows } = ratesRows(many);
    expect(rows.map(([species, count, name]) => [species, count, name])).toEqual([['live', '400', 'BPCER'], ['mask', '3', 'APCER'], ['print', '400', 'APCER']]);
    expect(rows[1]?.[3]).toBe('100.00 % (15.81 % to 100.00 %); 2 of 2');
    expect(rows[1]?.[5]).toContain('1 of 3');
  });

  it('says loudly where there are too few, and only there', () => {
    const loud = warnings(many).filter((text) => text.startsWith('TOO FEW'));
    expect(loud).toHaveLength(1);
    expect(loud[0]).toContain('mask has 2 answered photos');
    expect(warnings(report(shown('print', 400, 0.1))).join()).toContain('NO LIVE PHOTOS');
  });

  it('is one page that asks for nothing from elsewhere, with names made harmless', () => {
    const html = renderHtml(many);
    expect(html).toContain('made &amp; up');
    expect(html).toContain('print/&lt;0&gt;.jpg');
    expect(html).not.toMatch(/<script|src=|href=|@import|url\(/);
    expect(renderMarkdown(many)).toContain('| mask | 3 | APCER |');
  });
});

const run = (flags: Partial<Parameters<typeof runPadReport>[0]>) => runPadReport({ data: folder, out: join(folder, 'out'), ...flags }, () => undefined);

describe('what is refused, in words', () => {
  it('the embedded pack, which has no such nets', () => expect(run({})).rejects.toThrow('The embedded pack has no spoof nets'));
  it('a threshold that is none', () => expect(run({ threshold: '2' })).rejects.toThrow('--threshold takes a score between 0 and 1'));

  it('a folder without species, a map of what is not there, live photos only', async () => {
    const packProfile = join(folder, 'none.json');
    mkdirSync(join(folder, 'set', 'live'), { recursive: true });
    writeFileSync(join(folder, 'set', 'loose.jpg'), 'x');
    const data = join(folder, 'set');
    await expect(run({ packProfile, data })).rejects.toThrow('holds no photo with a species');
    writeFileSync(join(folder, 'map.json'), '{"gone.jpg":"print"}');
    await expect(run({ packProfile, data, map: join(folder, 'map.json') })).rejects.toThrow('names gone.jpg, which is not there');
    writeFileSync(join(data, 'live', 'a.jpg'), 'x');
    await expect(run({ packProfile, data })).rejects.toThrow('there is no attack to measure');
  });
});

const root = repositoryRoot();
const samples = join(root, '../shared/faces/spoof');
const absent = !existsSync(samples) || !existsSync(join(root, '../shared/models'));
if (absent) console.warn('pad-report.test.ts: the shared models and photos are not here, no real net is tried');

describe.skipIf(absent)('the three shared photos', () => {
  it('are told apart, and the report says how little three photos prove', async () => {
    writeFileSync(join(folder, 'species.json'), '{"image_T1.jpg":"live","image_F1.jpg":"print","image_F2.jpg":"screen"}');
    const out = join(folder, 'shared');
    await run({ data: samples, map: join(folder, 'species.json'), packProfile: join(root, 'docs/packs/yunet-mobilefacenet.json'), out });
    const { presentations } = JSON.parse(readFileSync(join(out, 'pad-scores.json'), 'utf8')) as { presentations: { species: string; score: number }[] };
    const score = Object.fromEntries(presentations.map((each) => [each.species, each.score]));
    expect(score.live).toBeGreaterThan(0.99);
    expect(score.print).toBeLessThan(0.4);
    expect(score.screen).toBeLessThan(0.05);
    expect(readFileSync(join(out, 'pad-report.md'), 'utf8').match(/TOO FEW/g)).toHaveLength(3);
    expect(readFileSync(join(out, 'pad-report.html'), 'utf8')).toContain('0.00 % (0.00 % to 97.50 %); 0 of 1');
  });
});
