// Medians as the bench prints them: the upper of two in the middle.

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Each round by itself: what it is measured beside is what it is compared with. A round without a peer counts nothing. */
export function ratiosOf(values: readonly number[], peers: readonly number[]): number[] {
  return values.map((value, round) => value / (peers[round] ?? 0)).filter((ratio) => Number.isFinite(ratio) && ratio > 0);
}
