// Keeps one stream of server-sent events open. The browser takes up a broken stream by itself, but gives up for good when
// it is answered with an error; then a new one is opened, after pauses that grow.
import { outboxMessageSchema, type OutboxMessage } from '@sonrisa/protocol/back-office-api.ts';

export type LiveState = 'connecting' | 'live' | 'lost';

export type LiveTools = {
  openEvents: (path: string) => EventSource;
  /** Returns how to call it off. */
  after: (ms: number, action: () => void) => () => void;
};

export const livePath = '/api/sandbox/outbox/live';
export const reopenPausesMs = [1_000, 2_000, 5_000, 10_000];

/** Returns how to stop. */
export function followOutbox(
  tools: LiveTools,
  { onState, onMessage }: { onState: (state: LiveState) => void; onMessage: (message: OutboxMessage) => void },
): () => void {
  let source: EventSource | undefined;
  let callOff = (): void => undefined;
  let failures = 0;
  const open = (): void => {
    const events = tools.openEvents(livePath);
    source = events;
    events.onopen = () => {
      failures = 0;
      onState('live');
    };
    events.onmessage = (event: MessageEvent<string>) => {
      const message = outboxMessageSchema.safeParse(jsonOrUndefined(event.data));
      if (message.success) onMessage(message.data);
    };
    events.onerror = () => {
      onState('lost');
      if (events.readyState !== closed) return;
      const pauseMs = reopenPausesMs[Math.min(failures++, reopenPausesMs.length - 1)] ?? 0;
      callOff = tools.after(pauseMs, open);
    };
  };
  onState('connecting');
  open();
  return () => {
    callOff();
    source?.close();
  };
}

// EventSource.CLOSED
const closed = 2;

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
