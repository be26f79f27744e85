import { describe, expect, it } from 'vitest';
import { fmrUpperBound, rungThresholds } from '../../decide.ts';
import { embeddedCalibratedCurve } from './calibrated-curve.ts';
import { embeddedCurve } from './curve.ts';

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

  // Upper bounds of the same faces: where the provisional figures were counts, these may only be higher.
  it('claims nowhere less than the provisional one counted', () => {
    for (const { scoreMin, fmr } of embeddedCurve.fmrPoints.slice(0, 4)) expect(fmrUpperBound(curve, scoreMin)).toBeGreaterThan(0.8 * fmr);
  });

  it('gives every rung of a small sandbox a threshold', () => {
    const thresholds = rungThresholds({ curve, candidateCount: 8, budget: 1e-3 });
    expect(Object.values(thresholds).every((threshold) => threshold !== null)).toBe(true);
  });
});
