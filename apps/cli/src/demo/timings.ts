// Wall time of each stage, kept as all its runs: a median says more than a mean on a shared machine.

export type StageTime = { readonly stage: string; readonly runs: number; readonly medianMs: number; readonly worstMs: number };

export type Timings = {
  measure<Value>(stage: string, work: () => Promise<Value>): Promise<Value>;
  note(stage: string, ms: number): void;
  table(): StageTime[];
};

export function createTimings(): Timings {
  const stages = new Map<string, number[]>();
  const note = (stage: string, ms: number) => {
    const runs = stages.get(stage) ?? [];
    stages.set(stage, [...runs, ms]);
  };
  return {
    note,
    measure: async (stage, work) => {
      const begin = performance.now();
      const value = await work();
      note(stage, performance.now() - begin);
      return value;
    },
    table: () => [...stages].map(([stage, runs]) => ({ stage, runs: runs.length, medianMs: median(runs), worstMs: Math.max(...runs) })),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
