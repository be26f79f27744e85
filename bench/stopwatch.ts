// Wall and CPU time (all threads of this process) of a step, collected by name.
import { performance } from 'node:perf_hooks';
import { cpuSince } from './cpu-time.ts';
import { median } from './median.ts';

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
    cpuMs: (name) => medianMs(samples.get(name)?.cpu),
    wallMs: (name) => medianMs(samples.get(name)?.wall),
  };
}

const medianMs = (values: readonly number[] | undefined): number | null => (values === undefined ? null : median(values));
