// What a run of minutes owes whoever started it: a bar, and an orderly end on Ctrl-C.
import { PlainError } from '../plain-error.ts';

const barCells = 30;

// One line a percent: where there is no terminal each line stays, so only every tenth is told there.
export function progressBar(tell: (line: string) => void): (name: string, done: number) => void {
  const every = process.stdout.isTTY ? 1 : 10;
  let last = '';
  return (name, done) => {
    const percent = Math.floor((100 * done) / every) * every;
    const filled = Math.round((barCells * percent) / 100);
    const line = `${'█'.repeat(filled)}${'░'.repeat(barCells - filled)} ${String(percent).padStart(3)} %  ${name}`;
    if (line !== last) tell(line);
    last = line;
  };
}

// Ctrl-C ends the threads in order: a model in the middle of its work would take the process down.
export function interruptible(): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new PlainError('Stopped.'));
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, end: () => void process.off('SIGINT', stop).off('SIGTERM', stop) };
}
