// The most memory a process has held so far, as the kernel counts it.
import { readFileSync } from 'node:fs';

/** Bytes; undefined where the system does not say (no /proc). */
export function peakMemoryBytes(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}
