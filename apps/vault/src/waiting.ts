// How many people the pack in use cannot recognise because another one enrolled them. Health is asked every second and the
// answer moves slowly: it is counted anew once a minute.
import type { Clock } from './adapters/system.ts';

const freshMs = 60_000;

export interface Waiting {
  count(): Promise<number>;
}

export function createWaiting(deps: { clock: Clock; count: () => Promise<number> }): Waiting {
  const { clock, count } = deps;
  let known: { readonly people: Promise<number>; readonly atMs: number } | undefined;

  return {
    count: () => {
      if (!known || clock.nowMs() - known.atMs >= freshMs) {
        const people = count();
        // A failure is not remembered.
        people.catch(() => void (known = undefined));
        known = { people, atMs: clock.nowMs() };
      }
      return known.people;
    },
  };
}
