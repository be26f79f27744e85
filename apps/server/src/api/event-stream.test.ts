// A reader that does not read is let go instead of being remembered for.
import { EventEmitter } from 'node:events';
import type { FastifyReply } from 'fastify';
import { expect, it } from 'vitest';
import { startEventStream, unreadBytesMax } from './event-stream.ts';

function readerWith(writableLength: number) {
  const written: string[] = [];
  const raw = Object.assign(new EventEmitter(), {
    writableLength,
    destroyed: false,
    writeHead: () => raw,
    write: (text: string) => written.push(text),
    end: () => raw.emit('close'),
    destroy: () => {
      raw.destroyed = true;
      raw.emit('close');
    },
  });
  const reply = { getHeaders: () => ({}), hijack: () => undefined, raw } as unknown as FastifyReply;
  return { raw, written, stream: startEventStream(reply, () => written.push('closed')) };
}

it('sends to a reader that keeps up', () => {
  const { raw, written, stream } = readerWith(unreadBytesMax);
  stream.send({ id: '1', data: 'news' });
  expect(raw.destroyed).toBe(false);
  expect(written.at(-1)).toBe('id: 1\nevent: message\ndata: "news"\n\n');
  stream.end();
});

it('closes the stream of a reader that does not', () => {
  const { raw, written, stream } = readerWith(unreadBytesMax + 1);
  stream.send({ id: '1', data: 'news' });
  expect(raw.destroyed).toBe(true);
  expect(written.slice(1)).toEqual(['closed']);
});
