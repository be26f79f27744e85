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
  const columns = sampleColumns({ side, squarePx, offset: offsetX, limit: width });
  const rows = sampleColumns({ side, squarePx, offset: offsetY, limit: height });
  const samples = columns.length / side;
  const weight = scale / (samples * samples);
  const out = new Float32Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = y * samples; j < (y + 1) * samples; j++) {
        const row = rows[j];
        if (row < 0) continue;
        for (let i = x * samples; i < (x + 1) * samples; i++) {
          const column = columns[i];
          if (column < 0) continue;
          const at = (row * width + column) * 3;
          red += data[at];
          green += data[at + 1];
          blue += data[at + 2];
        }
      }
      const to = (y * side + x) * 3;
      out[to] = red * weight + bias;
      out[to + 1] = green * weight + bias;
      out[to + 2] = blue * weight + bias;
    }
  }
  return { data: out, squarePx, offsetX, offsetY };
}

// Which source columns (or rows) each cell averages; -1 lies in the black margin.
function sampleColumns(options: { side: number; squarePx: number; offset: number; limit: number }): Int32Array {
  const { side, squarePx, offset, limit } = options;
  const cellPx = squarePx / side;
  const samples = Math.max(1, Math.round(cellPx));
  const out = new Int32Array(side * samples);
  for (let i = 0; i < out.length; i++) {
    const at = Math.floor(((i + 0.5) / samples) * cellPx - offset);
    out[i] = at >= 0 && at < limit ? at : -1;
  }
  return out;
}

export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

export const midpoint = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
