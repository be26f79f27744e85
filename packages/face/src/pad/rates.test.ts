import { describe, expect, it } from 'vitest';
import { clopperPearson } from '../calibrate/bounds.ts';
import { padRates, presentationsForOnePercent, presentationsMin } from './rates.ts';
import type { Presentation } from './rates.ts';

const shown = (species: string, scores: readonly (number | null)[]): Presentation[] =>
  scores.map((score, at) => ({ species, file: `${species}/${at}.jpg`, score, reason: score === null ? 'no_face' : null }));

describe('padRates', () => {
  const all = [...shown('screen', [0.1, 0.2, 0.9, null]), ...shown('live', [0.9, 0.8, 0.3, 0.5, null]), ...shown('print', [0.1])];
  const rates = padRates(all, 0.5);

  it('counts each species by itself, non-responses apart', () => {
    expect(rates.attacks.map(({ species, presentations, errors, nonResponses }) => [species, presentations, errors.count, errors.tries, nonResponses.count, nonResponses.tries])).toEqual([
      ['print', 1, 0, 1, 0, 1],
      ['screen', 4, 1, 3, 1, 4],
    ]);
    expect(rates.bonaFide).toMatchObject({ presentations: 5, errors: { count: 1, tries: 4, share: 0.25 }, nonResponses: { count: 1, tries: 5, share: 0.2 } });
  });

  it('one presentation bounds next to nothing', () => {
    expect(rates.attacks[0]?.errors.high).toBeCloseTo(0.975, 6);
  });

  it('a higher threshold lets fewer attacks through and sends more people back', () => {
    const strict = padRates(all, 0.85);
    expect(strict.bonaFide.errors.count).toBe(3);
    expect(padRates(all, 0.95).attacks[1]?.errors.count).toBe(0);
  });

  it('has no figure where nothing was shown', () => {
    const { bonaFide } = padRates(shown('print', [0.4]), 0.5);
    expect(bonaFide.errors).toMatchObject({ share: Number.NaN, low: 0, high: 1 });
  });
});

describe('clopperPearson', () => {
  // Where the binomial tail has a closed form.
  it.each([1, 10, 36, 368])('no case of %i', (tries) => {
    const { low, high } = clopperPearson(0, tries);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(1 - 0.025 ** (1 / tries), 9);
    const all = clopperPearson(tries, tries);
    expect(all.high).toBe(1);
    expect(all.low).toBeCloseTo(0.025 ** (1 / tries), 9);
  });

  // 5 of 10: the table every textbook prints.
  it('is the known interval in between', () => {
    const { low, high } = clopperPearson(5, 10);
    expect([low, high].map((value) => Number(value.toFixed(4)))).toEqual([0.1871, 0.8129]);
  });

  it('covers the true rate at least 95 times in 100', () => {
    const [tries, rate] = [40, 0.07];
    let covered = 0;
    let term = (1 - rate) ** tries;
    for (let count = 0; count <= tries; count++) {
      const { low, high } = clopperPearson(count, tries);
      if (low <= rate && rate <= high) covered += term;
      term *= ((tries - count) / (count + 1)) * (rate / (1 - rate));
    }
    expect(covered).toBeGreaterThanOrEqual(0.95);
  });

  it('gives the sample sizes the report speaks of', () => {
    expect(clopperPearson(0, presentationsForOnePercent).high).toBeLessThanOrEqual(0.01);
    expect(clopperPearson(0, presentationsForOnePercent - 1).high).toBeGreaterThan(0.01);
    expect(clopperPearson(0, presentationsMin).high).toBeLessThanOrEqual(0.1);
    expect(clopperPearson(0, presentationsMin - 1).high).toBeGreaterThan(0.1);
  });
});
