// Whether the face shone in the colours the screen showed. The screen is the nearest lamp, so its colour is stronger on
// the face than behind it; taking the difference of the two removes the shop's own light and the camera's white balance.
import type { Colour, FrameEvidence } from './evidence.ts';
import { median } from './movement.ts';
import type { Prompt } from './challenge.ts';

type Lit = Pick<FrameEvidence, 'skin' | 'background'>;
/** ln(red / green), ln(blue / green). */
type Chroma = readonly [number, number];

export interface Reflection {
  /** The weakest flash's shift towards its own colour, in units of log chroma. */
  readonly strength: number;
  /** By how much the right colour explains the weakest flash better than the next one does (difference of cosines, -2..2). */
  readonly margin: number;
}

const directions: readonly (readonly [prompt: Prompt, direction: Chroma])[] = [
  ['flash_red', [1, 0]],
  ['flash_green', [-Math.SQRT1_2, -Math.SQRT1_2]],
  ['flash_blue', [0, 1]],
];

/** `flashes`: one frame for each colour shown, in any order. Null when there was nothing behind the face to compare with. */
export function reflectionOf(rest: readonly Lit[], flashes: readonly { readonly prompt: Prompt; readonly frame: Lit }[]): Reflection | null {
  const still = rest.map(relativeChroma);
  const base: Chroma = [median(still.map(([red]) => red)), median(still.map(([, blue]) => blue))];
  let [strength, margin] = [Number.POSITIVE_INFINITY, 2];
  for (const { prompt, frame } of flashes) {
    const [red, blue] = relativeChroma(frame);
    const shift: Chroma = [red - base[0], blue - base[1]];
    const length = Math.hypot(...shift) || 1;
    const likeness = (of: Prompt): number => along(shift, of) / length;
    const others = directions.map(([other]) => other).filter((other) => other !== prompt);
    strength = Math.min(strength, along(shift, prompt));
    margin = Math.min(margin, likeness(prompt) - Math.max(...others.map(likeness)));
  }
  return flashes.length > 0 && Number.isFinite(strength) ? { strength, margin } : null;
}

function along([red, blue]: Chroma, prompt: Prompt): number {
  const direction = directions.find(([name]) => name === prompt)?.[1] ?? [0, 0];
  return red * direction[0] + blue * direction[1];
}

// Without a background the face speaks alone: the shop's light is in it then, but it does not change within a second.
function relativeChroma({ skin, background }: Lit): Chroma {
  const [face, behind] = [chroma(skin), background ? chroma(background) : ([0, 0] as const)];
  return [face[0] - behind[0], face[1] - behind[1]];
}

const chroma = ([red, green, blue]: Colour): Chroma => [Math.log((red + 1) / (green + 1)), Math.log((blue + 1) / (green + 1))];
