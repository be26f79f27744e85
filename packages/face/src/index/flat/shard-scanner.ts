// Searches one shard, in any thread: sign bits first, then int8 for the nearest K.
import type { Embedding } from '../../embed.ts';
import { openKernel } from './kernel.ts';
import type { SearchKernel } from './kernel.ts';
import { batchMax, chunkSlots, header, hitBytes, hitsMax, keepAmong, probeArea } from './layout.ts';
import type { ShardLayout } from './layout.ts';
import { addressesOf, openEncodingPlace } from './shard.ts';
import type { ShardHandle } from './shard.ts';
import { refinedMin, refinedShare, rowsPerHitMin } from './tuning.ts';

export interface ShardHit {
  /** Cosine, -1..1, from int8 codes. */
  readonly score: number;
  /** Who the slot belonged to when it was scored: the index drops the hit if that has changed since. */
  readonly owner: number;
  readonly slot: number;
}

/** `two_stage`: sign bits, then int8 for the nearest K. `every_row`: int8 for all, the oracle. */
export type ScanMode = 'two_stage' | 'every_row';

export interface ShardScanner {
  /** For each probe the best people, best first: `limit` of them and some more. Probes share the pass over memory. */
  scan(probes: readonly Embedding[], options: { readonly limit: number; readonly mode: ScanMode }): ShardHit[][];
  /** The best people among these slots, all of them scored in int8. */
  scoreSlots(probe: Embedding, options: { readonly slots: Iterable<number>; readonly limit: number }): ShardHit[];
}

/** `scanner`: which of the scanning areas to use, 0 in the thread that writes; two threads must not share one. */
export function createShardScanner(handle: ShardHandle, options: { readonly scanner: number }): ShardScanner {
  const { memory, layout } = handle;
  const kernel = openKernel(memory);
  const scanSigns = signScan(kernel, layout);
  const { chunkAt, ownersToCheck, slotsUsed } = addressesOf(handle);
  const place = openEncodingPlace(handle, { kernel, scanner: options.scanner });
  const probeAt = (index: number): number => place.start + layout.probesOffset + index * layout.probeBytes;

  function startProbe(probe: Embedding, { index, limit, keep, refined = keep }: { index: number; limit: number; keep: number; refined?: number }): void {
    kernel.reset(layout.codeLength, probeAt(index), keep, refined, layout.candidatesMax, Math.min(limit, hitsMax) + tieRoom);
    place.loadRotated(probe);
    kernel.writeProbe(layout.codeLength, place.at, header.centre, probeAt(index));
    place.wipe();
  }

  function scanBatch(probes: readonly Embedding[], limit: number, mode: ScanMode): ShardHit[][] {
    const used = slotsUsed();
    const keep = keepAmong(layout, used);
    // A long list of people is not what the first stage is tuned for.
    const everyRow = mode === 'every_row' || used <= layout.rowsInFullMax || limit * rowsPerHitMin > keep;
    const refined = layout.codeLength === 512 ? Math.max(Math.ceil(keep * refinedShare), refinedMin, limit * rowsPerHitMin) : keep;
    probes.forEach((probe, index) => startProbe(probe, { index, limit, keep, refined }));
    for (let slot = 0; slot < used; slot += chunkSlots) {
      const rows = Math.min(chunkSlots, used - slot);
      for (let index = 0; index < probes.length; index++) {
        if (everyRow) kernel.scoreAll(layout.codeLength, probeAt(index), chunkAt(slot), rows, slot);
        else scanSigns(probeAt(index), chunkAt(slot), slot, ownersToCheck(slot));
      }
    }
    return probes.map((_, index) => {
      const probe = probeAt(index);
      if (!everyRow) {
        kernel.compact(probe);
        kernel.rescore(layout.codeLength, probe, layout.chunksStart);
      }
      return takeHits(handle, probe);
    });
  }

  function scan(probes: readonly Embedding[], { limit, mode }: { limit: number; mode: ScanMode }): ShardHit[][] {
    const hits: ShardHit[][] = [];
    for (let i = 0; i < probes.length; i += batchMax) hits.push(...scanBatch(probes.slice(i, i + batchMax), limit, mode));
    return hits;
  }

  function scoreSlots(probe: Embedding, { slots, limit }: { slots: Iterable<number>; limit: number }): ShardHit[] {
    const at = probeAt(0);
    startProbe(probe, { index: 0, limit, keep: layout.keepMin });
    const candidates = new Uint32Array(memory.buffer, at + probeArea.candidates, layout.candidatesMax * 2);
    let count = 0;
    const score = (): void => {
      new Uint32Array(memory.buffer, at + probeArea.count, 1)[0] = count;
      kernel.rescore(layout.codeLength, at, layout.chunksStart);
      count = 0;
    };
    for (const slot of slots) {
      candidates[count * 2] = slot;
      if (++count === layout.candidatesMax) score();
    }
    score();
    return takeHits(handle, at);
  }

  return { scan, scoreSlots };
}

// People beyond the limit, so that equal scores at its edge can be put in order by reference.
const tieRoom = 24;

function signScan(kernel: SearchKernel, { codeLength }: ShardLayout): SearchKernel['scan512'] {
  if (codeLength === 512) return kernel.scan512;
  return codeLength === 256 ? kernel.scan256 : kernel.scan128;
}

// Reads the list and wipes the probe: it is somebody's face too. Candidates are slot numbers and may stay.
function takeHits({ memory }: ShardHandle, probe: number): ShardHit[] {
  const view = new DataView(memory.buffer);
  const scale = view.getFloat32(probe + probeArea.scale, true);
  const offset = view.getFloat32(probe + probeArea.offset, true);
  const count = view.getUint32(probe + probeArea.hitCount, true);
  const hits = Array.from({ length: count }, (_, i): ShardHit => {
    const at = probe + probeArea.hits + i * hitBytes;
    return { score: view.getFloat32(at, true) * scale + offset, owner: view.getUint32(at + 4, true), slot: view.getUint32(at + 8, true) };
  });
  new Uint8Array(memory.buffer, probe, probeArea.hits + count * hitBytes).fill(0);
  return hits;
}
