import { describe, expect, it } from 'vitest';
import { decideRung, fmrUpperBound } from '../decide.ts';
import { calibrate, curveFileOf } from './calibration.ts';
import { readCurveFile } from './curve-file.ts';
import { checkCurve } from './check-curve.ts';
import { createSeededRandom } from './seeded-random.ts';
import { finish, makeUpPeople } from './testing/made-up-people.ts';

const set = makeUpPeople({ people: 200, photosEach: 2, dimensions: 16, noise: 0.4, random: createSeededRandom(21) });
const calibration = finish(calibrate({ set, scoring: 'cosine', seed: 5, replicates: 200 }));
if (!calibration) throw new Error('these people have pairs of both kinds');
const about = { set, packId: 'made-up', dataSetName: 'made-up people', photosGiven: 410, measuredOn: '2026-01-31' };
const file = curveFileOf({ ...about, calibration });

describe('the curve of a calibration', () => {
  it('is an error curve with what it was measured on', () => {
    expect(readCurveFile(JSON.parse(JSON.stringify(file)))).toEqual({ ok: true, curve: file });
    expect(file.dataSet).toEqual({ name: 'made-up people', people: 200, photos: 410, failedToEnrol: 10, genuinePairs: 200, impostorPairs: (400 * 398) / 2, identityPairs: (200 * 199) / 2 });
    expect(file.fmrFloor).toBe(3 / ((200 * 199) / 2));
  });

  it('claims at every score at least what was counted, and at its end what the pairs of people can show', () => {
    for (const { scoreMin, fmr, fmrMeasured } of file.fmrPoints) {
      expect(fmr).toBeGreaterThan(fmrMeasured);
      expect(fmrUpperBound(file, scoreMin)).toBeGreaterThanOrEqual(fmrMeasured);
    }
    expect(file.fmrPoints.at(-1)?.fmrMeasured).toBe(0);
    expect(fmrUpperBound(file, 1)).toBeGreaterThanOrEqual(file.fmrFloor);
  });

  it('decides', () => {
    const top1Score = file.fmrPoints.at(-1)?.scoreMin ?? 0;
    expect(decideRung({ curve: file, candidateCount: 1, budget: 1e-2, top1Score, top2Score: null }).kind).toBe('face');
    expect(decideRung({ curve: file, candidateCount: 1, budget: 1e-6, top1Score, top2Score: null }).kind).not.toBe('face');
  });

  it('is the same again for the same seed', () => {
    const again = finish(calibrate({ set, scoring: 'cosine', seed: 5, replicates: 200 }));
    expect(again && curveFileOf({ ...about, calibration: again })).toEqual(file);
  });

  it('is held against other data: it holds on its own, a tenth of it does not', () => {
    expect(checkCurve(file, calibration.points)?.holds).toBe(true);
    const boasting = { ...file, safetyFactor: 1, fmrPoints: file.fmrPoints.map((point) => ({ ...point, fmr: point.fmr / 10 })), fmrFloor: file.fmrFloor / 10 };
    expect(checkCurve(boasting, calibration.points)?.holds).toBe(false);
  });

  it('is none of too few people for strangers', () => {
    expect(finish(calibrate({ set, scoring: 'normalised-cosine', seed: 5 }))).toBeNull();
  });
});

describe('readCurveFile refuses', () => {
  const [first, second] = file.fmrPoints;
  const points = (...changed: unknown[]) => ({ fmrPoints: [...changed, ...file.fmrPoints.slice(changed.length)] });
  it.each<[string, unknown]>([
    ['not a JSON object', []],
    ['not a JSON object', null],
    ['format is not', { ...file, format: 'curve' }],
    ['version is not 1', { ...file, version: 2 }],
    ['id is not a text', { ...file, id: '' }],
    ['packId is not a text', { ...file, packId: undefined }],
    ['scoring is none of', { ...file, scoring: 'euclid' }],
    ['measuredOn is not a date', { ...file, measuredOn: 'today' }],
    ['fmrFloor is not above 0', { ...file, fmrFloor: 0 }],
    ['fmrFloor is not above 0', { ...file, fmrFloor: Number.NaN }],
    ['safetyFactor is below 1', { ...file, safetyFactor: 0.5 }],
    ['dataSet has no name', { ...file, dataSet: {} }],
    ['dataSet.people is not a count', { ...file, dataSet: { ...file.dataSet, people: -1 } }],
    ['bootstrap has no replicates', { ...file, bootstrap: {} }],
    ['fmrPoints is not a list', { ...file, fmrPoints: [] }],
    ['fmrPoints[0].scoreMin is not a number', { ...file, ...points({ ...first, scoreMin: '0.9' }) }],
    ['fmrPoints[0].fmr is below the floor', { ...file, ...points({ ...first, fmr: 0, fmrMeasured: 0 }) }],
    ['fmrPoints[0].fmr is below the floor', { ...file, ...points({ ...first, fmr: 1.5 }) }],
    ['fmrPoints[0].fmrMeasured is above its bound', { ...file, ...points({ ...first, fmrMeasured: first.fmr * 2 }) }],
    ['fmrPoints[1].scoreMin does not rise', { ...file, ...points(first, { ...second, scoreMin: first.scoreMin }) }],
    ['fmrPoints[1].fmr rises', { ...file, ...points(first, { ...second, fmr: Math.min(1, first.fmr * 1.1) }) }],
    ['fnmrPoints is not a list', { ...file, fnmrPoints: {} }],
    ['fnmrPoints[0] is not a share', { ...file, fnmrPoints: [{ scoreMin: 0.9, fnmr: 0.1, low: 0.2, high: 0.1 }] }],
  ])('%s', (problem, json) => {
    const reading = readCurveFile(json);
    expect(reading.ok ? 'read' : reading.problem).toContain(problem);
  });
});
