// How the nets look at a picture: averages of cells and affine cut-outs, of 8-bit RGB, three bytes a pixel.
// AssemblyScript, SIMD128 without any relaxed instruction: every host that knows WebAssembly's vectors runs it.

/** Adds up `rows` rows of bytes (257 at most), one after the other at `from`, into 16-bit sums. Reads and writes up to 15 places past the row. */
export function sumRows(from: usize, rowBytes: usize, rows: i32, to: usize): void {
  for (let at: usize = 0; at < rowBytes; at += 16) {
    let p = from + at;
    let bytes = v128.load(p);
    let low = i16x8.extend_low_i8x16_u(bytes);
    let high = i16x8.extend_high_i8x16_u(bytes);
    for (let row = 1; row < rows; row++) {
      p += rowBytes;
      bytes = v128.load(p);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(bytes));
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(bytes));
    }
    v128.store(to + (at << 1), low);
    v128.store(to + (at << 1), high, 16);
  }
}

/**
 * Cells of one row: `edges` holds the addresses of each cell's first sum and past its last, `shares` what each sum of the
 * cell counts (float64, so that the result is rounded once). Writes three float32 a cell, and one value past the last.
 */
export function averageCells(edges: usize, cells: i32, shares: usize, bias: f64, to: usize): void {
  const floor = f64x2.splat(bias);
  for (let cell = 0; cell < cells; cell++) {
    let sum = i32x4.splat(0);
    for (let at = <usize>load<u32>(edges), end = <usize>load<u32>(edges, 4); at < end; at += 6) {
      sum = i32x4.add(sum, v128.load16x4_u(at));
    }
    const share = v128.load64_splat(shares);
    const two = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(sum), share), floor);
    const third = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(v128.shuffle<i64>(sum, sum, 1, 1)), share), floor);
    v128.store(to, v128.shuffle<i64>(f32x4.demote_f64x2_zero(two), f32x4.demote_f64x2_zero(third), 0, 2));
    edges += 8;
    shares += 8;
    to += 12;
  }
}

// Added to a whole number, this leaves it in the low bits.
const WHOLE: f64 = 4503599627370496;

// Three channels of the pixel at `p` (and a fourth value that nobody looks at).
// @ts-ignore: decorator
@inline function pixel(p: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(v128.load8x8_u(p)));
}

/**
 * Bilinear cut-out: destination (x, y) lies at source (a·x + b·y + c, d·x + e·y + f); points more than a pixel outside are
 * black. `from` is the address of source pixel (0, 0), were it there. Strides in bytes; reads 5 bytes past a pixel, writes 4
 * past the last when channels lie one after the other.
 */
export function warp(
  from: usize, rowStride: usize, sourceWidth: i32, sourceHeight: i32,
  a: f64, b: f64, c: f64, d: f64, e: f64, f: f64,
  to: usize, width: i32, height: i32, pixelStride: usize, channelStride: usize, scale: f32, bias: f32,
): void {
  const black = f32x4.splat(bias), factor = f32x4.splat(scale);
  // Both coordinates at once: x in the first lane, y in the second.
  const across = f64x2.replace_lane(f64x2.splat(a), 1, d);
  const down = f64x2.replace_lane(f64x2.splat(b), 1, e);
  const start = f64x2.replace_lane(f64x2.splat(c), 1, f);
  const zero = f64x2.splat(0), before = f64x2.splat(-1);
  const size = f64x2.replace_lane(f64x2.splat(<f64>sourceWidth), 1, <f64>sourceHeight);
  const last = f64x2.sub(size, f64x2.splat(1)), secondLast = f64x2.sub(size, f64x2.splat(2));
  const whole = f64x2.splat(WHOLE);
  for (let y = 0; y < height; y++) {
    const row = f64x2.mul(down, f64x2.splat(<f64>y));
    for (let x = 0; x < width; x++) {
      const point = f64x2.add(f64x2.add(f64x2.mul(across, f64x2.splat(<f64>x)), row), start);
      let value = black;
      if (i64x2.all_true(v128.and(f64x2.ge(point, before), f64x2.le(point, size)))) {
        const inside = f64x2.pmin(last, f64x2.pmax(zero, point));
        const corner = f64x2.pmin(secondLast, f64x2.floor(inside));
        const share = f32x4.demote_f64x2_zero(f64x2.sub(inside, corner));
        const place = f64x2.add(corner, whole);
        const left = i32x4.extract_lane(place, 0), top = i32x4.extract_lane(place, 2);
        const right = v128.shuffle<i32>(share, share, 0, 0, 0, 0);
        const bottom = v128.shuffle<i32>(share, share, 1, 1, 1, 1);
        const p = from + <usize>top * rowStride + <usize>left * 3;
        const q = p + rowStride;
        const upperLeft = pixel(p), lowerLeft = pixel(q);
        const upper = f32x4.add(upperLeft, f32x4.mul(f32x4.sub(pixel(p + 3), upperLeft), right));
        const lower = f32x4.add(lowerLeft, f32x4.mul(f32x4.sub(pixel(q + 3), lowerLeft), right));
        const byte = f32x4.add(upper, f32x4.mul(f32x4.sub(lower, upper), bottom));
        value = f32x4.add(f32x4.mul(byte, factor), black);
      }
      if (channelStride == 4) {
        v128.store(to, value);
      } else {
        v128.store_lane<f32>(to, value, 0);
        v128.store_lane<f32>(to + channelStride, value, 1);
        v128.store_lane<f32>(to + 2 * channelStride, value, 2);
      }
      to += pixelStride;
    }
  }
}
