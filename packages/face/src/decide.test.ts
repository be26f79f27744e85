import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRung, digitsThreshold, digitsTriesMax, explainDecision, falsePositiveBound, fmrUpperBound, looksPerPaymentMax, marginMin, rungShare, rungThresholds, rungs } from './decide.ts';
import type { DecideInput, ErrorCurve, RungDecision } from './decide.ts';
import { embeddedCurve } from './models/embedded/curve.ts';

const curve = embeddedCurve;
const million = 1e-6;
const sandbox = 1e-3;

describe('which rung a score reaches', () => {
  // score, second best, people, budget, rung
  it.each<[number, number | null, number, number, RungDecision['kind']]>([
    [0.963, 0.9, 1, million, 'face_digits'],
    [0.963, 0.9, 27, million, 'face_digits'],
    [0.963, 0.9, 28, million, 'face_pin'],
    [0.963, 0.9, 250, million, 'face_pin'],
    [0.963, 0.9, 251, million, 'none'],
    [0.963, 0.954, 27, million, 'face_digits'],
    [0.963, 0.954, 28, million, 'none'],
    [0.99, 0.9, 10_000, million, 'none'],
    [0.963, 0.9, 20, sandbox, 'face'],
    [0.963, null, 20, sandbox, 'face'],
    [0.95, 0.9, 1, sandbox, 'face'],
    [0.963, 0.9, 66, sandbox, 'face'],
    [0.963, 0.9, 67, sandbox, 'face_digits'],
    [0.963, 0.954, 20, sandbox, 'face_digits'],
    [0.93, 0.9, 20, sandbox, 'face_digits'],
    [0.911, 0.9, 2, sandbox, 'face_digits'],
    [0.911, 0.9, 3, sandbox, 'none'],
    [0.9, 0.8, 1, sandbox, 'none'],
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

describe('digits that several people share', () => {
  it('count as that many times less selective', () => {
    const input = { curve, candidateCount: 20, budget: million };
    const alone = digitsThreshold({ ...input, matchingCount: 1 });
    expect(alone).not.toBeNull();
    expect(digitsThreshold({ ...input, matchingCount: 2 })).toBeNull();
    expect(alone).toBe(decideRung({ ...input, top1Score: 0.97, top2Score: 0.9 }).thresholds.face_digits);
  });
});

describe('tries at the digits of one look', () => {
  const chanceOfOneTry = 1e-4;

  it.each([million, sandbox])('spend no more than their share of a budget of %s, all of them together', (budget) => {
    const input = { curve, candidateCount: 20, budget };
    const threshold = digitsThreshold({ ...input, matchingCount: 1 }) ?? 0;
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
  const wrongChance = (threshold: number, candidateCount: number): number =>
    1 - (1 - Math.min(1, curve.safetyFactor * fmrUpperBound(curve, threshold))) ** candidateCount;
  const multipliers = { face: 1, face_digits: 3e-4, face_pin: 1e-6 };
  const shares = { face: 0.8, face_digits: 0.1, face_pin: 0.1 };
  const keepsBudget = (decideFor: typeof decide) =>
    fc.property(input, (each) => {
      const { kind, threshold } = decideFor(each);
      if (kind === 'none' || threshold === null) return true;
      const spent = wrongChance(threshold, each.candidateCount) * multipliers[kind];
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
        if (kind !== 'face' && kind !== 'face_pin') return;
        expect(falsePositiveBound({ curve, candidateCount: each.candidateCount, score: threshold ?? 0 })).toBeLessThanOrEqual(1e-3);
      }),
    );
  });

  it('no masked name is shown while another person scores nearly as well', () => {
    fc.assert(
      fc.property(input, fc.double({ min: 0, max: marginMin * 0.999, noNaN: true }), (each, gap) => {
        const { kind } = decideRung({ curve, ...each, top2Score: each.top1Score - gap });
        expect(['none', 'face_digits']).toContain(kind);
      }),
    );
  });

  it('the parts of all rungs and looks add up to no more than the budget', () => {
    const sum = rungs.reduce((total, rung) => total + looksPerPaymentMax * rungShare(rung, million), 0);
    expect(sum).toBeLessThanOrEqual(million * (1 + 1e-12));
  });
});

describe('the sentence', () => {
  it('names rarity, people, threshold and rung', () => {
    const decision = decideRung({ curve, top1Score: 0.97, top2Score: 0.9, candidateCount: 204, budget: million });
    expect(explainDecision(decision)).toMatch(/^at most 1 in 1\.0 billion at 204 people: threshold 0\.962, face \+ PIN$/);
  });

  it('says when nothing is justified', () => {
    const decision = decideRung({ curve, top1Score: 0.5, top2Score: 0.4, candidateCount: 1204, budget: million });
    expect(explainDecision(decision)).toBe('at 1,204 people this score justifies no charge');
  });
});
