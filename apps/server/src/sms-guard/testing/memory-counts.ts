// FOR TESTS AND SIMULATIONS: the counts in memory. A test runs the same story through these and the database's.
import type { Count } from '../decide.ts';
import type { SmsCounts } from '../counts.ts';
import { scopes, type Scope } from '../policy.ts';

type Slot = { atMs: number; sent: number; entered: number };

export function createMemoryCounts(): SmsCounts {
  const slots = new Map<Scope, Map<string, Slot[]>>(scopes.map((scope) => [scope, new Map()]));
  return {
    read: async (reads) => reads.map(({ scope, subject, sinceMs }) => sumSince(slots.get(scope)?.get(subject), sinceMs)),
    lock: async () => undefined,
    add: async (slices, { sent = 0, entered = 0 }) => {
      for (const { scope, subject, sliceMs } of slices) {
        let of = slots.get(scope)?.get(subject);
        if (!of) slots.get(scope)?.set(subject, (of = []));
        of ??= [];
        let at = of.length - 1;
        while (at >= 0 && (of[at]?.atMs ?? 0) > sliceMs) at -= 1;
        const found = of[at];
        if (found?.atMs === sliceMs) {
          found.sent += sent;
          found.entered += entered;
        } else {
          of.splice(at + 1, 0, { atMs: sliceMs, sent, entered });
        }
      }
    },
  };
}

function sumSince(slots: readonly Slot[] | undefined, sinceMs: number): Count {
  let [sent, entered] = [0, 0];
  for (let at = (slots?.length ?? 0) - 1; slots && at >= 0; at -= 1) {
    const slot = slots[at];
    if (!slot || slot.atMs < sinceMs) break;
    sent += slot.sent;
    entered += slot.entered;
  }
  return { sent, entered };
}
