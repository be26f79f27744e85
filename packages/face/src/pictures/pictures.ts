// Letterbox and warp of image.ts in WebAssembly. Averages are equal to the bit; cut-outs are interpolated in float32 at the
// same points, which is off by less than a thousandth of a grey level. No pixel stays behind in the kernel's memory.
import { cellsOf } from '../image.ts';
import type { Letterboxed, LetterboxOptions, Pictures, RgbImage, WarpOptions } from '../image.ts';
import { openPictureKernel } from './kernel.ts';
import type { KernelMemory, PictureKernel } from './kernel.ts';

/** For one thread. */
export function createPictures({ kernel, memory }: Opened = openPictureKernel()): Pictures {
  return {
    letterbox: (image, options) => letterbox({ kernel, memory }, image, options),
    warp: (image, options) => warp({ kernel, memory }, image, options),
  };
}

interface Opened {
  readonly kernel: PictureKernel;
  readonly memory: KernelMemory;
}

// Vectors reach past the end of what they are about.
const slackBytes = 64;

/** Addresses of stretches that lie one after the other. */
function places<T extends string>(lengths: Record<T, number>): { at: Record<T, number>; end: number } {
  const at = { ...lengths };
  let end = slackBytes;
  for (const name of Object.keys(lengths) as T[]) {
    at[name] = end;
    end += Math.ceil((lengths[name] + slackBytes) / slackBytes) * slackBytes;
  }
  return { at, end };
}

const bytesOf = ({ data }: RgbImage): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.length);

// More rows than this in one band would not fit into the sums of 16 bits.
const bandRowsMax = 257;

function letterbox({ kernel, memory }: Opened, image: RgbImage, options: LetterboxOptions): Letterboxed {
  const { width, height, scale, bias } = options;
  const { columns, bands, ...place } = cellsOf(image, options);
  const rowBytes = image.width * 3;
  const rowsMax = bands.reduce((most, { firstRow, lastRow }) => Math.max(most, lastRow - firstRow), 0);
  if (rowsMax > bandRowsMax) throw new Error(`a picture of ${image.height} rows for ${height} rows of cells`);
  const heights = [...new Set(bands.map((band) => band.height))];
  const { at, end } = places({ rows: rowsMax * rowBytes, sums: rowBytes * 2, edges: width * 8, shares: heights.length * width * 8, cells: width * 12 });
  const buffer = memory.buffer(end);
  const bytes = new Uint8Array(buffer);
  const edge = (column: number): number => at.sums + Math.min(Math.max(column, 0), image.width) * 6;
  new Uint32Array(buffer, at.edges, width * 2).set(columns.map(edge));
  const shares = new Float64Array(buffer, at.shares, heights.length * width);
  for (const [index, height] of heights.entries()) {
    for (let x = 0; x < width; x++) shares[index * width + x] = scale / height / (columns[2 * x + 1] - columns[2 * x]);
  }
  const out = new Float32Array(width * height * 3).fill(bias);
  // As float32 keeps it: what the plain way adds to.
  const floor = Math.fround(bias);
  const cells = new Float32Array(buffer, at.cells, width * 3);
  const pixels = bytesOf(image);
  for (const { y, firstRow, lastRow, height } of bands) {
    bytes.set(pixels.subarray(firstRow * rowBytes, lastRow * rowBytes), at.rows);
    kernel.sumRows(at.rows, rowBytes, lastRow - firstRow, at.sums);
    kernel.averageCells(at.edges, width, at.shares + heights.indexOf(height) * width * 8, floor, at.cells);
    out.set(cells, y * width * 3);
  }
  bytes.fill(0, 0, end);
  return { data: out, ...place };
}

function warp({ kernel, memory }: Opened, image: RgbImage, options: WarpOptions): Float32Array {
  const { toSource, width, height, layout, scale, bias } = options;
  const seen = rectangleUnder(image, options);
  const rowStride = (seen.right - seen.left) * 3;
  const out = width * height * 3;
  const { at, end } = places({ pixels: (seen.bottom - seen.top) * rowStride, out: out * 4 });
  const buffer = memory.buffer(end);
  const bytes = new Uint8Array(buffer);
  const pixels = bytesOf(image);
  for (let row = seen.top; row < seen.bottom; row++) {
    const start = (row * image.width + seen.left) * 3;
    bytes.set(pixels.subarray(start, start + rowStride), at.pixels + (row - seen.top) * rowStride);
  }
  const [pixelStride, channelStride] = layout === 'hwc' ? [12, 4] : [4, width * height * 4];
  const origin = at.pixels - seen.top * rowStride - seen.left * 3;
  kernel.warp(origin, rowStride, image.width, image.height, ...toSource, at.out, width, height, pixelStride, channelStride, scale, bias);
  const result = new Float32Array(buffer, at.out, out).slice();
  bytes.fill(0, 0, end);
  return result;
}

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

// All pixels a cut-out may touch: around its four corners, with a margin for rounding.
function rectangleUnder(image: RgbImage, { toSource: [a, b, c, d, e, f], width, height }: WarpOptions): Rectangle {
  const range = (x: number, y: number, start: number, size: number): [first: number, end: number] => {
    const corners = [start, start + x * width, start + y * height, start + x * width + y * height];
    const first = Math.min(Math.max(Math.floor(Math.min(...corners)) - 2, 0), Math.max(size - 2, 0));
    const end = Math.max(Math.min(Math.ceil(Math.max(...corners)) + 3, size), Math.min(first + 2, size));
    return [first, end];
  };
  const [left, right] = range(a, b, c, image.width);
  const [top, bottom] = range(d, e, f, image.height);
  return { left, top, right, bottom };
}
