// Embeds every photo of a set on a few threads. Embeddings stay in memory: nothing is written.
import type { QualityProblem } from '@sonrisa/face/quality.ts';
import { endThread, startThread } from '../pack/model-thread.ts';
import type { ModelThread } from '../pack/model-thread.ts';
import type { OpenedPack } from '../pack/pack-source.ts';
import type { LabelledPhoto } from './photos.ts';
import type { PhotoAnswer, PhotoJob, PhotoOutcome } from './photo-worker.ts';

export interface EmbeddedPhotos {
  /** As long as the photos: its row in `vectors`, or -1 without an embedding. */
  readonly rowOf: Int32Array;
  readonly vectors: Float32Array;
  readonly embedded: number;
  /** Photos without an embedding, by reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Photos with one that the gate of an enrolment would send back, by reason. */
  readonly gated: Readonly<Partial<Record<QualityProblem, number>>>;
}

// A second job waits in the thread while the first is worked on.
const jobsInThread = 2;

export async function embedPhotos(options: {
  readonly photos: readonly LabelledPhoto[];
  readonly pack: OpenedPack;
  readonly workerFile: string;
  readonly threads: number;
  readonly onProgress: (done: number) => void;
  readonly signal?: AbortSignal;
}): Promise<EmbeddedPhotos> {
  const { photos, pack, workerFile, threads, onProgress, signal } = options;
  const outcomes = new Array<PhotoOutcome>(photos.length);
  const { files, profile } = pack;
  const opened = Array.from({ length: Math.min(threads, photos.length) }, () => startThread(workerFile, { files, profile }));
  try {
    await new Promise<void>((resolve, reject) => {
      let next = 0;
      let done = 0;
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      const give = ({ worker }: ModelThread): void => {
        const photo = photos[next];
        if (photo) worker.postMessage({ index: next++, path: photo.path } satisfies PhotoJob);
      };
      for (const thread of opened) {
        thread.worker.on('error', reject);
        thread.worker.on('exit', () => reject(new Error('a thread of the face models ended')));
        thread.worker.on('message', (answer: PhotoAnswer) => {
          if (answer.kind === 'failed') return reject(new Error(`a photo could not be worked on: ${answer.message}`));
          if (answer.kind === 'ready') return Array.from({ length: jobsInThread }, () => give(thread));
          outcomes[answer.index] = answer.outcome;
          onProgress(++done / photos.length);
          return done === photos.length ? resolve() : give(thread);
        });
      }
    });
  } finally {
    await Promise.all(opened.map(endThread));
  }
  return collect(outcomes, pack.embeddingLength);
}

function collect(outcomes: readonly PhotoOutcome[], length: number): EmbeddedPhotos {
  const embedded = outcomes.filter(({ ok }) => ok).length;
  const vectors = new Float32Array(embedded * length);
  const rowOf = new Int32Array(outcomes.length).fill(-1);
  const refusals: Record<string, number> = {};
  const gated: Partial<Record<QualityProblem, number>> = {};
  let row = 0;
  outcomes.forEach((outcome, index) => {
    if (!outcome.ok) {
      refusals[outcome.reason] = (refusals[outcome.reason] ?? 0) + 1;
      return;
    }
    rowOf[index] = row;
    vectors.set(outcome.embedding, row++ * length);
    outcome.embedding.fill(0);
    if (outcome.gate) gated[outcome.gate] = (gated[outcome.gate] ?? 0) + 1;
  });
  return { rowOf, vectors, embedded, refusals, gated };
}
