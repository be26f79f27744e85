// Work that comes round by itself: each round waits for the one before it, a failed one is logged and tried again next time.
export type Round = { name: string; everyMs: number; run: () => Promise<unknown> };
type RoundLog = { error(fields: object, message: string): void };

/** Returns how to stop, which waits for the rounds under way. */
export function startRounds(rounds: readonly Round[], log: RoundLog): () => Promise<void> {
  const stops = rounds.map((round) => startRound(round, log));
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

function startRound({ name, everyMs, run }: Round, log: RoundLog): () => Promise<void> {
  let underWay: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const next = () => {
    underWay = run()
      .catch((error: unknown) => log.error({ err: error, round: name }, `The ${name} round failed; the next one tries again`))
      .finally(() => {
        if (!stopped) timer = setTimeout(next, everyMs);
      });
  };
  next();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await underWay;
  };
}
