// The time between the first answer of a vault and its first search: the gallery is read from the database, everybody who
// asks hears how far it is, and so does the log.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Clock } from './adapters/system.ts';
import type { Gallery } from './gallery.ts';

const retryAfterS = 2;
const logEveryMs = 5_000;

export interface Loading {
  load(): Promise<void>;
  /** Throws ProblemError `vault_unavailable` while there is more to read. */
  refuseUnlessDone(): void;
}

export function createLoading(deps: {
  gallery: Gallery;
  clock: Clock;
  log: { info(facts: object, text: string): void };
  /** How many people there will be, for the log. */
  countPeople: () => Promise<number>;
}): Loading {
  const { gallery, clock, log, countPeople } = deps;
  let peopleLoaded = 0;
  let isDone = false;

  async function load(): Promise<void> {
    const startedMs = clock.nowMs();
    const ofPeople = await countPeople();
    let toldMs = startedMs;
    await gallery.load((people) => {
      peopleLoaded = people;
      if (clock.nowMs() - toldMs < logEveryMs) return;
      toldMs = clock.nowMs();
      log.info({ people, ofPeople }, 'loading the gallery');
    });
    isDone = true;
    log.info({ people: gallery.peopleCount, ms: clock.nowMs() - startedMs }, 'the gallery is loaded');
  }

  function refuseUnlessDone(): void {
    if (!isDone) throw new ProblemError('vault_unavailable', { facts: { retryAfterS, peopleLoaded } });
  }

  return { load, refuseUnlessDone };
}
