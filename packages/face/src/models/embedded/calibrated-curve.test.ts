import { describe, expect, it } from 'vitest';
import { fmrUpperBound, rungThresholds } from '../../decide.ts';
import { embeddedCalibratedCurve } from './calibrated-curve.ts';
import { embeddedPack } from './pack.ts';

const curve = embeddedCalibratedCurve();

describe('the calibrated curve of the embedded pack', () => {
  it('is for this pack, its plain cosines, and all people of the set', () => {
    expect(curve).toMatchObject({ packId: 'embedded', scoring: 'cosine', dataSet: { people: 2877, photos: 6175 }, bootstrap: { replicates: 1000 } });
    expect(curve.dataSet.identityPairs).toBe((2877 * 2876) / 2);
    expect(curve.fmrFloor).toBeCloseTo(3 / curve.dataSet.identityPairs, 12);
  });

  it('starts at one in a hundred and goes down to what its pairs of people can show', () => {
    expect(curve.fmrPoints[0].fmrMeasured).toBeLessThanOrEqual(1e-2);
    expect(curve.fmrPoints[0].fmrMeasured).toBeGreaterThan(0.9e-2);
    expect(fmrUpperBound(curve, 1)).toBe(curve.fmrPoints[curve.fmrPoints.length - 1].fmr);
  });

  it('is the one the pack is used with', () => {
    expect(embeddedPack.curve).toEqual(curve);
  });

  // A plain count over 4.2 million pairs, without bounds: these are upper bounds of much the same faces.
  it.each([[0.911, 1e-2], [0.929, 1e-3], [0.943, 1e-4], [0.954, 1e-5]])('claims no less at %s than was once counted there: %s', (score, counted) => {
    expect(fmrUpperBound(curve, score)).toBeGreaterThan(0.8 * counted);
  });

  it('gives every rung of a small sandbox a threshold', () => {
    const thresholds = rungThresholds({ curve, candidateCount: 8, budget: 1e-3 });
    expect(Object.values(thresholds).every((threshold) => threshold !== null)).toBe(true);
  });
});
