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
  const { width: sourceWidth, height: sourceHeight } = image;
  // One kind of array, so that the loop is compiled for it.
  const data = new Uint8Array(image.data.buffer, image.data.byteOffset, image.data.length);
  const rowStep = sourceWidth * 3;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += pixelStep) {
      const sourceX = a * x + b * y + c;
      const sourceY = d * x + e * y + f;
      if (sourceX < -1 || sourceY < -1 || sourceX > sourceWidth || sourceY > sourceHeight) continue;
      const clampedX = Math.min(Math.max(sourceX, 0), sourceWidth - 1);
      const clampedY = Math.min(Math.max(sourceY, 0), sourceHeight - 1);
      const left = Math.min(clampedX | 0, sourceWidth - 2);
      const top = Math.min(clampedY | 0, sourceHeight - 2);
      const right = clampedX - left;
      const bottom = clampedY - top;
      const p = top * rowStep + left * 3;
      const q = p + rowStep;
      // Weights of the four pixels around the point, upper left to lower right.
      const w = (1 - right) * (1 - bottom) * scale;
      const u = right * (1 - bottom) * scale;
      const v = (1 - right) * bottom * scale;
      const z = right * bottom * scale;
      out[to] = data[p] * w + data[p + 3] * u + data[q] * v + data[q + 3] * z + bias;
      out[to + channelStep] = data[p + 1] * w + data[p + 4] * u + data[q + 1] * v + data[q + 4] * z + bias;
      out[to + 2 * channelStep] = data[p + 2] * w + data[p + 5] * u + data[q + 2] * v + data[q + 5] * z + bias;
    }
  }
  return out;
}

export interface Letterboxed {
  /** height × width × 3, HWC. */
  readonly data: Float32Array;
  /** Side of a cell in picture pixels, and where the picture lies: its left and top margin in picture pixels. */
  readonly cellPx: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

export interface LetterboxOptions {
  /** In cells. */
  readonly width: number;
  readonly height: number;
  /** Written value = mean byte × scale + bias. */
  readonly scale: number;
  readonly bias: number;
}

/** Both ways of looking at a picture; `pictures/pictures.ts` has faster ones with the same answers. */
export interface Pictures {
  letterbox(image: RgbImage, options: LetterboxOptions): Letterboxed;
  warp(image: RgbImage, options: WarpOptions): Float32Array;
}

export const plainPictures: Pictures = { letterbox, warp };

/** Fits the picture into a black frame of `width` × `height` cells and averages the pixels under each cell. */
export function letterbox(image: RgbImage, options: LetterboxOptions): Letterboxed {
  const { width, scale, bias } = options;
  const { columns, bands, ...place } = cellsOf(image, options);
  const out = new Float32Array(width * options.height * 3).fill(bias);
  const sums = new Int32Array(image.width * 3);
  for (const { y, firstRow, lastRow, height } of bands) {
    sumRows(image, { firstRow, lastRow }, sums);
    averageCells(sums, { columns, imageWidth: image.width, weight: scale / height }, out.subarray(y * width * 3, (y + 1) * width * 3));
  }
  sums.fill(0);
  return { data: out, ...place };
}

export interface LetterboxCells extends Omit<Letterboxed, 'data'> {
  /** First and past-the-end source column of each cell; may lie in the black margin. */
  readonly columns: Int32Array;
  /** Rows of cells that see something of the picture: its rows `firstRow` to before `lastRow`, of `height` with those in the margin. */
  readonly bands: readonly { readonly y: number; readonly firstRow: number; readonly lastRow: number; readonly height: number }[];
}

/** Which pixels lie under which cell. */
export function cellsOf(image: RgbImage, { width, height }: LetterboxOptions): LetterboxCells {
  const cellPx = Math.max(image.width / width, image.height / height);
  const offsetX = (width * cellPx - image.width) / 2;
  const offsetY = (height * cellPx - image.height) / 2;
  const rows = cellEdges({ cells: height, cellPx, offset: offsetY });
  const bands = Array.from({ length: height }, (_, y) => {
    const [top, bottom] = [rows[2 * y], rows[2 * y + 1]];
    return { y, firstRow: Math.max(top, 0), lastRow: Math.min(bottom, image.height), height: bottom - top };
  }).filter(({ firstRow, lastRow }) => firstRow < lastRow);
  return { cellPx, offsetX, offsetY, columns: cellEdges({ cells: width, cellPx, offset: offsetX }), bands };
}

// Row after row into one row of sums: the order in which the bytes lie; four bytes at a time where rows start at a word.
function sumRows(image: RgbImage, rows: { readonly firstRow: number; readonly lastRow: number }, sums: Int32Array): void {
  const { data } = image;
  const rowBytes = image.width * 3;
  const bytes = new Uint8Array(data.buffer, data.byteOffset + rows.firstRow * rowBytes, (rows.lastRow - rows.firstRow) * rowBytes);
  if (rowBytes % 4 === 0 && bytes.byteOffset % 4 === 0 && rows.lastRow - rows.firstRow <= wordSumsMax) return sumWordRows(bytes, sums);
  sums.fill(0);
  for (let row = 0; row < bytes.length; row += rowBytes) {
    for (let i = 0; i < rowBytes; i++) sums[i] += bytes[row + i];
  }
}

// Two bytes of a word in two halves of 16 bits, which hold the sum of so many.
const wordSumsMax = 257;
const everyOther = 0x00ff00ff;

function sumWordRows(bytes: Uint8Array, sums: Int32Array): void {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const rowWords = sums.length / 4;
  for (let i = 0; i < rowWords; i++) {
    let even = 0;
    let odd = 0;
    for (let at = i; at < words.length; at += rowWords) {
      even = (even + (words[at] & everyOther)) | 0;
      odd = (odd + ((words[at] >>> 8) & everyOther)) | 0;
    }
    sums[4 * i] = even & 0xffff;
    sums[4 * i + 1] = odd & 0xffff;
    sums[4 * i + 2] = even >>> 16;
    sums[4 * i + 3] = odd >>> 16;
  }
}

function averageCells(
  sums: Int32Array,
  { columns, imageWidth, weight }: { readonly columns: Int32Array; readonly imageWidth: number; readonly weight: number },
  out: Float32Array,
): void {
  for (let x = 0, to = 0; to < out.length; x++, to += 3) {
    const left = columns[2 * x];
    const right = columns[2 * x + 1];
    const end = Math.min(right, imageWidth) * 3;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let at = Math.max(left, 0) * 3; at < end; at += 3) {
      red += sums[at];
      green += sums[at + 1];
      blue += sums[at + 2];
    }
    const share = weight / (right - left);
    out[to] += red * share;
    out[to + 1] += green * share;
    out[to + 2] += blue * share;
  }
}

// First and past-the-end source column (or row) of each cell, at least one wide; may lie in the black margin.
function cellEdges(options: { cells: number; cellPx: number; offset: number }): Int32Array {
  const { cells, cellPx, offset } = options;
  const edges = new Int32Array(cells * 2);
  for (let cell = 0; cell < cells; cell++) {
    const start = Math.floor(cell * cellPx - offset);
    edges[2 * cell] = start;
    edges[2 * cell + 1] = Math.max(start + 1, Math.floor((cell + 1) * cellPx - offset));
  }
  return edges;
}

export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

export const midpoint = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
