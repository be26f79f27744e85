// Finds faces with YuNet: five landmarks a face, and small faces that BlazeFace misses.
// Input: BGR 0..255, NCHW [1, 3, side, side]. Outputs for each stride of 8, 16 and 32, one row a cell: cls_ and obj_ [1, n, 1]
// (0..1), bbox_ [1, n, 4] (centre offset in cells, logarithm of the size in cells), kps_ [1, n, 10] (offsets in cells).
// Paper: Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023.
import { boxSize, suppressOverlaps } from './detect.ts';
import type { DetectOptions, FaceBox } from './detect.ts';
import { midpoint, plainPictures } from './image.ts';
import type { Pictures, Point, RgbImage } from './image.ts';
import type { ModelRunner, Tensor } from './runner.ts';

export interface YunetOptions extends DetectOptions {
  /** Side of the net's square input, a multiple of 32. */
  readonly inputSide: number;
}

const strides = [8, 16, 32] as const;

/** All faces, the biggest first, in picture pixels, each with `fivePoints`. */
export async function detectFacesYunet(runner: ModelRunner, image: RgbImage, options: YunetOptions): Promise<FaceBox[]> {
  const { inputSide } = options;
  const data = squareInput(runner.pictures ?? plainPictures, image, inputSide);
  const outputs = await runner.run('detector', { data, dims: [1, 3, inputSide, inputSide] });
  data.fill(0);
  const place = placeOf(image, inputSide);
  const found = strides.flatMap((stride) => decodeStride(outputs, { stride, place, options }));
  return suppressOverlaps(found, options).sort((a, b) => boxSize(b) - boxSize(a));
}

/** Where the picture lies in the net's square: scale and margins. */
interface Place {
  readonly pixelsPerCell: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

function placeOf({ width, height }: RgbImage, side: number): Place {
  const squarePx = Math.max(width, height);
  return { pixelsPerCell: squarePx / side, offsetX: (squarePx - width) / 2, offsetY: (squarePx - height) / 2 };
}

// A big picture is averaged down, a small one interpolated up: each where the other would alias.
function squareInput({ letterbox, warp }: Pictures, image: RgbImage, side: number): Float32Array {
  const plane = side * side;
  const bgr = new Float32Array(3 * plane);
  const { pixelsPerCell, offsetX, offsetY } = placeOf(image, side);
  if (pixelsPerCell < 1) {
    // Pixel centres lie on whole numbers: half a cell in is half a pixel in.
    const shift = pixelsPerCell / 2 - 0.5;
    const toSource = [pixelsPerCell, 0, shift - offsetX, 0, pixelsPerCell, shift - offsetY] as const;
    const rgb = warp(image, { toSource, width: side, height: side, layout: 'chw', scale: 1, bias: 0 });
    for (let channel = 0; channel < 3; channel++) bgr.set(rgb.subarray((2 - channel) * plane, (3 - channel) * plane), channel * plane);
    rgb.fill(0);
    return bgr;
  }
  const boxed = letterbox(image, { width: side, height: side, scale: 1, bias: 0 });
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) bgr[channel * plane + i] = boxed.data[3 * i + 2 - channel];
  }
  boxed.data.fill(0);
  return bgr;
}

function decodeStride(
  outputs: Record<string, Tensor>,
  input: { readonly stride: number; readonly place: Place; readonly options: YunetOptions },
): FaceBox[] {
  const { stride, place, options } = input;
  const columns = options.inputSide / stride;
  const [classes, objects, boxes, points] = ['cls', 'obj', 'bbox', 'kps'].map((name) => outputOf(outputs, `${name}_${stride}`));
  const found: FaceBox[] = [];
  for (let cell = 0; cell < columns * columns; cell++) {
    // As OpenCV's FaceDetectorYN scores a cell.
    const score = Math.sqrt(share(classes.data[cell]) * share(objects.data[cell]));
    if (score < options.scoreMin) continue;
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    const inPicture = (x: number, y: number): Point => [
      (column + x) * stride * place.pixelsPerCell - place.offsetX,
      (row + y) * stride * place.pixelsPerCell - place.offsetY,
    ];
    found.push(decodeFace({ box: boxes.data.subarray(cell * 4, cell * 4 + 4), points: points.data.subarray(cell * 10, cell * 10 + 10), score, inPicture, cellPx: stride * place.pixelsPerCell }));
  }
  return found;
}

function outputOf(outputs: Record<string, Tensor>, name: string): Tensor {
  const output = outputs[name];
  if (!output) throw new Error(`the detector has no output ${name}: not a YuNet`);
  return output;
}

const share = (value: number): number => Math.min(1, Math.max(0, value));

function decodeFace(input: {
  readonly box: Float32Array;
  readonly points: Float32Array;
  readonly score: number;
  readonly inPicture: (x: number, y: number) => Point;
  readonly cellPx: number;
}): FaceBox {
  const { box, points, score, inPicture, cellPx } = input;
  const [centreX, centreY] = inPicture(box[0], box[1]);
  const width = Math.exp(box[2]) * cellPx;
  const height = Math.exp(box[3]) * cellPx;
  const fivePoints = [0, 2, 4, 6, 8].map((at) => inPicture(points[at], points[at + 1]));
  const [rightEye, leftEye, nose, rightMouth, leftMouth] = fivePoints;
  // No ears: the two outermost of the six are left out.
  const keyPoints = [rightEye, leftEye, nose, midpoint(rightMouth, leftMouth)];
  return { x: centreX - width / 2, y: centreY - height / 2, width, height, score, keyPoints, fivePoints };
}
