// The folder of this clone, and running one program in it with its output on the screen.
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** For preparations: what the command itself prints may be read by a program. */
export const toStandardError = 2;

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Resolves to the exit code; a program that cannot be run at all counts as 127. */
export function run(program, args, { cwd = root, env = {}, output = 'inherit' } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['inherit', output, 'inherit'] });
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}
