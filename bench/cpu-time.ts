// CPU time of this process, all its threads together, and of other processes.
import { readFileSync } from 'node:fs';

/** Of /proc: 100 ticks a second on every Linux of today. */
const msPerTick = 10;

export function cpuMs(step: () => unknown): number {
  const start = process.cpuUsage();
  step();
  return cpuSince(start);
}

/** In milliseconds. */
export function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Of processes that run, in milliseconds; one that ended counts nothing. */
export function cpuMsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid) * msPerTick, 0);
}

// utime and stime are the 14th and 15th field; the second, in parentheses, may hold anything.
function ticksOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
