// Passive presentation attack detection: small nets that look at a face and its surroundings and say how much it looks
// like a person and not like a print or a screen. A pack brings its nets; the embedded pack has none that works.
// Each net sees its own cut-out of the whole frame around the detector's box; input NCHW [1, 3, side, side], output logits
// [1, classes], softmax; the score is the mean over the nets of the class that stands for a person.
import type { FaceBox } from './detect.ts';
import type { RgbImage } from './image.ts';
import { spoofModelNames } from './runner.ts';
import type { ModelRunner } from './runner.ts';

export interface SpoofNet {
  /** Pixels of the square input. */
  readonly side: number;
  /** Size of the cut-out in boxes. The larger, the more of a phone's or a print's edge it shows. */
  readonly cropScale: number;
  /**
   * 'inside': the box's own shape, shrunk and shifted until it lies in the frame (Silent-Face). 'reflected': a square over
   * the box's longer side; what lies outside the frame is its mirror image.
   */
  readonly crop: 'inside' | 'reflected';
  readonly channels: 'rgb' | 'bgr';
  /** Input = byte × this. */
  readonly inputScale: number;
  readonly classes: number;
  /** Which class is a person. */
  readonly realIndex: number;
}

/** What each net will look at, cut while the frame is still there: one Float32Array of 3 × side × side a net. */
export function cropsForSpoof(image: RgbImage, box: FaceBox, nets: readonly SpoofNet[]): Float32Array[] {
  return nets.map((net) => cutOut(image, { ...areaOf(image, box, net), net }));
}

/** PAD score, 0..1: 1 looks like a person. null without nets. Wipes the cut-outs. */
export async function scoreSpoof(runner: ModelRunner, crops: readonly Float32Array[], nets: readonly SpoofNet[]): Promise<number | null> {
  if (nets.length === 0) return null;
  let sum = 0;
  for (const [at, net] of nets.entries()) {
    const outputs = await runner.run(spoofModelNames[at], { data: crops[at], dims: [1, 3, net.side, net.side] });
    crops[at].fill(0);
    const [logits] = Object.values(outputs);
    if (logits?.data.length !== net.classes) throw new Error(`spoof net ${at + 1} gave ${logits?.data.length ?? 0} values, its profile says ${net.classes}`);
    sum += shareOf(logits.data, net.realIndex);
  }
  return sum / nets.length;
}

function shareOf(logits: Float32Array, index: number): number {
  const highest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - highest));
  return powers[index] / powers.reduce((a, b) => a + b, 0);
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function areaOf(image: RgbImage, box: FaceBox, { crop, cropScale }: SpoofNet): Area {
  const centreX = box.x + box.width / 2;
  const centreY = box.y + box.height / 2;
  if (crop === 'reflected') {
    const size = Math.max(box.width, box.height) * cropScale;
    return { left: centreX - size / 2, top: centreY - size / 2, width: size, height: size };
  }
  const scale = Math.min(cropScale, image.width / box.width, image.height / box.height);
  const width = box.width * scale;
  const height = box.height * scale;
  return { left: within(centreX - width / 2, image.width - width), top: within(centreY - height / 2, image.height - height), width, height };
}

const within = (value: number, highest: number): number => Math.min(Math.max(value, 0), Math.max(highest, 0));

// Nets of the 'inside' kind were trained on plain bilinear samples; the other kind on areas averaged, so a large cut-out
// takes several samples a cell there.
function cutOut(image: RgbImage, input: Area & { readonly net: SpoofNet }): Float32Array {
  const { left, top, width, height, net } = input;
  const { side, crop, channels, inputScale } = net;
  const stepX = width / side;
  const stepY = height / side;
  const tapsX = crop === 'inside' ? 1 : Math.max(1, Math.ceil(stepX));
  const tapsY = crop === 'inside' ? 1 : Math.max(1, Math.ceil(stepY));
  const plane = side * side;
  const out = new Float32Array(3 * plane);
  const weight = inputScale / (tapsX * tapsY);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      for (let tap = 0; tap < tapsX * tapsY; tap++) {
        const sourceX = left + (x + ((tap % tapsX) + 0.5) / tapsX) * stepX - 0.5;
        const sourceY = top + (y + (Math.floor(tap / tapsX) + 0.5) / tapsY) * stepY - 0.5;
        for (let channel = 0; channel < 3; channel++) {
          const from = channels === 'rgb' ? channel : 2 - channel;
          out[channel * plane + y * side + x] += weight * sampleAt(image, { x: sourceX, y: sourceY, channel: from });
        }
      }
    }
  }
  return out;
}

function sampleAt({ data, width, height }: RgbImage, { x, y, channel }: { readonly x: number; readonly y: number; readonly channel: number }): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const [left, right] = [folded(column, width), folded(column + 1, width)];
  const [upper, lower] = [folded(row, height), folded(row + 1, height)];
  const at = (atRow: number, atColumn: number): number => data[(atRow * width + atColumn) * 3 + channel];
  const above = at(upper, left) + (at(upper, right) - at(upper, left)) * (x - column);
  const below = at(lower, left) + (at(lower, right) - at(lower, left)) * (x - column);
  return above + (below - above) * (y - row);
}

// Mirrored at the edge pixels, which are not repeated: -1 is 1, n is n - 2.
function folded(index: number, count: number): number {
  if (count === 1) return 0;
  const period = 2 * (count - 1);
  const wrapped = ((index % period) + period) % period;
  return wrapped < count ? wrapped : period - wrapped;
}
