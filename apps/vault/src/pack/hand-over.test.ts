// What a worker sends arrives whole, and nothing of it is left where it was made.
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { WorkerAnswer } from './face-worker.ts';
import { handOver } from './hand-over.ts';

const answerWith = (embedding: Float32Array): WorkerAnswer => ({ kind: 'done', report: { frames: [], embedded: [{ frameIndex: 0, padScore: null, embedding }] } });

test('an embedding arrives as it was and is zeros behind it', async () => {
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise<WorkerAnswer>((resolve) => port2.once('message', resolve));
  const embedding = Float32Array.of(0.25, -0.5, 0.75);
  handOver(port1, answerWith(embedding));
  expect([...embedding]).toEqual([0, 0, 0]);
  expect(await arrived).toEqual(answerWith(Float32Array.of(0.25, -0.5, 0.75)));
  port1.close();
});

test('an embedding that could not be sent is zeros as well', () => {
  const embedding = Float32Array.of(0.25, -0.5, 0.75);
  const broken = { postMessage: () => { throw new Error('closed'); } };
  expect(() => handOver(broken, answerWith(embedding))).toThrow('closed');
  expect([...embedding]).toEqual([0, 0, 0]);
});
