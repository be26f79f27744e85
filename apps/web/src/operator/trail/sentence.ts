// What a text says an operator did, as it was done or tried. A text has the verb of what was done, the verb of what was tried, and the rest.
import type { OperatorAct } from '@sonrisa/protocol/set-up-api.ts';

export type ActOutcome = 'done' | 'refused' | 'failed' | 'unfinished' | 'under_way';

/** Whoever is still at it has an answer soon. */
const answerWithinMs = 60_000;

export function outcomeOf({ status, atMs }: Pick<OperatorAct, 'status' | 'atMs'>, nowMs: number): ActOutcome {
  if (status === null) return nowMs - atMs < answerWithinMs ? 'under_way' : 'unfinished';
  return status < 400 ? 'done' : status < 500 ? 'refused' : 'failed';
}

export function partsOf(text: string, outcome: ActOutcome): { verb: string; rest: string } {
  const [done = '', tried = '', rest = ''] = text.split('|');
  return { verb: outcome === 'done' ? done : tried, rest };
}

/** Why, or what it was called, in the words of whoever did it; null: they left none. Never a bank account or a secret. */
export function wordsOf(body: unknown): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const said = body as Record<string, unknown>;
  for (const key of ['reason', 'note', 'name', 'label', 'network']) {
    const words = said[key];
    if (typeof words === 'string' && words.trim() !== '' && !words.startsWith('sha256:')) return words.trim();
  }
  return null;
}
