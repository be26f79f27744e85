// A made-up picture and the embedding the recogniser must give for it: nobody's face, so it may be published,
// and yet any mistake in conversion, cache or runtime shows.
import type { ModelRunner } from '../../runner.ts';
import { referenceEmbedding } from './reference-values.ts';

const side = 150;

/** The largest difference of any value that still counts as the same net (float32 against float32). */
export const referenceDifferenceMax = 1e-3;

export interface ReferenceCheck {
  readonly ok: boolean;
  /** The largest absolute difference of the 128 values. */
  readonly differenceMax: number;
}

export async function checkReference(runner: ModelRunner): Promise<ReferenceCheck> {
  const outputs = await runner.run('recogniser', { data: referencePlanes(), dims: [1, 3, side, side] });
  const [output] = Object.values(outputs);
  if (output?.data.length !== referenceEmbedding.length) return { ok: false, differenceMax: Infinity };
  let differenceMax = 0;
  referenceEmbedding.forEach((value, i) => {
    differenceMax = Math.max(differenceMax, Math.abs(value - output.data[i]));
  });
  return { ok: differenceMax <= referenceDifferenceMax, differenceMax };
}

/** 150 × 150 × 3 bytes, HWC: an oval with darker spots where eyes and mouth would be, a gradient and grain. */
export function referencePicture(): Uint8Array {
  const bytes = new Uint8Array(side * side * 3);
  let seed = 12_345;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const light = 60 + y / 2 + oval(x, y, 75, 78, 52, 66) * 90 - spots(x, y) * 70;
      for (let channel = 0; channel < 3; channel++) {
        // Numerical Recipes' generator; products stay below 2^53, so every machine agrees.
        seed = (seed * 1_664_525 + 1_013_904_223) % 4_294_967_296;
        const grain = Math.floor(seed / 268_435_456);
        bytes[(y * side + x) * 3 + channel] = Math.max(0, Math.min(255, Math.floor(light * (1 - channel * 0.125)) + grain));
      }
    }
  }
  return bytes;
}

function referencePlanes(): Float32Array {
  const bytes = referencePicture();
  const planes = new Float32Array(bytes.length);
  const plane = side * side;
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) planes[channel * plane + i] = bytes[i * 3 + channel];
  }
  return planes;
}

function spots(x: number, y: number): number {
  return oval(x, y, 52, 62, 12, 6) + oval(x, y, 98, 62, 12, 6) + oval(x, y, 75, 112, 22, 8) + oval(x, y, 75, 88, 8, 5);
}

// 1 in the middle, falling to 0 at the rim. Sums and products only: exact on every machine.
function oval(x: number, y: number, centreX: number, centreY: number, radiusX: number, radiusY: number): number {
  const dx = (x - centreX) / radiusX;
  const dy = (y - centreY) / radiusY;
  return Math.max(0, 1 - dx * dx - dy * dy);
}
