// The kernels of small convolutional nets on one thread: AssemblyScript, SIMD128 with fused multiply-add, float32.
//
// Why: on a CPU whose vector units are 128 bits wide (AMD's first Zen; measured 18.8 G multiply-adds a second, as fused
// multiply-add on 256 bits and as the three instructions of an int8 dot product alike) a native library has nothing to win
// by wider registers or by int8: only fewer multiplications help. Winograd's minimal filtering (Lavin and Gray, "Fast
// Algorithms for Convolutional Neural Networks", 2015) takes 64 instead of 324 for a 6×6 patch of a 3×3 convolution, 36
// instead of 144 for a 4×4 patch or for a 3×3 patch of a 4×4 convolution, 16 instead of 36 for a 2×2 patch.
//
// A map lies as [row][column][channel] and has a border of zeros that convolutions may read. Strides are in bytes.
// Filters lie in panels of eight outputs: [output / 8][depth][8]; outputs are padded to a multiple of eight, depth to one
// of four. Every activation is max(x, 0) + slope × min(x, 0) by channel: slope 0 is Relu, 1 is none, else PRelu.
//
// V8 brings all loads of a straight piece of code to its front, where they do not fit into the registers. A comparison that
// never holds (no address is odd) ends the piece; each time with another number, as one already answered would be left out.
// 6 G multiply-adds a second became 16, and 19 with six pixels at once.

// @ts-ignore: decorator
@inline function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.relaxed_madd(a, b, sum);
}

// @ts-ignore: decorator
@inline function activate(x: v128, slope: v128): v128 {
  const zero = f32x4.splat(0);
  return madd(f32x4.pmax(zero, x), slope, f32x4.pmin(zero, x));
}

// @ts-ignore: decorator
@inline function finish(fused: bool, sum: v128, to: usize, slope: v128, residual: usize): void {
  if (fused) {
    if (residual) sum = f32x4.add(sum, v128.load(residual));
    sum = activate(sum, slope);
  }
  v128.store(to, sum);
}

// `rows` (4, 5 or 6, known when compiled) pixels × eight outputs: their sums in registers. An addition takes five cycles and two
// start in each, so that with eight sums only four fifths of the additions find one that is ready.
// @ts-ignore: decorator
@inline function block(
  rows: i32, fused: bool, a: usize, aStride: usize, segments: i32, segmentStride: usize, depth: usize, b: usize,
  c: usize, cStride: usize, bias: usize, slope: usize, residual: usize, residualStride: usize,
): void {
  let s00 = fused ? v128.load(bias) : f32x4.splat(0);
  let s01 = fused ? v128.load(bias, 16) : f32x4.splat(0);
  let s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01, s40 = s00, s41 = s01, s50 = s00, s51 = s01;
  let b0: v128, b1: v128, x: v128;
  for (let segment = 0; segment < segments; segment++) {
    let a0 = a, a1 = a0 + aStride, a2 = a1 + aStride, a3 = a2 + aStride, a4 = a3 + aStride, a5 = a4 + aStride;
    const end = a0 + depth;
    while (a0 < end) {
      b0 = v128.load(b), b1 = v128.load(b, 16);
      x = v128.load32_splat(a0); s00 = madd(s00, x, b0); s01 = madd(s01, x, b1); if (a0 == 1) break;
      x = v128.load32_splat(a1); s10 = madd(s10, x, b0); s11 = madd(s11, x, b1); if (a0 == 3) break;
      x = v128.load32_splat(a2); s20 = madd(s20, x, b0); s21 = madd(s21, x, b1); if (a0 == 5) break;
      x = v128.load32_splat(a3); s30 = madd(s30, x, b0); s31 = madd(s31, x, b1); if (a0 == 7) break;
      if (rows > 4) { x = v128.load32_splat(a4); s40 = madd(s40, x, b0); s41 = madd(s41, x, b1); if (a0 == 9) break; }
      if (rows > 5) { x = v128.load32_splat(a5); s50 = madd(s50, x, b0); s51 = madd(s51, x, b1); if (a0 == 11) break; }
      b0 = v128.load(b, 32), b1 = v128.load(b, 48);
      x = v128.load32_splat(a0, 4); s00 = madd(s00, x, b0); s01 = madd(s01, x, b1); if (a0 == 13) break;
      x = v128.load32_splat(a1, 4); s10 = madd(s10, x, b0); s11 = madd(s11, x, b1); if (a0 == 15) break;
      x = v128.load32_splat(a2, 4); s20 = madd(s20, x, b0); s21 = madd(s21, x, b1); if (a0 == 17) break;
      x = v128.load32_splat(a3, 4); s30 = madd(s30, x, b0); s31 = madd(s31, x, b1); if (a0 == 19) break;
      if (rows > 4) { x = v128.load32_splat(a4, 4); s40 = madd(s40, x, b0); s41 = madd(s41, x, b1); if (a0 == 21) break; }
      if (rows > 5) { x = v128.load32_splat(a5, 4); s50 = madd(s50, x, b0); s51 = madd(s51, x, b1); if (a0 == 23) break; }
      b0 = v128.load(b, 64), b1 = v128.load(b, 80);
      x = v128.load32_splat(a0, 8); s00 = madd(s00, x, b0); s01 = madd(s01, x, b1); if (a0 == 25) break;
      x = v128.load32_splat(a1, 8); s10 = madd(s10, x, b0); s11 = madd(s11, x, b1); if (a0 == 27) break;
      x = v128.load32_splat(a2, 8); s20 = madd(s20, x, b0); s21 = madd(s21, x, b1); if (a0 == 29) break;
      x = v128.load32_splat(a3, 8); s30 = madd(s30, x, b0); s31 = madd(s31, x, b1); if (a0 == 31) break;
      if (rows > 4) { x = v128.load32_splat(a4, 8); s40 = madd(s40, x, b0); s41 = madd(s41, x, b1); if (a0 == 33) break; }
      if (rows > 5) { x = v128.load32_splat(a5, 8); s50 = madd(s50, x, b0); s51 = madd(s51, x, b1); if (a0 == 35) break; }
      b0 = v128.load(b, 96), b1 = v128.load(b, 112);
      x = v128.load32_splat(a0, 12); s00 = madd(s00, x, b0); s01 = madd(s01, x, b1); if (a0 == 37) break;
      x = v128.load32_splat(a1, 12); s10 = madd(s10, x, b0); s11 = madd(s11, x, b1); if (a0 == 39) break;
      x = v128.load32_splat(a2, 12); s20 = madd(s20, x, b0); s21 = madd(s21, x, b1); if (a0 == 41) break;
      x = v128.load32_splat(a3, 12); s30 = madd(s30, x, b0); s31 = madd(s31, x, b1); if (a0 == 43) break;
      if (rows > 4) { x = v128.load32_splat(a4, 12); s40 = madd(s40, x, b0); s41 = madd(s41, x, b1); if (a0 == 45) break; }
      if (rows > 5) { x = v128.load32_splat(a5, 12); s50 = madd(s50, x, b0); s51 = madd(s51, x, b1); }
      a0 += 16; a1 += 16; a2 += 16; a3 += 16; a4 += 16; a5 += 16; b += 128;
    }
    a += segmentStride;
  }
  const p0 = fused ? v128.load(slope) : f32x4.splat(0);
  const p1 = fused ? v128.load(slope, 16) : f32x4.splat(0);
  let r = residual;
  finish(fused, s00, c, p0, r); finish(fused, s01, c + 16, p1, r ? r + 16 : 0);
  c += cStride; if (r) r += residualStride;
  finish(fused, s10, c, p0, r); finish(fused, s11, c + 16, p1, r ? r + 16 : 0);
  c += cStride; if (r) r += residualStride;
  finish(fused, s20, c, p0, r); finish(fused, s21, c + 16, p1, r ? r + 16 : 0);
  c += cStride; if (r) r += residualStride;
  finish(fused, s30, c, p0, r); finish(fused, s31, c + 16, p1, r ? r + 16 : 0);
  if (rows > 4) {
    c += cStride; if (r) r += residualStride;
    finish(fused, s40, c, p0, r); finish(fused, s41, c + 16, p1, r ? r + 16 : 0);
  }
  if (rows > 5) {
    c += cStride; if (r) r += residualStride;
    finish(fused, s50, c, p0, r); finish(fused, s51, c + 16, p1, r ? r + 16 : 0);
  }
}

// How many of the pixels left are next: six where it can be, never fewer than four at the end. Of seven, one is done twice.
// @ts-ignore: decorator
@inline function nextRows(left: i32): i32 {
  return left > 10 || left == 6 ? 6 : left > 8 || left == 5 ? 5 : 4;
}

// One pixel × eight outputs.
// @ts-ignore: decorator
@inline function one(
  fused: bool, a: usize, segments: i32, segmentStride: usize, depth: usize, b: usize,
  c: usize, bias: usize, slope: usize, residual: usize,
): void {
  const zero = f32x4.splat(0);
  // Eight sums: with fewer, each addition would wait for the one before.
  let s0 = fused ? v128.load(bias) : zero, s1 = fused ? v128.load(bias, 16) : zero;
  let t0 = zero, t1 = zero, u0 = zero, u1 = zero, v0 = zero, v1 = zero;
  for (let segment = 0; segment < segments; segment++) {
    for (let a0 = a, end = a + depth; a0 < end; a0 += 16, b += 128) {
      let x = v128.load32_splat(a0);
      s0 = madd(s0, x, v128.load(b)); s1 = madd(s1, x, v128.load(b, 16));
      x = v128.load32_splat(a0, 4);
      t0 = madd(t0, x, v128.load(b, 32)); t1 = madd(t1, x, v128.load(b, 48));
      x = v128.load32_splat(a0, 8);
      u0 = madd(u0, x, v128.load(b, 64)); u1 = madd(u1, x, v128.load(b, 80));
      x = v128.load32_splat(a0, 12);
      v0 = madd(v0, x, v128.load(b, 96)); v1 = madd(v1, x, v128.load(b, 112));
    }
    a += segmentStride;
  }
  s0 = f32x4.add(f32x4.add(s0, t0), f32x4.add(u0, v0));
  s1 = f32x4.add(f32x4.add(s1, t1), f32x4.add(u1, v1));
  finish(fused, s0, c, fused ? v128.load(slope) : s0, residual);
  finish(fused, s1, c + 16, fused ? v128.load(slope, 16) : s1, residual ? residual + 16 : 0);
}

/**
 * One row of a convolution. A pixel's inputs are `segments` stretches of `depth` bytes, `segmentStride` apart (the rows
 * under the filter); pixels are `aStride` apart. The residual, if any, is added to the first `residualColumns` outputs.
 */
export function convolveRow(
  a: usize, aStride: usize, segments: i32, segmentStride: usize, depth: usize, b: usize,
  c: usize, cStride: usize, pixels: i32, columns: usize, bias: usize, slope: usize,
  residual: usize, residualStride: usize, residualColumns: usize,
): void {
  const panel = <usize>segments * depth * 8;
  for (let column: usize = 0; column < columns; column += 8) {
    const at = column << 2;
    const r = residual && column < residualColumns ? residual + at : 0;
    if (pixels < 4) {
      for (let pixel: usize = 0; pixel < <usize>pixels; pixel++) {
        one(true, a + pixel * aStride, segments, segmentStride, depth, b, c + pixel * cStride + at, bias + at, slope + at, r ? r + pixel * residualStride : 0);
      }
    } else {
      for (let pixel = 0; pixel < pixels; ) {
        const rows = nextRows(pixels - pixel);
        // The last four may be done again in part: the same values are written.
        const p = <usize>min(pixel, pixels - rows);
        const from = a + p * aStride, to = c + p * cStride + at, added = r ? r + p * residualStride : 0;
        if (rows == 6) block(6, true, from, aStride, segments, segmentStride, depth, b, to, cStride, bias + at, slope + at, added, residualStride);
        else if (rows == 5) block(5, true, from, aStride, segments, segmentStride, depth, b, to, cStride, bias + at, slope + at, added, residualStride);
        else block(4, true, from, aStride, segments, segmentStride, depth, b, to, cStride, bias + at, slope + at, added, residualStride);
        pixel += rows;
      }
    }
    b += panel;
  }
}

// The products of one transformed place for all patches: C = A · B, no more.
// @ts-ignore: decorator
@inline function multiply(a: usize, aStride: usize, depth: usize, b: usize, c: usize, cStride: usize, patches: i32, columns: usize): void {
  for (let column: usize = 0; column < columns; column += 8) {
    if (patches < 4) {
      for (let patch: usize = 0; patch < <usize>patches; patch++) one(false, a + patch * aStride, 1, 0, depth, b, c + patch * cStride, 0, 0, 0);
    } else {
      for (let patch = 0; patch < patches; ) {
        const rows = nextRows(patches - patch);
        const p = <usize>min(patch, patches - rows);
        const from = a + p * aStride, to = c + p * cStride;
        if (rows == 6) block(6, false, from, aStride, 1, 0, depth, b, to, cStride, 0, 0, 0, 0);
        else if (rows == 5) block(5, false, from, aStride, 1, 0, depth, b, to, cStride, 0, 0, 0, 0);
        else block(4, false, from, aStride, 1, 0, depth, b, to, cStride, 0, 0, 0, 0);
        patch += rows;
      }
    }
    b += depth * 8;
    c += 32;
  }
}

/** `places` products: A lies as [patch][place][inputs], B as [place][outputs / 8][inputs][8], C as [patch][place][outputs]. */
export function multiplyPlaces(places: i32, a: usize, aStride: usize, inputs: usize, b: usize, c: usize, cStride: usize, patches: i32, outputs: usize): void {
  for (let place = 0; place < places; place++) {
    multiply(a, aStride, inputs << 2, b, c, cStride, patches, outputs);
    a += inputs << 2;
    b += (inputs * outputs) << 2;
    c += outputs << 2;
  }
}

const SCRATCH: usize = 64; // 64 vectors

// Winograd, 6×6 patches: points 0, ±1, ±2, ±1/2, ∞ ------------------------------------------------------------------------

// @ts-ignore: decorator
@inline function into8(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, x6: v128, x7: v128, to: usize, step: usize): void {
  const far = f32x4.splat(5.25), middle = f32x4.splat(-4.25), quarter = f32x4.splat(0.25), half = f32x4.splat(0.5);
  const two = f32x4.splat(2), four = f32x4.splat(4), even = f32x4.splat(-1.25), odd = f32x4.splat(-2.5);
  v128.store(to, madd(f32x4.sub(x0, x6), f32x4.sub(x4, x2), far));
  v128.store(to + 7 * step, madd(f32x4.sub(x7, x1), f32x4.sub(x3, x5), far));
  let a = madd(f32x4.add(x2, x6), x4, middle);
  let b = madd(f32x4.add(x1, x5), x3, middle);
  v128.store(to + step, f32x4.add(a, b));
  v128.store(to + 2 * step, f32x4.sub(a, b));
  const c = f32x4.mul(x4, even), d = f32x4.mul(x3, odd);
  a = madd(f32x4.add(x6, c), x2, quarter);
  b = madd(madd(d, x1, half), x5, two);
  v128.store(to + 3 * step, f32x4.add(a, b));
  v128.store(to + 4 * step, f32x4.sub(a, b));
  a = madd(x6, f32x4.add(x2, c), four);
  b = madd(madd(d, x1, two), x5, half);
  v128.store(to + 5 * step, f32x4.add(a, b));
  v128.store(to + 6 * step, f32x4.sub(a, b));
}

/** One 8×8 patch of inputs at `from`, all channels, to [64][channels] at `to`. */
export function into6x6(from: usize, rowStride: usize, channels: usize, to: usize): void {
  const pixel = channels << 2;
  for (let channel: usize = 0; channel < pixel; channel += 16) {
    for (let column: usize = 0; column < 8; column++) {
      const p = from + channel + column * pixel, q = p + 4 * rowStride;
      into8(
        v128.load(p), v128.load(p + rowStride), v128.load(p + 2 * rowStride), v128.load(p + 3 * rowStride),
        v128.load(q), v128.load(q + rowStride), v128.load(q + 2 * rowStride), v128.load(q + 3 * rowStride),
        SCRATCH + (column << 4), 128,
      );
    }
    for (let row: usize = 0; row < 8; row++) {
      const p = SCRATCH + (row << 7);
      into8(
        v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), v128.load(p, 64), v128.load(p, 80), v128.load(p, 96), v128.load(p, 112),
        to + channel + row * 8 * pixel, pixel,
      );
    }
  }
}

/** The products of one patch, [64][outputs] at `from`, to 6×6 pixels (or fewer, at an edge) at `to`. */
export function outOf6x6(
  from: usize, outputs: usize, to: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  bias: usize, slope: usize, residual: usize, residualRowStride: usize, residualPixelStride: usize, residualColumns: usize,
): void {
  const place = outputs << 2;
  for (let at: usize = 0; at < place; at += 16) {
    for (let column: usize = 0; column < 8; column++) {
      const p = from + at + column * place;
      const step = 8 * place;
      const m1 = v128.load(p + step), m2 = v128.load(p + 2 * step), m3 = v128.load(p + 3 * step);
      const m4 = v128.load(p + 4 * step), m5 = v128.load(p + 5 * step), m6 = v128.load(p + 6 * step);
      const sum = f32x4.add(m1, m2), difference = f32x4.sub(m1, m2);
      const far = f32x4.add(m3, m4), farther = f32x4.sub(m3, m4);
      const near = f32x4.add(m5, m6), nearer = f32x4.sub(m5, m6);
      const to = SCRATCH + (column << 4);
      v128.store(to, f32x4.add(f32x4.add(v128.load(p), sum), f32x4.add(far, near)));
      v128.store(to, madd(madd(difference, farther, f32x4.splat(2)), nearer, f32x4.splat(0.5)), 128);
      v128.store(to, madd(madd(sum, far, f32x4.splat(4)), near, f32x4.splat(0.25)), 256);
      v128.store(to, madd(madd(difference, farther, f32x4.splat(8)), nearer, f32x4.splat(0.125)), 384);
      v128.store(to, madd(madd(sum, far, f32x4.splat(16)), near, f32x4.splat(0.0625)), 512);
      v128.store(to, f32x4.add(madd(madd(difference, farther, f32x4.splat(32)), nearer, f32x4.splat(0.03125)), v128.load(p + 7 * step)), 640);
    }
    const shift = v128.load(bias + at), tilt = v128.load(slope + at);
    const r = residual && at < residualColumns << 2 ? residual + at : 0;
    for (let row: usize = 0; row < <usize>rows; row++) {
      const p = SCRATCH + (row << 7);
      const m1 = v128.load(p, 16), m2 = v128.load(p, 32), m3 = v128.load(p, 48);
      const m4 = v128.load(p, 64), m5 = v128.load(p, 80), m6 = v128.load(p, 96);
      const sum = f32x4.add(f32x4.add(m1, m2), shift), difference = f32x4.add(f32x4.sub(m1, m2), shift);
      const far = f32x4.add(m3, m4), farther = f32x4.sub(m3, m4);
      const near = f32x4.add(m5, m6), nearer = f32x4.sub(m5, m6);
      let c = to + at + row * rowStride;
      let rr = r ? r + row * residualRowStride : 0;
      finish(true, f32x4.add(f32x4.add(v128.load(p), sum), f32x4.add(far, near)), c, tilt, rr);
      if (columns < 2) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, madd(madd(difference, farther, f32x4.splat(2)), nearer, f32x4.splat(0.5)), c, tilt, rr);
      if (columns < 3) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, madd(madd(sum, far, f32x4.splat(4)), near, f32x4.splat(0.25)), c, tilt, rr);
      if (columns < 4) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, madd(madd(difference, farther, f32x4.splat(8)), nearer, f32x4.splat(0.125)), c, tilt, rr);
      if (columns < 5) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, madd(madd(sum, far, f32x4.splat(16)), near, f32x4.splat(0.0625)), c, tilt, rr);
      if (columns < 6) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, f32x4.add(madd(madd(difference, farther, f32x4.splat(32)), nearer, f32x4.splat(0.03125)), v128.load(p, 112)), c, tilt, rr);
    }
  }
}

// Winograd, 4×4 patches ------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline function into6(x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, to: usize, step: usize): void {
  const four = f32x4.splat(4), five = f32x4.splat(5), two = f32x4.splat(2);
  const a = f32x4.sub(x4, f32x4.mul(four, x2));
  const b = f32x4.sub(x3, f32x4.mul(four, x1));
  const c = f32x4.sub(x4, x2);
  const d = f32x4.mul(two, f32x4.sub(x3, x1));
  v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, x0), f32x4.mul(five, x2)), x4));
  v128.store(to + step, f32x4.add(a, b));
  v128.store(to + 2 * step, f32x4.sub(a, b));
  v128.store(to + 3 * step, f32x4.add(c, d));
  v128.store(to + 4 * step, f32x4.sub(c, d));
  v128.store(to + 5 * step, f32x4.add(f32x4.sub(f32x4.mul(four, x1), f32x4.mul(five, x3)), x5));
}

/** One 6×6 patch of inputs at `from`, all channels, to [36][channels] at `to`. */
export function into4x4(from: usize, rowStride: usize, channels: usize, to: usize): void {
  const pixel = channels << 2;
  for (let channel: usize = 0; channel < pixel; channel += 16) {
    for (let column: usize = 0; column < 6; column++) {
      const p = from + channel + column * pixel;
      into6(
        v128.load(p), v128.load(p + rowStride), v128.load(p + 2 * rowStride),
        v128.load(p + 3 * rowStride), v128.load(p + 4 * rowStride), v128.load(p + 5 * rowStride),
        SCRATCH + (column << 4), 96,
      );
    }
    for (let row: usize = 0; row < 6; row++) {
      const p = SCRATCH + row * 96;
      into6(v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), v128.load(p, 64), v128.load(p, 80), to + channel + row * 6 * pixel, pixel);
    }
  }
}

/** The products of one patch, [36][outputs] at `from`, to 4×4 pixels (or fewer, at an edge) at `to`. */
export function outOf4x4(
  from: usize, outputs: usize, to: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  bias: usize, slope: usize, residual: usize, residualRowStride: usize, residualPixelStride: usize, residualColumns: usize,
): void {
  const place = outputs << 2;
  for (let at: usize = 0; at < place; at += 16) {
    for (let column: usize = 0; column < 6; column++) {
      const p = from + at + column * place;
      const step = 6 * place;
      const m1 = v128.load(p + step), m2 = v128.load(p + 2 * step), m3 = v128.load(p + 3 * step), m4 = v128.load(p + 4 * step);
      const sum = f32x4.add(m1, m2), difference = f32x4.sub(m1, m2);
      const far = f32x4.add(m3, m4), farther = f32x4.sub(m3, m4);
      const to = SCRATCH + (column << 4);
      v128.store(to, f32x4.add(f32x4.add(v128.load(p), sum), far));
      v128.store(to, f32x4.add(difference, f32x4.mul(f32x4.splat(2), farther)), 96);
      v128.store(to, f32x4.add(sum, f32x4.mul(f32x4.splat(4), far)), 192);
      v128.store(to, f32x4.add(f32x4.add(difference, f32x4.mul(f32x4.splat(8), farther)), v128.load(p + 5 * step)), 288);
    }
    const shift = v128.load(bias + at), tilt = v128.load(slope + at);
    const r = residual && at < residualColumns << 2 ? residual + at : 0;
    for (let row: usize = 0; row < <usize>rows; row++) {
      const p = SCRATCH + row * 96;
      const m1 = v128.load(p, 16), m2 = v128.load(p, 32), m3 = v128.load(p, 48), m4 = v128.load(p, 64);
      const sum = f32x4.add(f32x4.add(m1, m2), shift), difference = f32x4.add(f32x4.sub(m1, m2), shift);
      const far = f32x4.add(m3, m4), farther = f32x4.sub(m3, m4);
      let c = to + at + row * rowStride;
      let rr = r ? r + row * residualRowStride : 0;
      finish(true, f32x4.add(f32x4.add(v128.load(p), sum), far), c, tilt, rr);
      if (columns < 2) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, f32x4.add(difference, f32x4.mul(f32x4.splat(2), farther)), c, tilt, rr);
      if (columns < 3) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, f32x4.add(sum, f32x4.mul(f32x4.splat(4), far)), c, tilt, rr);
      if (columns < 4) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, f32x4.add(f32x4.add(difference, f32x4.mul(f32x4.splat(8), farther)), v128.load(p, 80)), c, tilt, rr);
    }
  }
}

// Winograd, 3×3 patches of a 4×4 filter: the same six points, so into4x4 prepares its input too ----------------------------

/** The products of one patch, [36][outputs] at `from`, to 3×3 pixels (or fewer, at an edge) at `to`. */
export function outOf3x3(
  from: usize, outputs: usize, to: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  bias: usize, slope: usize, residual: usize, residualRowStride: usize, residualPixelStride: usize, residualColumns: usize,
): void {
  const place = outputs << 2;
  const two = f32x4.splat(2), four = f32x4.splat(4);
  for (let at: usize = 0; at < place; at += 16) {
    for (let column: usize = 0; column < 6; column++) {
      const p = from + at + column * place;
      const step = 6 * place;
      const m1 = v128.load(p + step), m2 = v128.load(p + 2 * step), m3 = v128.load(p + 3 * step), m4 = v128.load(p + 4 * step);
      const sum = f32x4.add(m1, m2), far = f32x4.add(m3, m4);
      const to = SCRATCH + (column << 4);
      v128.store(to, f32x4.add(f32x4.add(v128.load(p), sum), far));
      v128.store(to, f32x4.add(f32x4.sub(m1, m2), f32x4.mul(two, f32x4.sub(m3, m4))), 96);
      v128.store(to, f32x4.add(f32x4.add(sum, f32x4.mul(four, far)), v128.load(p + 5 * step)), 192);
    }
    const shift = v128.load(bias + at), tilt = v128.load(slope + at);
    const r = residual && at < residualColumns << 2 ? residual + at : 0;
    for (let row: usize = 0; row < <usize>rows; row++) {
      const p = SCRATCH + row * 96;
      const m1 = v128.load(p, 16), m2 = v128.load(p, 32), m3 = v128.load(p, 48), m4 = v128.load(p, 64);
      const sum = f32x4.add(f32x4.add(m1, m2), shift), far = f32x4.add(m3, m4);
      let c = to + at + row * rowStride;
      let rr = r ? r + row * residualRowStride : 0;
      finish(true, f32x4.add(f32x4.add(v128.load(p), sum), far), c, tilt, rr);
      if (columns < 2) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, f32x4.add(f32x4.add(f32x4.sub(m1, m2), shift), f32x4.mul(two, f32x4.sub(m3, m4))), c, tilt, rr);
      if (columns < 3) continue;
      c += pixelStride; if (r) rr += residualPixelStride;
      finish(true, f32x4.add(f32x4.add(sum, f32x4.mul(four, far)), v128.load(p, 80)), c, tilt, rr);
    }
  }
}

// Winograd, 2×2 patches ------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline function into4(x0: v128, x1: v128, x2: v128, x3: v128, to: usize, step: usize): void {
  v128.store(to, f32x4.sub(x0, x2));
  v128.store(to + step, f32x4.add(x1, x2));
  v128.store(to + 2 * step, f32x4.sub(x2, x1));
  v128.store(to + 3 * step, f32x4.sub(x1, x3));
}

/** One 4×4 patch of inputs at `from`, all channels, to [16][channels] at `to`. */
export function into2x2(from: usize, rowStride: usize, channels: usize, to: usize): void {
  const pixel = channels << 2;
  for (let channel: usize = 0; channel < pixel; channel += 16) {
    for (let column: usize = 0; column < 4; column++) {
      const p = from + channel + column * pixel;
      into4(v128.load(p), v128.load(p + rowStride), v128.load(p + 2 * rowStride), v128.load(p + 3 * rowStride), SCRATCH + (column << 4), 64);
    }
    for (let row: usize = 0; row < 4; row++) {
      const p = SCRATCH + (row << 6);
      into4(v128.load(p), v128.load(p, 16), v128.load(p, 32), v128.load(p, 48), to + channel + row * 4 * pixel, pixel);
    }
  }
}

/** The products of one patch, [16][outputs] at `from`, to 2×2 pixels (or fewer, at an edge) at `to`. */
export function outOf2x2(
  from: usize, outputs: usize, to: usize, rowStride: usize, pixelStride: usize, rows: i32, columns: i32,
  bias: usize, slope: usize, residual: usize, residualRowStride: usize, residualPixelStride: usize, residualColumns: usize,
): void {
  const place = outputs << 2;
  for (let at: usize = 0; at < place; at += 16) {
    for (let column: usize = 0; column < 4; column++) {
      const p = from + at + column * place;
      const step = 4 * place;
      const m1 = v128.load(p + step), m2 = v128.load(p + 2 * step);
      v128.store(SCRATCH + (column << 4), f32x4.add(f32x4.add(v128.load(p), m1), m2));
      v128.store(SCRATCH + (column << 4), f32x4.sub(f32x4.sub(m1, m2), v128.load(p + 3 * step)), 64);
    }
    const shift = v128.load(bias + at), tilt = v128.load(slope + at);
    const r = residual && at < residualColumns << 2 ? residual + at : 0;
    for (let row: usize = 0; row < <usize>rows; row++) {
      const p = SCRATCH + (row << 6);
      const m1 = v128.load(p, 16), m2 = v128.load(p, 32);
      const c = to + at + row * rowStride;
      const rr = r ? r + row * residualRowStride : 0;
      finish(true, f32x4.add(f32x4.add(f32x4.add(v128.load(p), m1), m2), shift), c, tilt, rr);
      if (columns < 2) continue;
      finish(true, f32x4.add(f32x4.sub(f32x4.sub(m1, m2), v128.load(p, 48)), shift), c + pixelStride, tilt, r ? rr + residualPixelStride : 0);
    }
  }
}

// One input channel to one output channel ------------------------------------------------------------------------------

/** One row of a 3×3 depthwise convolution; weights [9][channels]; no bias, no activation. */
export function depthwiseRow(from: usize, rowStride: usize, step: usize, channels: usize, weights: usize, to: usize, pixels: i32): void {
  const pixel = channels << 2;
  for (let channel: usize = 0; channel < pixel; channel += 16) {
    const w = weights + channel;
    const w0 = v128.load(w), w1 = v128.load(w + pixel), w2 = v128.load(w + 2 * pixel);
    const w3 = v128.load(w + 3 * pixel), w4 = v128.load(w + 4 * pixel), w5 = v128.load(w + 5 * pixel);
    const w6 = v128.load(w + 6 * pixel), w7 = v128.load(w + 7 * pixel), w8 = v128.load(w + 8 * pixel);
    let p = from + channel, q = p + rowStride, r = q + rowStride, c = to + channel;
    for (let x = 0; x < pixels; x++) {
      let sum = f32x4.mul(v128.load(p), w0);
      let other = f32x4.mul(v128.load(q), w3);
      if (p == 1) break;
      sum = madd(sum, v128.load(p + pixel), w1);
      other = madd(other, v128.load(q + pixel), w4);
      if (p == 3) break;
      sum = madd(sum, v128.load(p + 2 * pixel), w2);
      other = madd(other, v128.load(q + 2 * pixel), w5);
      if (p == 5) break;
      sum = madd(sum, v128.load(r), w6);
      other = madd(other, v128.load(r + pixel), w7);
      if (p == 7) break;
      sum = madd(sum, v128.load(r + 2 * pixel), w8);
      v128.store(c, f32x4.add(sum, other));
      p += step; q += step; r += step; c += pixel;
    }
  }
}

/** One row of pooling; `window` × `window` pixels: the largest, or their mean. */
export function poolRow(from: usize, rowStride: usize, step: usize, channels: usize, window: i32, isMean: bool, to: usize, toStride: usize, pixels: i32): void {
  const pixel = channels << 2;
  const share = f32x4.splat(<f32>1 / <f32>(window * window));
  for (let x: usize = 0; x < <usize>pixels; x++) {
    for (let channel: usize = 0; channel < pixel; channel += 16) {
      const start = from + x * step + channel;
      let result = isMean ? f32x4.splat(0) : v128.load(start);
      for (let row: usize = 0; row < <usize>window; row++) {
        for (let column: usize = 0; column < <usize>window; column++) {
          const value = v128.load(start + row * rowStride + column * pixel);
          result = isMean ? f32x4.add(result, value) : f32x4.pmax(result, value);
        }
      }
      v128.store(to + x * toStride + channel, isMean ? f32x4.mul(result, share) : result);
    }
  }
}
