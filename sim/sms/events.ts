// What happens when: a binary heap by time; equal times in the order they were added.
export type Event<What> = { readonly atMs: number; readonly what: What };

export type Agenda<What> = {
  add(event: Event<What>): void;
  /** Earliest first; undefined when the earliest is later than `untilMs`. */
  nextUntil(untilMs: number): Event<What> | undefined;
};

export function createAgenda<What>(): Agenda<What> {
  const heap: { event: Event<What>; order: number }[] = [];
  let added = 0;
  const isBefore = (a: number, b: number): boolean => {
    const [one, other] = [heap[a], heap[b]];
    if (!one || !other) return false;
    return one.event.atMs < other.event.atMs || (one.event.atMs === other.event.atMs && one.order < other.order);
  };
  const swap = (a: number, b: number): void => {
    const [one, other] = [heap[a], heap[b]];
    if (one && other) [heap[a], heap[b]] = [other, one];
  };
  return {
    add: (event) => {
      heap.push({ event, order: added++ });
      for (let at = heap.length - 1; at > 0 && isBefore(at, (at - 1) >> 1); at = (at - 1) >> 1) swap(at, (at - 1) >> 1);
    },
    nextUntil: (untilMs) => {
      const [first] = heap;
      if (!first || first.event.atMs > untilMs) return undefined;
      const last = heap.pop();
      if (last && heap.length > 0) {
        heap[0] = last;
        for (let at = 0; ; ) {
          const [left, right] = [2 * at + 1, 2 * at + 2];
          const child = isBefore(right, left) ? right : left;
          if (!isBefore(child, at)) break;
          swap(at, child);
          at = child;
        }
      }
      return first.event;
    },
  };
}
