import { describe, expect, it } from 'vitest';
import { createSeededRandom } from '../calibrate/seeded-random.ts';
import { chooseChallenge, flashStandsMinMs, kindOf, planChallenge } from './challenge.ts';
import type { ChallengeKind, Prompt } from './challenge.ts';

const random = createSeededRandom(4);
const randomBelow = (n: number): number => Math.floor(random() * n);
const choose = (avoid: readonly ChallengeKind[] = []): Prompt[] => chooseChallenge({ randomBelow, avoid }) ?? [];
const many = <Item>(make: () => Item): Item[] => Array.from({ length: 400 }, make);

describe('a challenge', () => {
  it('always asks for a smile and two other kinds, in every order', () => {
    const kinds = many(() => [...new Set(choose().map(kindOf))]);
    for (const one of kinds) expect(one).toHaveLength(3);
    expect(kinds.every((one) => one.includes('smile'))).toBe(true);
    expect(new Set(kinds.map((one) => one.join())).size).toBe(18);
  });

  it('is seldom the same twice', () => {
    expect(new Set(many(() => choose().join())).size).toBeGreaterThan(150);
  });

  it.each([['smile'], ['turn'], ['blink'], ['flash']] as const)('goes without %s for those who cannot', (kind) => {
    for (const challenge of many(() => choose([kind]))) {
      const kinds = new Set(challenge.map(kindOf));
      expect(kinds.has(kind)).toBe(false);
      expect(kinds.size).toBeGreaterThanOrEqual(2);
    }
  });

  it('is refused when less than two kinds are left', () => {
    expect(chooseChallenge({ randomBelow, avoid: ['smile', 'turn', 'flash'] })).toBeNull();
    expect(choose(['smile', 'flash']).map(kindOf).sort()).toEqual(['blink', 'turn']);
  });

  it('never shows more than three colours a second, nor one colour twice in a row', () => {
    for (const challenge of many(() => choose())) {
      const { shown, endsAtMs } = planChallenge(challenge);
      shown.forEach(({ prompt, atMs }, i) => {
        if (kindOf(prompt) !== 'flash') return;
        expect((shown[i + 1]?.atMs ?? endsAtMs) - atMs).toBeGreaterThanOrEqual(flashStandsMinMs);
        expect(shown[i + 1]?.prompt).not.toBe(prompt);
      });
    }
  });

  it('takes at most sixteen frames, in the order of time, some for every prompt', () => {
    for (const challenge of many(() => choose())) {
      const { shown, framesAtMs, endsAtMs } = planChallenge(challenge);
      expect(framesAtMs.length).toBeLessThanOrEqual(16);
      expect(framesAtMs).toEqual([...framesAtMs].sort((a, b) => a - b));
      shown.forEach(({ atMs }, i) => {
        const until = shown[i + 1]?.atMs ?? endsAtMs;
        expect(framesAtMs.some((frame) => frame > atMs && frame < until)).toBe(true);
      });
    }
  });
});
