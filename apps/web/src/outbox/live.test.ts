import { expect, it } from 'vitest';
import { followOutbox, livePath, reopenPausesMs } from './live.ts';

type Stream = { path: string; readyState: number; closed: boolean; onopen?: () => void; onerror?: () => void; onmessage?: (event: { data: string }) => void };

function follow() {
  const streams: Stream[] = [];
  const waiting: { ms: number; action: () => void; calledOff: boolean }[] = [];
  const states: string[] = [];
  const texts: string[] = [];
  const stop = followOutbox(
    {
      openEvents: (path) => {
        const stream = { path, readyState: 0, closed: false, close: () => void (stream.closed = true) };
        streams.push(stream);
        return stream as unknown as EventSource;
      },
      after: (ms, action) => {
        const wait = { ms, action, calledOff: false };
        waiting.push(wait);
        return () => void (wait.calledOff = true);
      },
    },
    { onState: (state) => states.push(state), onMessage: (message) => texts.push(message.text) },
  );
  return { streams, waiting, states, texts, stop };
}

const message = { id: `msg_${'0'.repeat(32)}`, to: '+8613800138000', text: 'hello', sentAtMs: 1 };

it('tells what arrives, and drops what is not a message', () => {
  const { streams, states, texts } = follow();
  streams[0]?.onopen?.();
  streams[0]?.onmessage?.({ data: JSON.stringify(message) });
  streams[0]?.onmessage?.({ data: '{"text":' });
  streams[0]?.onmessage?.({ data: '{"text":"no id"}' });
  expect(streams[0]?.path).toBe(livePath);
  expect(states).toEqual(['connecting', 'live']);
  expect(texts).toEqual(['hello']);
});

it('leaves a broken stream to the browser', () => {
  const { streams, waiting, states } = follow();
  streams[0]?.onerror?.();
  expect(states.at(-1)).toBe('lost');
  expect(waiting).toHaveLength(0);
  streams[0]?.onopen?.();
  expect(states.at(-1)).toBe('live');
});

it('opens a new stream when the browser gave up, after pauses that grow and start again', () => {
  const { streams, waiting } = follow();
  const refuse = (): void => {
    const stream = streams.at(-1);
    if (stream) stream.readyState = 2;
    stream?.onerror?.();
    waiting.at(-1)?.action();
  };
  for (let round = 0; round < reopenPausesMs.length + 1; round++) refuse();
  expect(waiting.map((wait) => wait.ms)).toEqual([...reopenPausesMs, reopenPausesMs.at(-1)]);
  streams.at(-1)?.onopen?.();
  refuse();
  expect(waiting.at(-1)?.ms).toBe(reopenPausesMs[0]);
});

it('once stopped, closes the stream and opens no other', () => {
  const { streams, waiting, stop } = follow();
  const stream = streams[0];
  if (stream) stream.readyState = 2;
  stream?.onerror?.();
  stop();
  expect(stream?.closed).toBe(true);
  expect(waiting[0]?.calledOff).toBe(true);
});
