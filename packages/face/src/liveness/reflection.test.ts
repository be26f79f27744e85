import { describe, expect, it } from 'vitest';
import type { Prompt } from './challenge.ts';
import { livenessLimits } from './judge.ts';
import { reflectionOf } from './reflection.ts';

type Rgb = readonly [number, number, number];
const skin: Rgb = [180, 140, 120];
const wall: Rgb = [120, 125, 130];
const lit = (colour: Rgb, by: Rgb): Rgb => [colour[0] * (1 + by[0]), colour[1] * (1 + by[1]), colour[2] * (1 + by[2])];
const screen: Partial<Record<Prompt, Rgb>> = { flash_red: [0.1, 0.005, 0.005], flash_green: [0.005, 0.1, 0.005], flash_blue: [0.005, 0.005, 0.1] };
const rest = [{ skin, background: wall }];
const sequence: readonly Prompt[] = ['flash_red', 'flash_blue', 'flash_red', 'flash_green'];
const answers = (colours: readonly Prompt[], shop: Rgb = [0, 0, 0]) =>
  sequence.map((prompt, i) => ({ prompt, frame: { skin: lit(lit(skin, screen[colours[i]!] ?? [0, 0, 0]), shop), background: lit(wall, shop) } }));
const passes = (found: ReturnType<typeof reflectionOf>) =>
  found !== null && found.strength >= livenessLimits.flashStrengthMin && found.margin >= livenessLimits.flashMarginMin;

describe('the colour on the face', () => {
  it('follows the screen', () => {
    expect(passes(reflectionOf(rest, answers(sequence)))).toBe(true);
  });

  it('does so when the shop\'s own light changes meanwhile', () => {
    expect(passes(reflectionOf(rest, answers(sequence, [0.3, 0.1, -0.1])))).toBe(true);
  });

  it.each([
    ['another sequence', ['flash_blue', 'flash_red', 'flash_green', 'flash_red']],
    ['one wrong colour', ['flash_red', 'flash_blue', 'flash_green', 'flash_green']],
    ['no light at all', ['smile', 'smile', 'smile', 'smile']],
  ] as const)('is not there with %s', (_what, colours) => {
    expect(passes(reflectionOf(rest, answers(colours)))).toBe(false);
  });

  it('counts for nothing when all of the picture is tinted alike', () => {
    const tinted = sequence.map((prompt) => ({ prompt, frame: { skin: lit(skin, screen[prompt] ?? [0, 0, 0]), background: lit(wall, screen[prompt] ?? [0, 0, 0]) } }));
    expect(passes(reflectionOf(rest, tinted))).toBe(false);
  });
});
