// Finds faces: BlazeFace on the whole picture, scaled to a long side of 256 or less.
// Input: RGB / 127.5 - 1, NHWC [1, height, width, 3], multiples of 32: the net is convolutional, and black bars would
// cost like picture. Outputs for 256 × 256: scores [1, 512, 1] and [1, 384, 1] (logits), boxes [1, 512, 16] and
// [1, 384, 16]: centre x, y, width, height and six key points x, y, in pixels of the input relative to the anchor.
// Paper: Bazarevsky et al., "BlazeFace", 2019.
import { plainPictures } from './image.ts';
import type { Letterboxed, Point, RgbImage } from './image.ts';
import type { ModelRunner, Tensor } from './runner.ts';

export interface FaceBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Detector confidence 0..1. */
  readonly score: number;
  /** The person's right eye, left eye, nose tip, mouth, right ear, left ear, in picture pixels. */
  readonly keyPoints: readonly Point[];
  /** The person's right eye, left eye, nose tip, right and left mouth corner, from detectors that find them. */
  readonly fivePoints?: readonly Point[];
}

export interface DetectOptions {
  /** Below this confidence a candidate is dropped. */
  readonly scoreMin: number;
  /** Boxes overlapping a better one by more than this (intersection over union) are dropped. */
  readonly overlapMax: number;
}

export const defaultDetectOptions: DetectOptions = { scoreMin: 0.5, overlapMax: 0.3 };

export interface SearchOptions extends DetectOptions {
  /** Looks at a smaller size first and stays there when the biggest face is near: small faces behind it may be missed. */
  readonly quick?: boolean;
}

const fullSide = 256;
const nearSide = 192;

/**
 * A face this big in the small input is near: one of half its size, which the gate must see (`otherFaceSizeMin`), has 24
 * pixels. Measured on 75 pairs of LFW faces mounted into 640×480, the second 0.5 or 0.7 times as big as the first: with 24
 * pixels and more, 374 of 375 were found at 192 and 525 of 525 at 256; with 14 pixels 69 and 71 of 75.
 */
const nearFaceMinPx = 48;

/** All faces, the biggest first, in picture pixels. */
export async function detectFaces(runner: ModelRunner, image: RgbImage, options: SearchOptions = defaultDetectOptions): Promise<FaceBox[]> {
  if (options.quick) {
    const faces = await detectAt(runner, image, { ...options, longSide: nearSide });
    const [biggest] = faces;
    if (biggest && (boxSize(biggest) / Math.max(image.width, image.height)) * nearSide >= nearFaceMinPx) return faces;
  }
  return detectAt(runner, image, { ...options, longSide: fullSide });
}

async function detectAt(runner: ModelRunner, image: RgbImage, options: DetectOptions & { readonly longSide: number }): Promise<FaceBox[]> {
  const { width, height } = inputSize(image, options.longSide);
  const { letterbox } = runner.pictures ?? plainPictures;
  const input = letterbox(image, { width, height, scale: 1 / 127.5, bias: -1 });
  const outputs = await runner.run('detector', { data: input.data, dims: [1, height, width, 3] });
  input.data.fill(0);
  const found = decodeBoxes(outputs, { ...input, width, height }, options);
  return suppressOverlaps(found, options).sort((a, b) => boxSize(b) - boxSize(a));
}

// What the net halves five times.
const sideStep = 32;

function inputSize({ width, height }: RgbImage, longSide: number): { width: number; height: number } {
  const cell = Math.max(width, height) / longSide;
  const side = (px: number): number => Math.ceil(px / cell / sideStep) * sideStep;
  return { width: side(width), height: side(height) };
}

export const boxSize = (box: FaceBox): number => Math.max(box.width, box.height);

interface DetectorOutputs {
  readonly scores: Tensor;
  readonly boxes: Tensor;
}

interface DetectorInput extends Letterboxed {
  readonly width: number;
  readonly height: number;
}

function decodeBoxes(outputs: Record<string, Tensor>, input: DetectorInput, options: DetectOptions): FaceBox[] {
  const found: FaceBox[] = [];
  const logitMin = Math.log(options.scoreMin / (1 - options.scoreMin));
  for (const { stridePx, perCell } of anchorGrids) {
    const grid = { stridePx, perCell, columns: input.width / stridePx };
    const count = grid.columns * (input.height / stridePx) * perCell;
    const { scores, boxes } = outputsOfGrid(outputs, count);
    for (let index = 0; index < count; index++) {
      if (scores.data[index] < logitMin) continue;
      const score = sigmoid(scores.data[index]);
      found.push(decodeBox(boxes.data.subarray(index * 16, index * 16 + 16), anchorAt(grid, index), score, input));
    }
  }
  return found;
}

// Two grids: a cell every 16 pixels with 2 anchors each, then every 32 with 6. All anchors of a cell share its centre.
const anchorGrids = [
  { stridePx: 16, perCell: 2 },
  { stridePx: 32, perCell: 6 },
] as const;

interface AnchorGrid {
  readonly stridePx: number;
  readonly perCell: number;
  readonly columns: number;
}

// The outputs are told apart by their shape, so that their names do not matter.
function outputsOfGrid(outputs: Record<string, Tensor>, count: number): DetectorOutputs {
  const all = Object.values(outputs);
  const scores = all.find((tensor) => tensor.data.length === count);
  const boxes = all.find((tensor) => tensor.data.length === count * 16);
  if (!scores || !boxes) throw new Error(`the detector gave no scores and boxes for ${count} anchors`);
  return { scores, boxes };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function anchorAt({ stridePx, perCell, columns }: AnchorGrid, index: number): Point {
  const cell = Math.floor(index / perCell);
  return [((cell % columns) + 0.5) * stridePx, (Math.floor(cell / columns) + 0.5) * stridePx];
}

function decodeBox(raw: Float32Array, anchor: Point, score: number, input: Letterboxed): FaceBox {
  const { cellPx, offsetX, offsetY } = input;
  const inPicture = (dx: number, dy: number): Point => [(dx + anchor[0]) * cellPx - offsetX, (dy + anchor[1]) * cellPx - offsetY];
  const [centreX, centreY] = inPicture(raw[0], raw[1]);
  const width = raw[2] * cellPx;
  const height = raw[3] * cellPx;
  const keyPoints: Point[] = [];
  for (let i = 4; i < 16; i += 2) keyPoints.push(inPicture(raw[i], raw[i + 1]));
  return { x: centreX - width / 2, y: centreY - height / 2, width, height, score, keyPoints };
}

/** Of boxes that overlap, the most certain. */
export function suppressOverlaps(found: FaceBox[], options: DetectOptions): FaceBox[] {
  const kept: FaceBox[] = [];
  for (const box of found.sort((a, b) => b.score - a.score)) {
    if (kept.every((better) => overlap(box, better) <= options.overlapMax)) kept.push(box);
  }
  return kept;
}

function overlap(a: FaceBox, b: FaceBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (a.width * a.height + b.width * b.height - both);
}
