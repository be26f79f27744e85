// Frames seen before are never accepted twice: each frame of a live capture leaves keyed marks of its bytes and of how it
// looks, and a unique insert says which of them were there already. Kept for a week; by then a replay is stale in other ways.
import { bandBytes, fingerprintBands } from '@sonrisa/face/liveness/fingerprint.ts';
import type { Clock } from './adapters/system.ts';
import type { Database } from './db/database.ts';
import type { VaultKeyRing } from './keys.ts';

export const frameMarksKeptMs = 7 * 24 * 60 * 60_000;

/**
 * Of the marks of how a capture looks, this share may have been seen: two captures of one person in one place share a
 * band by chance now and then. A replay that was compressed anew shares most.
 */
export const seenShareMax = 0.12;

export interface FrameMarks {
  /** Remembers the frames' bytes; true when any of them was seen before. `hashes`: SHA-256 as the manifest holds them. */
  seenBytes(hashes: readonly string[]): Promise<boolean>;
  /** Remembers how the frames look; true when too many of them looked the same before. */
  seenLooks(fingerprints: readonly Uint8Array[]): Promise<boolean>;
  sweep(): Promise<void>;
}

export function createFrameMarks(deps: { db: Database; clock: Clock; markFrame: VaultKeyRing['markFrame'] }): FrameMarks {
  const { db, clock, markFrame } = deps;

  // Sorted, so that two captures that share marks wait for each other in one order.
  async function remember(marks: readonly Buffer[]): Promise<{ kept: number; fresh: number }> {
    const distinct = [...new Map(marks.map((mark) => [mark.toString('hex'), mark])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, mark]) => mark);
    const fresh = await db.rows(
      'INSERT INTO frame_mark (mark, seen_at) SELECT mark, $2 FROM unnest($1::bytea[]) AS mark ON CONFLICT (mark) DO NOTHING RETURNING 1',
      [distinct, new Date(clock.nowMs())],
    );
    return { kept: distinct.length, fresh: fresh.length };
  }

  async function seenBytes(hashes: readonly string[]): Promise<boolean> {
    const { kept, fresh } = await remember(hashes.map((hash) => markFrame('bytes', Buffer.from(hash))));
    // Two frames of one capture with the same bytes are no camera's work either.
    return fresh < kept || kept < hashes.length;
  }

  async function seenLooks(fingerprints: readonly Uint8Array[]): Promise<boolean> {
    const { kept, fresh } = await remember(fingerprints.flatMap(bandsOf).map(({ band, bits }) => markFrame(`look ${band}`, bits)));
    return kept > 0 && (kept - fresh) / kept > seenShareMax;
  }

  async function sweep(): Promise<void> {
    await db.rows('DELETE FROM frame_mark WHERE seen_at < $1', [new Date(clock.nowMs() - frameMarksKeptMs)]);
  }

  return { seenBytes, seenLooks, sweep };
}

function bandsOf(fingerprint: Uint8Array): { band: number; bits: Uint8Array }[] {
  return Array.from({ length: fingerprintBands }, (_, band) => ({ band, bits: fingerprint.subarray(band * bandBytes, (band + 1) * bandBytes) }));
}
