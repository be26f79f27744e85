import { describe, expect, it } from 'vitest';
import { calibrate, curveFileOf } from '@sonrisa/face/calibrate/calibration.ts';
import { createSeededRandom } from '@sonrisa/face/calibrate/seeded-random.ts';
import { finish, makeUpPeople } from '@sonrisa/face/calibrate/testing/made-up-people.ts';
import { figuresTable } from './figures-table.ts';
import { drawDet, drawFnmr, drawHistogram } from './plots.ts';
import { renderHtml } from './report-html.ts';
import { renderMarkdown } from './report-markdown.ts';
import type { Report } from './report.ts';

const set = makeUpPeople({ people: 40, photosEach: 3, dimensions: 8, noise: 0.5, random: createSeededRandom(2) });
const calibration = finish(calibrate({ set, scoring: 'cosine', seed: 1, replicates: 50 }));
if (!calibration) throw new Error('these people have pairs of both kinds');
const curve = curveFileOf({ calibration, set, packId: 'made-up', dataSetName: 'x', photosGiven: 121, measuredOn: '2026-01-31' });
const worst = [{ a: 'A|b/<1>.jpg', b: 'B/2.jpg', score: 0.5 }];
const balanced = { accuracy: 0.9375, trueMatchRate: 0.9, trueNonMatchRate: 0.975, standardError: 0.01, threshold: 0.41, wrong: [3] };
const list = { pairs: 20, same: 10, accuracy: 0.95, standardError: 0.02, threshold: 0.4, withoutScore: 0, absent: 3, balanced, worst: [{ a: 'A/3.jpg', b: 'A/4.jpg', score: 0.2, same: true }] };
const report: Report = {
  measuredOn: '2026-01-31',
  dataSetName: 'photos & <more>',
  packs: [
    {
      packId: 'made-up', photosGiven: 121, people: 40, embedded: 120, refusals: { no_face: 1 }, gated: { too_dark: 2 },
      cosine: { ...calibration, curve, worstGenuine: worst, worstImpostors: worst },
      normalised: null,
      list,
      normalisedList: null,
      claimed: [{ curveId: 'claimed-1', holds: false, worstRatio: 2.5, threshold: 0.7 }],
    },
  ],
};
const drawings = [drawDet(report), drawFnmr(report), ...report.packs.map(drawHistogram)].map((svg, index) => ({ file: `${index}.svg`, title: `plot ${index}`, svg }));
const markdown = renderMarkdown(report, drawings);
const html = renderHtml(report, drawings);

describe('the report', () => {
  it('says the figures in every form', () => {
    for (const text of [markdown, html, figuresTable(report)]) {
      expect(text).toContain('95.00 %');
      expect(text.replaceAll(/\s+/g, ' ')).toMatch(/93\.75 % \[91\.79 %,/);
      expect(text).toContain('no_face 1');
      expect(text).toContain('DOES NOT HOLD');
    }
    expect(markdown.match(/^!\[/gm)).toHaveLength(3);
    expect(markdown).toContain('| 0.2000 | one person | A/3.jpg | A/4.jpg |');
  });

  it('is one page that fetches nothing and takes no name for markup', () => {
    expect(html).toContain('photos &amp; &lt;more&gt;');
    expect(html).not.toContain('<1>');
    expect(html).not.toMatch(/<script|<link|(src|href)="(?!data:)|url\(/);
    expect(html.match(/<svg /g)).toHaveLength(3);
    expect(markdown).toContain('A\\|b/');
  });

  it('draws lines of numbers only', () => {
    for (const { svg } of drawings) {
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(svg.match(/<path d="M[\d. L]{50,}"/g)?.length).toBeGreaterThan(0);
    }
  });
});
