// While the gallery is read the vault says so, and how far it is, to whoever asks and to the log.
import { expect, test } from 'vitest';
import type { Gallery } from './gallery.ts';
import { createLoading } from './loading.ts';

test('until everybody is in, the vault is unavailable and says how many are', async () => {
  const lines: object[] = [];
  let nowMs = 0;
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => void (finish = resolve));
  const gallery = {
    peopleCount: 1500,
    load: async (progress: (people: number) => void) => {
      for (const people of [500, 1000]) {
        nowMs += 3000;
        progress(people);
      }
      await finished;
    },
  } as unknown as Gallery;
  const log = { info: (facts: object) => void lines.push(facts) };
  const loading = createLoading({ gallery, clock: { nowMs: () => nowMs }, log, countPeople: async () => 1500 });
  const refused = (peopleLoaded: number) => expect(() => loading.refuseUnlessDone()).toThrow(expect.objectContaining({ code: 'vault_unavailable', facts: { retryAfterS: 2, peopleLoaded } }));
  refused(0);
  const done = loading.load();
  await Promise.resolve();
  await Promise.resolve();
  refused(1000);
  finish();
  await done;
  loading.refuseUnlessDone();
  expect(lines).toEqual([{ people: 1000, ofPeople: 1500 }, { people: 1500, ms: 6000 }]);
});
