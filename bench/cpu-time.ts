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

/** Of processes that run, and of those they started that have ended, in milliseconds. */
export function cpuMsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid) * msPerTick, 0);
}

// utime, stime and the same of children that ended are fields 14 to 17; the second, in parentheses, may hold anything.
function ticksOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
  } catch {
    return 0;
  }
}
