import { createSeededRandom } from '@sonrisa/face/calibrate/seeded-random.ts';
import { makeUpPeople } from '@sonrisa/face/calibrate/testing/made-up-people.ts';
import { describe, expect, it } from 'vitest';
import { shareAtLeast, simulateGallery } from './budget.ts';
import { halvesByPerson, probesOf } from './people.ts';
import { findings, simulatePack } from './run-budget.ts';

const budget = 1e-6;
const set = makeUpPeople({ people: 240, photosEach: 2, dimensions: 24, noise: 0.35, random: createSeededRandom(5) });
const result = simulatePack({ packId: 'made-up', set, photosGiven: 480, budget, sizes: [10, 100, 10_000, 10_000_000], seed: 3 });

describe('a budget run on made-up people', () => {
  it('keeps the budget at every size, and finds the control broken', () => {
    expect(findings(result)).toEqual([]);
    for (const { wrongPayer, bypassed } of result.galleries) {
      expect(wrongPayer.estimate).toBeLessThanOrEqual(budget);
      expect(bypassed.bound).toBeGreaterThan(wrongPayer.bound);
    }
    expect(result.galleries.at(-1)?.bypassed.estimate).toBeGreaterThan(0.01);
  });

  it('tells when the budget is not kept', () => {
    const unkept = { ...result, galleries: result.galleries.map((gallery) => ({ ...gallery, wrongPayer: gallery.bypassed })) };
    expect(findings(unkept)).toHaveLength(result.galleries.length);
    const harmless = { ...result, galleries: result.galleries.map((gallery) => ({ ...gallery, bypassed: gallery.wrongPayer })) };
    expect(findings(harmless)).toHaveLength(result.galleries.length);
  });

  it('serves everybody somehow, with no less effort where there are more people', () => {
    for (const { coverage } of result.galleries) expect(Object.values(coverage).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    const phone = result.galleries.map(({ coverage }) => coverage.phone);
    expect(phone[0]).toBeLessThan(0.2);
    expect(phone.at(-1)).toBe(1);
  });
});

describe('searches among people', () => {
  const [half] = halvesByPerson(set);
  const { enrolled, strangers } = probesOf(half);

  it('never looks among those who made the curve', () => {
    expect(halvesByPerson(set).map(({ identityCount }) => identityCount)).toEqual([120, 120]);
    expect(enrolled).toHaveLength(120);
    expect(strangers).toHaveLength(120);
    expect(strangers.every(({ others, genuine }) => others.length === 119 && genuine === null)).toBe(true);
  });

  it('beyond the people there are says what a drawn gallery of just their number says', () => {
    const curve = { id: 'x', source: 'x', fmrFloor: 1e-6, safetyFactor: 1, fmrPoints: [{ scoreMin: 0.5, fmr: 1e-2 }, { scoreMin: 0.7, fmr: 1e-4 }, { scoreMin: 0.8, fmr: 1e-5 }] };
    const run = { curve, budget: 1e-2, enrolled, strangers, random: createSeededRandom(1) };
    const [within, beyond] = [simulateGallery(run, 120), simulateGallery(run, 121)];
    expect([within.drawn, beyond.drawn]).toEqual(['people', 'scores']);
    expect(beyond.fnir).toBeCloseTo(within.fnir, 1);
    expect(beyond.fpir).toBeCloseTo(within.fpir, 2);
  });

  it('counts scores from a threshold on', () => {
    expect([0, 0.2, 0.25, 0.3, 0.31].map((score) => shareAtLeast(Float64Array.of(0.1, 0.2, 0.3, 0.3), score))).toEqual([1, 0.75, 0.5, 0.5, 0]);
    expect(shareAtLeast(new Float64Array(0), 0)).toBe(0);
  });
});
