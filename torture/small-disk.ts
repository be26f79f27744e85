// A disk so small that it can be filled: a file system in memory, mounted over a folder. Only root may mount.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Owner } from '../apps/cli/src/postgres/owner.ts';

export type SmallDisk = { unmount(): void };

export function mayMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'sonrisa-mount-'));
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', probe]).status !== 0) return false;
    spawnSync('umount', [probe]);
    return true;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** Over an empty folder. Throws when the mount is refused. */
export function mountSmallDisk(folder: string, { sizeMiB, owner }: { sizeMiB: number; owner: Owner | undefined }): SmallDisk {
  const whose = owner ? `,uid=${owner.uid},gid=${owner.gid}` : '';
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=0700${whose}`, 'tmpfs', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`no disk of its own: ${stderr}`);
  return { unmount: () => void spawnSync('umount', ['-l', folder]) };
}

const pieceBytes = [1 << 20, 4_096] as const;

/** Takes all there is left on the folder's disk, as a log that nobody rotates would. */
export function fillDisk(folder: string): { free(): void } {
  const place = join(folder, 'not-of-the-database');
  mkdirSync(place, { recursive: true });
  const file = openSync(join(place, 'filler'), 'a');
  for (const bytes of pieceBytes) {
    const piece = Buffer.alloc(bytes, 1);
    while (hasRoomFor(file, piece));
  }
  closeSync(file);
  return { free: () => rmSync(place, { recursive: true, force: true }) };
}

function hasRoomFor(file: number, piece: Buffer): boolean {
  try {
    return writeSync(file, piece) === piece.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
