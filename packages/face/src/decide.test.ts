import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apartMin, asksDigits, decideDigits, decideRung, digitsFalsePositiveBound, digitsTriesMax, evidenceFmrMax, falsePositiveBound, fmrUpperBound, looksPerPaymentMax, marginMin, rungShare, rungThresholds, rungs } from './decide.ts';
import type { DecideInput, ErrorCurve, RungDecision } from './decide.ts';
import { decadesCurve } from './testing/decades-curve.ts';

const curve = decadesCurve;
const million = 1e-6;
const sandbox = 1e-3;

describe('which rung a score reaches', () => {
  // score, second best, people, budget, rung
  it.each<[number, number | null, number, number, RungDecision['kind']]>([
    [0.963, 0.9, 1, million, 'face_digits'],
    [0.963, 0.9, 83, million, 'face_digits'],
    [0.963, 0.9, 84, million, 'face_pin'],
    [0.963, 0.9, 250, million, 'face_pin'],
    [0.963, 0.9, 251, million, 'face_digits_pin'],
    [0.963, 0.95, 83, million, 'face_digits'],
    // No clear gap: no name before digits.
    [0.963, 0.95, 84, million, 'face_digits_pin'],
    [0.931, 0.9, 1_000, million, 'face_digits_pin'],
    [0.93, 0.9, 1_000, million, 'none'],
    [0.99, 0.9, 800_000, million, 'face_digits_pin'],
    [0.99, 0.9, 900_000, million, 'none'],
    [0.963, 0.9, 20, sandbox, 'face'],
    [0.963, null, 20, sandbox, 'face'],
    [0.95, 0.9, 1, sandbox, 'face'],
    [0.963, 0.9, 50, sandbox, 'face'],
    [0.963, 0.9, 51, sandbox, 'face_digits'],
    [0.963, 0.95, 20, sandbox, 'face_digits'],
    [0.93, 0.9, 20, sandbox, 'face_digits'],
    [0.911, 0.9, 8, sandbox, 'face_digits'],
    [0.911, 0.9, 9, sandbox, 'face_digits_pin'],
    [0.9109, 0.8, 1, sandbox, 'none'],
    [Number.NaN, 0.8, 1, sandbox, 'none'],
    [0.99, 0.8, Number.NaN, sandbox, 'none'],
    [0.99, 0.8, 1, Number.NaN, 'none'],
    [0.99, 0.8, 1, 0, 'none'],
  ])('score %s, runner-up %s, %s people, budget %s: %s', (top1Score, top2Score, candidateCount, budget, kind) => {
    expect(decideRung({ curve, top1Score, top2Score, candidateCount, budget }).kind).toBe(kind);
  });

  it('leaves out rungs that are not allowed', () => {
    const input: DecideInput = { curve, top1Score: 0.963, top2Score: 0.9, candidateCount: 20, budget: sandbox };
    expect(decideRung({ ...input, allowed: ['face_digits', 'face_pin'] }).kind).toBe('face_digits');
    expect(decideRung({ ...input, allowed: ['face_pin'] }).kind).toBe('face_pin');
    expect(decideRung({ ...input, allowed: ['face_digits_pin'] }).kind).toBe('face_digits_pin');
    expect(decideRung({ ...input, top2Score: 0.96, allowed: ['face_pin'] }).kind).toBe('none');
    expect(decideRung({ ...input, allowed: [] }).kind).toBe('none');
  });

  it('says that only the gap to the second best was missing', () => {
    const decision = decideRung({ curve, top1Score: 0.963, top2Score: 0.96, candidateCount: 20, budget: sandbox });
    expect(decision.marginTooSmall).toBe(true);
    expect(decision.kind).toBe('face_digits');
  });
});

describe('the curve', () => {
  it('is the measured share at a measured point, log-linear between, level past the end, unknown before the start', () => {
    expect(fmrUpperBound(curve, 0.929)).toBe(1e-3);
    expect(fmrUpperBound(curve, 0.936)).toBeCloseTo(10 ** -3.5, 8);
    expect(fmrUpperBound(curve, 1)).toBe(1e-6);
    expect(fmrUpperBound(curve, 0.9109)).toBe(1);
    expect(fmrUpperBound({ ...curve, fmrPoints: [] }, 1)).toBe(1);
  });

  it('never claims less than the amount of data can', () => {
    const boastful: ErrorCurve = { ...curve, fmrPoints: [...curve.fmrPoints, { scoreMin: 0.99, fmr: 1e-12 }] };
    expect(fmrUpperBound(boastful, 0.99)).toBe(curve.fmrFloor);
  });
});

describe('once digits are typed', () => {
  const input = { curve, candidateCount: 20, budget: million, top1Score: 0.962, top2Score: null };

  it('the rung is the one planned when nobody else has them', () => {
    const decided = decideDigits({ ...input, matchingCount: 1 });
    expect(decided).toMatchObject({ rung: 'face_digits', threshold: rungThresholds(input).face_digits });
    expect(decideDigits({ ...input, top1Score: 0.95, matchingCount: 1 })).toMatchObject({ rung: 'face_digits_pin', threshold: rungThresholds(input).face_digits_pin });
    expect(decideDigits({ ...input, top1Score: 0.9, matchingCount: 1 })).toBeNull();
  });

  it('others who share them are each a stranger the face must tell apart: a higher threshold, and a PIN', () => {
    const shared = decideDigits({ ...input, matchingCount: 2 });
    expect(shared?.rung).toBe('face_digits_pin');
    expect(shared?.threshold).toBeGreaterThan(rungThresholds(input).face_digits_pin ?? 1);
    expect(decideDigits({ ...input, top1Score: 0.94, matchingCount: 2 })).toBeNull();
  });

  it('two of them who look alike get no name shown', () => {
    expect(decideDigits({ ...input, top2Score: 0.955, matchingCount: 2 })).toBeNull();
  });

  it('a rung that is not allowed is passed over', () => {
    expect(decideDigits({ ...input, allowed: ['face', 'face_digits_pin'], matchingCount: 1 })?.rung).toBe('face_digits_pin');
    expect(decideDigits({ ...input, allowed: ['face'], matchingCount: 1 })).toBeNull();
  });
});

describe('the bound of digits', () => {
  it('counts people, not looks: where everybody reaches the score, digits alone stand between them', () => {
    const reached = { curve: { ...curve, safetyFactor: 100 }, score: 0.911 };
    expect(digitsFalsePositiveBound({ ...reached, candidateCount: 1_000 })).toBeGreaterThan(0.29);
    // FPIR x 1e-4 would have said a thousandth of that.
    expect(falsePositiveBound({ ...reached, candidateCount: 1_000 }) * digitsTriesMax * 1e-4).toBeLessThan(3.1e-4);
  });

  it('is that of the people who have them, when they are more than chance has it', () => {
    const two = digitsFalsePositiveBound({ curve, candidateCount: 1_000, score: 0.963, matchingCount: 2 });
    expect(two).toBeCloseTo(digitsTriesMax * falsePositiveBound({ curve, candidateCount: 1, score: 0.963 }), 12);
    expect(digitsFalsePositiveBound({ curve, candidateCount: 1_000, score: 0.963, matchingCount: 1 })).toBeCloseTo(two / 10, 10);
  });
});

describe('tries at the digits of one look', () => {
  const chanceOfOneTry = 1e-4;

  it.each([million, sandbox])('spend no more than their share of a budget of %s, all of them together', (budget) => {
    const input = { curve, candidateCount: 20, budget };
    const threshold = rungThresholds(input).face_digits ?? 0;
    const spent = digitsTriesMax * falsePositiveBound({ ...input, score: threshold }) * chanceOfOneTry;
    expect(spent).toBeLessThanOrEqual(rungShare('face_digits', budget));
    // Control: judged as a single try, a lower score would have passed, and three tries would have spent more than there is.
    const single = rungThresholds({ ...input, budget: budget * digitsTriesMax }).face_digits ?? 1;
    expect(digitsTriesMax * falsePositiveBound({ ...input, score: single }) * chanceOfOneTry).toBeGreaterThan(rungShare('face_digits', budget));
  });
});

const score = fc.double({ min: 0.85, max: 1, noNaN: true });
const people = fc.integer({ min: 1, max: 1_000_000 });
const budgets = fc.double({ min: 1e-9, max: 1e-2, noNaN: true });
const input = fc.record({ top1Score: score, candidateCount: people, budget: budgets });
const effort = (decision: RungDecision): number => (decision.kind === 'none' ? rungs.length : rungs.indexOf(decision.kind));
const decide = (each: { top1Score: number; candidateCount: number; budget: number }): RungDecision =>
  decideRung({ curve, top2Score: 0.5, ...each });

describe('for any score, gallery and budget', () => {
  it('the effort never falls when people are added, and never rises with a better score or a larger budget', () => {
    fc.assert(
      fc.property(input, people, score, budgets, (each, morePeople, otherScore, otherBudget) => {
        const base = effort(decide(each));
        expect(effort(decide({ ...each, candidateCount: each.candidateCount + morePeople }))).toBeGreaterThanOrEqual(base);
        expect(effort(decide({ ...each, top1Score: Math.max(each.top1Score, otherScore) }))).toBeLessThanOrEqual(base);
        expect(effort(decide({ ...each, budget: Math.max(each.budget, otherBudget) }))).toBeLessThanOrEqual(base);
      }),
    );
  });

  // Recomputed from the definition, not by the code under test.
  const perPerson = (threshold: number): number => Math.min(1, curve.safetyFactor * fmrUpperBound(curve, threshold));
  const wrongName = (threshold: number, candidateCount: number, digits: boolean): number =>
    digits ? 3 * (1 - (1 - perPerson(threshold)) ** (candidateCount * 1e-4)) : 1 - (1 - perPerson(threshold)) ** candidateCount;
  const pins = { face: 1, face_digits: 1, face_pin: 5e-6, face_digits_pin: 5e-6 };
  const shares = { face: 0.6, face_digits: 0.3, face_pin: 0.05, face_digits_pin: 0.05 };
  const keepsBudget = (decideFor: typeof decide) =>
    fc.property(input, (each) => {
      const { kind, threshold } = decideFor(each);
      if (kind === 'none' || threshold === null) return true;
      const spent = wrongName(threshold, each.candidateCount, asksDigits(kind)) * pins[kind];
      return each.top1Score >= threshold && spent <= ((each.budget / looksPerPaymentMax) * shares[kind]) * (1 + 1e-6);
    });

  it('the threshold keeps its part of the budget', () => {
    fc.assert(keepsBudget(decide), { numRuns: 1000 });
  });

  it('which a decision that bypasses the budget does not (positive control)', () => {
    const bypassed = (each: { top1Score: number; candidateCount: number; budget: number }) => decide({ ...each, budget: 1 });
    expect(fc.check(keepsBudget(bypassed), { numRuns: 1000 }).failed).toBe(true);
  });

  it('the bound it states is at least the true one and within its share', () => {
    fc.assert(
      fc.property(input, (each) => {
        const { kind, bound, share, threshold } = decide(each);
        if (kind === 'none') {
          expect([bound, share, threshold]).toEqual([null, null, null]);
          return;
        }
        expect(share).toBe(rungShare(kind, each.budget));
        expect(bound).toBeLessThanOrEqual(share ?? 0);
      }),
    );
  });

  it('no masked name is shown where the chance of a wrong one is above one in a thousand', () => {
    fc.assert(
      fc.property(input, (each) => {
        const { kind, threshold } = decide(each);
        if (kind === 'none' || threshold === null) return;
        expect(wrongName(threshold, each.candidateCount, asksDigits(kind))).toBeLessThanOrEqual(1e-3 * (1 + 1e-6));
      }),
    );
  });

  it('whatever digits and PIN would carry, the face says something', () => {
    fc.assert(
      fc.property(input, ({ candidateCount, budget }) => {
        const thresholds = Object.values(rungThresholds({ curve, candidateCount, budget })).filter((threshold) => threshold !== null);
        for (const threshold of thresholds) expect(fmrUpperBound(curve, threshold)).toBeLessThanOrEqual(evidenceFmrMax);
      }),
    );
  });

  it('no masked name is shown while another person scores nearly as well', () => {
    fc.assert(
      fc.property(input, fc.double({ min: 0, max: marginMin(curve) * 0.999, noNaN: true }), (each, gap) => {
        const { kind } = decideRung({ curve, ...each, top2Score: each.top1Score - gap });
        expect(kind === 'none' || asksDigits(kind)).toBe(true);
      }),
    );
  });

  it('the parts of all rungs and looks add up to no more than the budget', () => {
    const sum = rungs.reduce((total, rung) => total + looksPerPaymentMax * rungShare(rung, million), 0);
    expect(sum).toBeLessThanOrEqual(million * (1 + 1e-12));
  });
});

describe('the margin', () => {
  it('is what a tenfold in FMR takes on this curve', () => {
    expect(marginMin(curve)).toBeCloseTo((0.954 - 0.911) / 3, 12);
    const wider: ErrorCurve = { ...curve, fmrPoints: [{ scoreMin: 0.3, fmr: 1e-2 }, { scoreMin: 0.5, fmr: 1e-4 }] };
    expect(marginMin(wider)).toBeCloseTo(0.1, 12);
  });

  it('is beyond reach where the curve does not say what a tenfold takes', () => {
    expect(marginMin({ ...curve, fmrPoints: [{ scoreMin: 0.3, fmr: 1e-2 }] })).toBe(Infinity);
    expect([apartMin(curve), apartMin({ ...curve, fmrPoints: [] })]).toEqual([expect.closeTo(0.954 - 0.911, 12), Infinity]);
  });
});
