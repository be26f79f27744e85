import { describe, expect, it } from 'vitest';
import { chooseHint, hintDelayMs, hintStayMs, goodEnoughMs, isReady, startGuidance, stepGuidance, type Hint, type SeenFace } from './hint.ts';

const good: SeenFace = { centreX: 0.5, centreY: 0.5, size: 0.45, turn: 0, luma: 120 };
const nothingYet = { shown: null, last: null };

describe('chooseHint', () => {
  const table: [string, SeenFace[], Hint | null][] = [
    ['a well placed face', [good], null],
    ['nobody', [], 'look_here'],
    ['far away', [{ ...good, size: 0.12 }], 'closer'],
    ['too near', [{ ...good, size: 0.95 }], 'further'],
    ['left in the camera picture: too far to their right', [{ ...good, centreX: 0.2 }], 'left'],
    ['right in the camera picture', [{ ...good, centreX: 0.8 }], 'right'],
    ['looking aside', [{ ...good, turn: 0.6 }], 'look_here'],
    ['dark', [{ ...good, luma: 30 }], 'more_light'],
    ['two of one size', [good, { ...good, centreX: 0.8, size: 0.4 }], 'one_person'],
    ['somebody far behind', [good, { ...good, centreX: 0.8, size: 0.15 }], null],
    ['two people, far away and dark: still one hint', [{ ...good, size: 0.1, luma: 9 }, { ...good, size: 0.1 }], 'one_person'],
  ];
  it.each(table)('%s', (_name, faces, hint) => {
    expect(chooseHint({ atMs: 1000, faces }, nothingYet)).toBe(hint);
  });

  it('asks to hold still when the face runs across the picture', () => {
    const last = { atMs: 900, centreX: 0.35, centreY: 0.5 };
    expect(chooseHint({ atMs: 1000, faces: [good] }, { shown: null, last })).toBe('hold_still');
    expect(chooseHint({ atMs: 1000, faces: [good] }, { shown: null, last: { ...last, centreX: 0.49 } })).toBeNull();
  });

  it('lets a shown hint go only past its margin', () => {
    const between = [{ ...good, size: 0.21 }];
    expect(chooseHint({ atMs: 0, faces: between }, nothingYet)).toBeNull();
    expect(chooseHint({ atMs: 0, faces: between }, { shown: 'closer', last: null })).toBe('closer');
  });
});

describe('stepGuidance', () => {
  const run = (frames: [number, SeenFace[]][]) =>
    frames.reduce((guidance, [atMs, faces]) => stepGuidance(guidance, { atMs, faces }), startGuidance(0));
  const far = [{ ...good, size: 0.1 }];

  it('shows a hint only after it held', () => {
    expect(run([[0, far], [hintDelayMs - 1, far]]).shown).toBeNull();
    expect(run([[0, far], [hintDelayMs, far]]).shown).toBe('closer');
  });

  it('does not flicker when one frame disagrees', () => {
    const guidance = run([[0, far], [400, far], [500, []], [600, far]]);
    expect(guidance.shown).toBe('closer');
  });

  it('keeps a hint long enough to be read', () => {
    const dark = [{ ...good, luma: 10 }];
    const early = run([[0, far], [400, far], [500, dark], [400 + hintStayMs - 1, dark]]);
    expect(early.shown).toBe('closer');
    expect(stepGuidance(early, { atMs: 400 + hintStayMs, faces: dark }).shown).toBe('more_light');
  });

  it('is ready after a calm moment, and not after an interrupted one', () => {
    const calm = run([[0, [good]], [goodEnoughMs, [good]]]);
    expect(isReady(calm, goodEnoughMs)).toBe(true);
    const broken = run([[0, [good]], [300, []], [400, [good]], [goodEnoughMs, [good]]]);
    expect(isReady(broken, goodEnoughMs)).toBe(false);
  });
});
