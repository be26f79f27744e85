// Ending a worker thread in the middle of a native call (inference, decoding) takes the whole process down: the
// call's completion finds no JavaScript to come back to. So the thread counts its native calls in
// shared memory, and whoever wants to end it forbids new ones and waits for those under way.

export type Guard = <T>(call: () => Promise<T>) => Promise<T>;

export const unguarded: Guard = (call) => call();

/** Zeroed; to be handed to the worker. */
export const createGuardCells = (): SharedArrayBuffer => new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);

const underWay = 0;
const forbidden = 1;

/** In the worker: wraps each native call; throws once calls are forbidden. */
export function createGuard(shared: SharedArrayBuffer): Guard {
  const cells = new Int32Array(shared);
  return async (call) => {
    // Count first, look second; `forbidCalls` writes first, counts second: one of the two always sees the other.
    Atomics.add(cells, underWay, 1);
    try {
      if (Atomics.load(cells, forbidden) === 1) throw new Error('this worker is being ended');
      return await call();
    } finally {
      Atomics.sub(cells, underWay, 1);
    }
  };
}

/** Outside: true when no call is under way and none can start; false when one still is after `graceMs`. */
export async function forbidCalls(shared: SharedArrayBuffer, options: { readonly graceMs: number }): Promise<boolean> {
  const cells = new Int32Array(shared);
  Atomics.store(cells, forbidden, 1);
  for (let waitedMs = 0; waitedMs <= options.graceMs; waitedMs += pollMs) {
    if (Atomics.load(cells, underWay) === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return false;
}

const pollMs = 5;
