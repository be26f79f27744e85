import { describe, expect, it } from 'vitest';
import { checkQuality, defaultQualityLimits, measureFace, qualityProblems, relativeSizes } from './quality.ts';
import type { FaceMeasures, QualityProblem } from './quality.ts';

const good: FaceMeasures = {
  yawDegrees: 0,
  pitchDegrees: 0,
  rollDegrees: 0,
  eyeDistancePx: 60,
  sharpness: 16,
  brightness: 116,
  darkShare: 0,
  brightShare: 0,
  insideShare: 1,
  presence: 1,
};

const verdict = (face: Partial<FaceMeasures> | null, sizes: number[] = [1]): QualityProblem | 'ok' => {
  const measures = { faceCount: sizes.length, relativeSizes: sizes, face: face && { ...good, ...face } };
  const answer = checkQuality(measures);
  return answer.ok ? 'ok' : answer.problem;
};

describe('the quality gate', () => {
  it.each<[string, Partial<FaceMeasures> | null, QualityProblem | 'ok']>([
    ['a good frame', {}, 'ok'],
    ['nobody', null, 'no_face'],
    ['something that is no face', { presence: 0.4 }, 'no_face'],
    ['half outside', { insideShare: 0.9 }, 'off_frame'],
    ['far away', { eyeDistancePx: 23 }, 'too_small'],
    ['looking left', { yawDegrees: 36 }, 'turned_away'],
    ['looking right', { yawDegrees: -36 }, 'turned_away'],
    ['looking down', { pitchDegrees: -31 }, 'turned_away'],
    ['lying down', { rollDegrees: 60 }, 'turned_away'],
    ['in the dark', { brightness: 20 }, 'too_dark'],
    ['half in black shade', { darkShare: 0.7 }, 'too_dark'],
    ['in glaring light', { brightness: 230 }, 'too_bright'],
    ['blown out in part', { brightShare: 0.6 }, 'too_bright'],
    ['moving', { sharpness: 1 }, 'too_blurred'],
  ])('%s: %o', (_, face, expected) => {
    expect(verdict(face)).toBe(expected);
  });

  it('knows every problem by at least one case, and says the first of several', () => {
    expect(verdict({ sharpness: 0, brightness: 0, yawDegrees: 90, eyeDistancePx: 1, insideShare: 0 }, [1, 0.9])).toBe('several_faces');
    expect(new Set(qualityProblems).size).toBe(8);
  });

  it('takes only a face of half the size or more for a second payer', () => {
    expect(verdict({}, [1, 0.49, 0.3])).toBe('ok');
    expect(verdict({}, [1, 0.5])).toBe('several_faces');
    expect(defaultQualityLimits.otherFaceSizeMin).toBe(0.5);
  });
});

describe('measures', () => {
  const side = 20;
  const chipOf = (value: (x: number, y: number) => number) => {
    const data = new Float32Array(side * side * 3);
    for (let i = 0; i < data.length; i++) data[i] = value(i % side, Math.floor(i / side) % side);
    return { data, side };
  };
  const image = { data: new Uint8Array(300 * 300 * 3), width: 300, height: 300 };
  const mesh = { points: new Float32Array(468 * 3).fill(10), presence: 1 };
  const measure = (value: (x: number, y: number) => number) => measureFace(image, mesh, chipOf(value));

  it('sharpness is high for edges, low for gradients, and the same in dim light', () => {
    const edges = (x: number): number => (x % 4 < 2 ? 40 : 200);
    expect(measure(edges).sharpness).toBeGreaterThan(500);
    expect(measure((x) => x * 10).sharpness).toBeLessThan(1);
    expect(measure((x) => edges(x) / 4).sharpness).toBeCloseTo(measure(edges).sharpness, 0);
  });

  it('exposure counts what is black and what is blown out', () => {
    const { brightness, darkShare, brightShare } = measure((_, y) => (y < 5 ? 0 : y < 10 ? 255 : 100));
    expect(brightness).toBeCloseTo(113.75, 1);
    expect(darkShare).toBeCloseTo(0.25, 5);
    expect(brightShare).toBeCloseTo(0.25, 5);
  });

  it('counts the points inside the picture', () => {
    const points = new Float32Array(468 * 3).fill(10);
    points.fill(-5, 0, 117 * 3);
    expect(measureFace(image, { points, presence: 1 }, chipOf(() => 1)).insideShare).toBeCloseTo(0.75, 5);
  });

  it('relative sizes start with the biggest', () => {
    const box = (width: number) => ({ x: 0, y: 0, width, height: 10, score: 1, keyPoints: [] });
    expect(relativeSizes([box(50), box(200), box(100)])).toEqual([1, 0.5, 0.25]);
    expect(relativeSizes([])).toEqual([]);
  });
});
