// A clock that can be moved under running processes, by libfaketime (Debian's package faketime): they ask for the time of day and
// are told one that is so many seconds off. Timers go by the monotonic clock, which stays.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type MovableClock = {
  /** A program that starts the given one under it. */
  programUnder(program: string): string;
  /** From now on it is this much off, in whole seconds. */
  move(offsetS: number): void;
  remove(): void;
};

const libraries = '/usr/lib';
const aDayS = 86_400;

/** Undefined: there is no libfaketime here, or it does not move the clock of a Node process. */
export function faketimeLibrary(): string | undefined {
  if (!existsSync(libraries)) return undefined;
  const library = readdirSync(libraries).map((machine) => join(libraries, machine, 'faketime', 'libfaketimeMT.so.1')).find((file) => existsSync(file));
  return library !== undefined && movesNode(library) ? library : undefined;
}

function movesNode(library: string): boolean {
  const clock = createMovableClock(library);
  clock.move(aDayS);
  const { stdout } = spawnSync(clock.programUnder(process.execPath), ['-p', 'Date.now()'], { encoding: 'utf8' });
  clock.remove();
  return Number(stdout) > Date.now() + (aDayS * 1_000) / 2;
}

export function createMovableClock(library: string): MovableClock {
  const folder = mkdtempSync(join(tmpdir(), 'sonrisa-clock-'));
  // PostgreSQL runs as another user here.
  chmodSync(folder, 0o755);
  const file = join(folder, 'offset');
  const settings = `LD_PRELOAD='${library}' FAKETIME_TIMESTAMP_FILE='${file}' FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1`;
  const move = (offsetS: number) => writeFileSync(file, `${offsetS < 0 ? '-' : '+'}${Math.abs(offsetS)}\n`);
  move(0);
  let made = 0;
  return {
    programUnder: (program) => {
      const script = join(folder, `under-${(made += 1)}`);
      writeFileSync(script, `#!/bin/sh\n${settings} exec '${program}' "$@"\n`, { mode: 0o755 });
      return script;
    },
    move,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
