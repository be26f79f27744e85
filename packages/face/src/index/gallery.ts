// What any 1:N search offers, however it scans.
import type { Embedding } from '../embed.ts';

export interface SearchHit {
  /** The opaque reference the person was put in under. */
  readonly ref: string;
  /** Score (see `cosine`) of the probe with the best of the person's templates. */
  readonly score: number;
}

export interface GalleryIndex {
  /** Replaces everything kept under `ref`. Vectors of length 1, or a little less when fused; copied. */
  put(ref: string, templates: readonly Embedding[]): void;
  /** Removes the person and overwrites the bytes with zeros; false if there was none. */
  erase(ref: string): boolean;
  has(ref: string): boolean;
  /** The best `limit` people, best first; ties by ref. `among` narrows the scan to these people. */
  search(probe: Embedding, limit: number, among?: ReadonlySet<string>): SearchHit[];
  readonly peopleCount: number;
  readonly templateCount: number;
}
