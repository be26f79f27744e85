// Pictures as plain bytes, and the two ways the models look at them: a letterboxed square
// (detector) and an affine cut-out (mesh, recogniser).

/** 8-bit RGB, row by row, three bytes a pixel (HWC), no alpha, EXIF orientation already applied. */
export interface RgbImage {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Pixels from the top left corner; pixel centres lie on whole numbers. */
export type Point = readonly [x: number, y: number];

/** Maps destination (x, y) to source (a·x + b·y + c, d·x + e·y + f). */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export interface WarpOptions {
  readonly toSource: Affine;
  readonly width: number;
  readonly height: number;
  /** 'hwc' interleaves the channels, 'chw' writes three planes. */
  readonly layout: 'hwc' | 'chw';
  /** Written value = byte × scale + bias. Points outside the picture count as black. */
  readonly scale: number;
  readonly bias: number;
}

/** Bilinear cut-out of `image`; Float32Array of width × height × 3. */
export function warp(image: RgbImage, options: WarpOptions): Float32Array {
  const { toSource, width, height, layout, scale, bias } = options;
  const [a, b, c, d, e, f] = toSource;
  const out = new Float32Array(width * height * 3).fill(bias);
  const pixelStep = layout === 'hwc' ? 3 : 1;
  const channelStep = layout === 'hwc' ? 1 : width * height;
  const { data, width: sourceWidth, height: sourceHeight } = image;
  const rowStep = sourceWidth * 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = a * x + b * y + c;
      const sourceY = d * x + e * y + f;
      if (sourceX < -1 || sourceY < -1 || sourceX > sourceWidth || sourceY > sourceHeight) continue;
      const clampedX = Math.min(Math.max(sourceX, 0), sourceWidth - 1);
      const clampedY = Math.min(Math.max(sourceY, 0), sourceHeight - 1);
      const left = Math.min(clampedX | 0, sourceWidth - 2);
      const top = Math.min(clampedY | 0, sourceHeight - 2);
      const rightShare = clampedX - left;
      const bottomShare = clampedY - top;
      const at = top * rowStep + left * 3;
      const to = (y * width + x) * pixelStep;
      for (let channel = 0; channel < 3; channel++) {
        const p = at + channel;
        const upper = data[p] + (data[p + 3] - data[p]) * rightShare;
        const lower = data[p + rowStep] + (data[p + rowStep + 3] - data[p + rowStep]) * rightShare;
        out[to + channel * channelStep] = (upper + (lower - upper) * bottomShare) * scale + bias;
      }
    }
  }
  return out;
}

export interface Letterboxed {
  /** side × side × 3, HWC. */
  readonly data: Float32Array;
  /** Side of the square in picture pixels, and where the picture lies in it. */
  readonly squarePx: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/** Fits the picture into a black square of `side` and averages the pixels under each cell. */
export function letterbox(
  image: RgbImage,
  options: { readonly side: number; readonly scale: number; readonly bias: number },
): Letterboxed {
  const { side, scale, bias } = options;
  const { data, width, height } = image;
  const squarePx = Math.max(width, height);
  const offsetX = (squarePx - width) / 2;
  const offsetY = (squarePx - height) / 2;
  const columns = cellEdges({ side, squarePx, offset: offsetX });
  const rows = cellEdges({ side, squarePx, offset: offsetY });
  const out = new Float32Array(side * side * 3).fill(bias);
  for (let y = 0; y < side; y++) {
    const [top, bottom] = [rows[2 * y], rows[2 * y + 1]];
    const [firstRow, lastRow] = [Math.max(top, 0), Math.min(bottom, height)];
    if (firstRow >= lastRow) continue;
    for (let x = 0; x < side; x++) {
      const left = columns[2 * x];
      const right = columns[2 * x + 1];
      const firstByte = Math.max(left, 0) * 3;
      const endByte = Math.min(right, width) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let row = firstRow; row < lastRow; row++) {
        const start = row * width * 3;
        for (let at = start + firstByte; at < start + endByte; at += 3) {
          red += data[at];
          green += data[at + 1];
          blue += data[at + 2];
        }
      }
      const weight = scale / ((bottom - top) * (right - left));
      const to = (y * side + x) * 3;
      out[to] += red * weight;
      out[to + 1] += green * weight;
      out[to + 2] += blue * weight;
    }
  }
  return { data: out, squarePx, offsetX, offsetY };
}

// First and past-the-end source column (or row) of each cell, at least one wide; may lie in the black margin.
function cellEdges(options: { side: number; squarePx: number; offset: number }): Int32Array {
  const { side, squarePx, offset } = options;
  const edges = new Int32Array(side * 2);
  for (let cell = 0; cell < side; cell++) {
    const start = Math.floor((cell * squarePx) / side - offset);
    edges[2 * cell] = start;
    edges[2 * cell + 1] = Math.max(start + 1, Math.floor(((cell + 1) * squarePx) / side - offset));
  }
  return edges;
}

export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

export const midpoint = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
