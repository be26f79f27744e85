// A vault that cannot open its keys because the key service is away says so and tries again, for a while: the service may be
// starting too. What will not pass by itself ends the start at once, with the service's own reason.
import { KeyServiceError } from './key-service.ts';
import { PlainError } from './plain-error.ts';

const pauseMs = 5_000;
/** Below what a supervisor waits for a vault to be ready. */
const patienceMs = 120_000;

export interface Patience {
  /** `work` may be run again, so it must have done nothing when it fails. */
  whileServiceIsAway<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createPatience(deps: {
  log: { warn(facts: object, text: string): void };
  pause: (ms: number) => Promise<void>;
  /** Whether the process was told to stop. */
  isStopping: () => boolean;
}): Patience {
  const { log, pause, isStopping } = deps;

  async function whileServiceIsAway<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let waitedMs = 0; ; waitedMs += pauseMs) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof KeyServiceError) || !error.passing || waitedMs >= patienceMs) throw error;
        log.warn({ reason: error.message }, 'the key service is away and will be asked again');
      }
      await pause(pauseMs);
      if (isStopping()) throw new PlainError('Stopped while the key service was away.');
    }
  }

  return { whileServiceIsAway };
}
