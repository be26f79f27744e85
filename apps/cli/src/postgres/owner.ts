// Who PostgreSQL runs as, and what that user can reach. PostgreSQL refuses to run as root, so a root
// caller lends it the `postgres` user; an ordinary caller runs it as themselves (owner undefined).
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PlainError } from '../plain-error.ts';

export type Owner = { readonly uid: number; readonly gid: number };

const userName = 'postgres';

/**
 * The user PostgreSQL must run as: undefined means the caller itself. A cluster that exists keeps its
 * owner (an ordinary user's folder, now started by root); otherwise the user is created if it is missing.
 */
export function postgresOwner(clusterHome: string): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const existing = statSync(clusterHome, { throwIfNoEntry: false });
  if (existing) return { uid: existing.uid, gid: existing.gid };
  const known = lookUp();
  if (known) return known;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', userName], {
      stdio: 'pipe',
      // A root shell without a login lacks the folder of the system programs.
      env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
    });
  } catch {
    // A second process may have created it in the meantime: only the look-up below decides.
  }
  const created = lookUp();
  if (created) return created;
  throw new PlainError(
    `PostgreSQL does not run as root and the user "${userName}" could not be created: start as an ordinary user, or create it with "useradd --system ${userName}".`,
  );
}

/** Whether every folder from the root down to and including `folder` lets the owner through. */
export function canTraverse(folder: string, owner: Owner | undefined): boolean {
  if (!owner) return true;
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (!mayEnter(at, owner)) return false;
    if (at === dirname(at)) return true;
  }
}

function lookUp(): Owner | undefined {
  try {
    const ask = (flag: string) => Number(execFileSync('id', [flag, userName], { stdio: 'pipe', encoding: 'utf8' }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}

function mayEnter(folder: string, owner: Owner): boolean {
  const { uid, gid, mode } = statSync(folder);
  if (uid === owner.uid) return (mode & 0o100) !== 0;
  if (gid === owner.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
