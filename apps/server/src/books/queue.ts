// The queue before the books. What waits is taken with no delay added and posted in one transaction; while that one is being written
// the next is locked and decided. Callers who were answered together ask again together, and in one group they would wait for each
// other for ever: a group takes no more than its share of all there are, so that there is one to decide while another is written.
// A group that fails is tried again one by one, off the main line, so that a request that cannot be posted, or meets a row somebody
// sits on, costs its neighbours one try and fails alone.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Chain, PostResult } from './request.ts';

/** Chains in one transaction. */
export const groupChainsMax = 256;
/** As many go together even when it leaves no second group: fewer are not worth a transaction of their own. */
export const groupChainsMin = 8;
/** Chains that wait, before whoever asks is told to come back. */
export const queueChainsMax = 4_096;
/** Groups under way: one that is being decided, the others in PostgreSQL's hands. */
export const groupsAtOnceMax = 2;
export const aloneAtOnceMax = 4;
const retryAfterS = 1;

export type PostingQueue = {
  /** Answers up to and with the first refusal. Throws ProblemError `busy` when too many wait, or when the database does not answer. */
  post(chain: Chain): Promise<PostResult[]>;
};

export type PostingQueueDeps = {
  /** Posts a group; calls `onDecided` when it only has to be written. `isAlone`: may wait long for rows, and tries again. */
  readonly postGroup: (chains: readonly Chain[], options: { isAlone: boolean; onDecided: () => void }) => Promise<PostResult[][]>;
  /** False: trying again one by one would meet the same trouble. */
  readonly isWorthSplitting: (error: unknown) => boolean;
  /** Hears why a group was split. */
  readonly onSplit: ((error: unknown, chains: number) => void) | undefined;
};

type Waiting = { readonly chain: Chain; resolve(results: PostResult[]): void; reject(error: unknown): void };

export function createPostingQueue(deps: PostingQueueDeps): PostingQueue {
  const { postGroup, isWorthSplitting, onSplit } = deps;
  const waiting: Waiting[] = [];
  const alone = createAloneLane(deps);
  let underWay = 0;
  let chainsUnderWay = 0;
  let deciding = false;
  let isAwake = false;

  // Once a turn of the event loop, so that all who ask in one turn go together.
  const wake = () => {
    if (isAwake) return;
    isAwake = true;
    setImmediate(() => {
      isAwake = false;
      startGroup();
    });
  };
  const startGroup = () => {
    if (deciding || underWay >= groupsAtOnceMax || waiting.length === 0) return;
    deciding = true;
    underWay += 1;
    const group = waiting.splice(0, shareOf(waiting.length + chainsUnderWay));
    chainsUnderWay += group.length;
    void runGroup(group);
  };
  const runGroup = async (group: Waiting[]) => {
    let isDecided = false;
    const onDecided = () => {
      if (isDecided) return;
      isDecided = true;
      deciding = false;
      wake();
    };
    try {
      const results = await postGroup(group.map(({ chain }) => chain), { isAlone: false, onDecided });
      group.forEach((each, index) => each.resolve(results[index]!));
    } catch (error) {
      if (isWorthSplitting(error)) {
        onSplit?.(error, group.length);
        alone.add(group);
      } else {
        for (const each of group) each.reject(error);
      }
    } finally {
      onDecided();
      underWay -= 1;
      chainsUnderWay -= group.length;
      wake();
    }
  };

  return {
    post: (chain) =>
      new Promise((resolve, reject) => {
        if (waiting.length + alone.waiting() >= queueChainsMax) return reject(new ProblemError('busy', { facts: { retryAfterS } }));
        waiting.push({ chain, resolve, reject });
        wake();
      }),
  };
}

function shareOf(chains: number): number {
  return Math.min(groupChainsMax, Math.max(groupChainsMin, Math.ceil(chains / groupsAtOnceMax)));
}

function createAloneLane({ postGroup }: PostingQueueDeps): { add(group: readonly Waiting[]): void; waiting(): number } {
  const waiting: Waiting[] = [];
  let underWay = 0;
  const start = () => {
    while (underWay < aloneAtOnceMax && waiting.length > 0) {
      underWay += 1;
      void run(waiting.shift()!);
    }
  };
  const run = async ({ chain, resolve, reject }: Waiting) => {
    try {
      const [results] = await postGroup([chain], { isAlone: true, onDecided: () => undefined });
      resolve(results!);
    } catch (error) {
      reject(error);
    } finally {
      underWay -= 1;
      start();
    }
  };
  return {
    add: (group) => {
      waiting.push(...group);
      start();
    },
    waiting: () => waiting.length,
  };
}
