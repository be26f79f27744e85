// Finds faces: BlazeFace on the whole picture, letterboxed to 256×256.
// Input: RGB / 127.5 - 1, NHWC [1, 256, 256, 3]. Outputs: scores [1, 512, 1] and [1, 384, 1] (logits),
// boxes [1, 512, 16] and [1, 384, 16]: centre x, y, width, height and six key points x, y, in pixels of
// the 256 square relative to the anchor. Paper: Bazarevsky et al., "BlazeFace", 2019.
import { letterbox } from './image.ts';
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

export const detectorInputSide = 256;

/** All faces, the biggest first, in picture pixels. */
export async function detectFaces(
  runner: ModelRunner,
  image: RgbImage,
  options: DetectOptions = defaultDetectOptions,
): Promise<FaceBox[]> {
  const input = letterbox(image, { side: detectorInputSide, scale: 1 / 127.5, bias: -1 });
  const outputs = await runner.run('detector', { data: input.data, dims: [1, detectorInputSide, detectorInputSide, 3] });
  input.data.fill(0);
  return suppressOverlaps(decodeBoxes(outputs, input, options), options).sort((a, b) => boxSize(b) - boxSize(a));
}

export const boxSize = (box: FaceBox): number => Math.max(box.width, box.height);

interface DetectorOutputs {
  readonly scores: Tensor;
  readonly boxes: Tensor;
}

function decodeBoxes(outputs: Record<string, Tensor>, input: Letterboxed, options: DetectOptions): FaceBox[] {
  const found: FaceBox[] = [];
  for (const grid of anchorGrids) {
    const { scores, boxes } = outputsOfGrid(outputs, anchorCount(grid));
    for (let index = 0; index < anchorCount(grid); index++) {
      const score = sigmoid(scores.data[index]);
      if (score < options.scoreMin) continue;
      found.push(decodeBox(boxes.data.subarray(index * 16, index * 16 + 16), anchorAt(grid, index), score, input));
    }
  }
  return found;
}

// Two grids: 16×16 cells with 2 anchors each, then 8×8 with 6. All anchors of a cell share its centre.
const anchorGrids = [
  { cells: 16, perCell: 2 },
  { cells: 8, perCell: 6 },
] as const;

type AnchorGrid = (typeof anchorGrids)[number];

const anchorCount = (grid: AnchorGrid): number => grid.cells * grid.cells * grid.perCell;

// The outputs are told apart by their shape, so that their names do not matter.
function outputsOfGrid(outputs: Record<string, Tensor>, count: number): DetectorOutputs {
  const all = Object.values(outputs);
  const scores = all.find((tensor) => tensor.data.length === count);
  const boxes = all.find((tensor) => tensor.data.length === count * 16);
  if (!scores || !boxes) throw new Error(`the detector gave no scores and boxes for ${count} anchors`);
  return { scores, boxes };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function anchorAt(grid: AnchorGrid, index: number): Point {
  const cell = Math.floor(index / grid.perCell);
  const column = cell % grid.cells;
  const row = Math.floor(cell / grid.cells);
  return [(column + 0.5) / grid.cells, (row + 0.5) / grid.cells];
}

function decodeBox(raw: Float32Array, anchor: Point, score: number, input: Letterboxed): FaceBox {
  const { squarePx, offsetX, offsetY } = input;
  const inPicture = (dx: number, dy: number): Point => [
    (dx / detectorInputSide + anchor[0]) * squarePx - offsetX,
    (dy / detectorInputSide + anchor[1]) * squarePx - offsetY,
  ];
  const [centreX, centreY] = inPicture(raw[0], raw[1]);
  const width = (raw[2] / detectorInputSide) * squarePx;
  const height = (raw[3] / detectorInputSide) * squarePx;
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
