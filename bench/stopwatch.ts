// Wall and CPU time (all threads of this process) of a step, collected by name.
import { performance } from 'node:perf_hooks';
import { cpuSince } from './cpu-time.ts';

export interface Stopwatch {
  measure<T>(name: string, step: () => Promise<T> | T): Promise<T>;
  /** Medians in milliseconds; null when never measured. */
  cpuMs(name: string): number | null;
  wallMs(name: string): number | null;
}

export function createStopwatch(): Stopwatch {
  const samples = new Map<string, { cpu: number[]; wall: number[] }>();
  return {
    async measure(name, step) {
      const cpuBefore = process.cpuUsage();
      const wallBefore = performance.now();
      const result = await step();
      const wall = performance.now() - wallBefore;
      const cpu = cpuSince(cpuBefore);
      const kept = samples.get(name) ?? { cpu: [], wall: [] };
      kept.cpu.push(cpu);
      kept.wall.push(wall);
      samples.set(name, kept);
      return result;
    },
    cpuMs: (name) => median(samples.get(name)?.cpu),
    wallMs: (name) => median(samples.get(name)?.wall),
  };
}

function median(values: readonly number[] | undefined): number | null {
  const sorted = [...(values ?? [])].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? null;
}
