// A worker's answer leaves as a copy: the numbers of the faces in it do not stay behind in the worker.
import { wipeReport } from './burst.ts';
import type { WorkerAnswer } from './face-worker.ts';

export function handOver(port: { postMessage(message: WorkerAnswer): void }, answer: WorkerAnswer): void {
  try {
    port.postMessage(answer);
  } finally {
    if (answer.kind === 'done') wipeReport(answer.report);
  }
}
