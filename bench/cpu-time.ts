// CPU time of this process, all its threads together.

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
