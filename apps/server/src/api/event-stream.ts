// Server-sent events over one answer (HTML standard, "Server-sent events"), kept open with a comment now and then.
import type { FastifyReply } from 'fastify';

const heartbeatMs = 15_000;
/** A reader this far behind is let go: its browser comes back by itself and reads the list again. */
export const unreadBytesMax = 256 * 1024;

export type EventStream = { send(event: { id: string; data: unknown }): void; end(): void };

export function startEventStream(reply: FastifyReply, onClosed: () => void): EventStream {
  const headers = Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...Object.fromEntries(headers), 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  raw.write(': open\n\n');
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), heartbeatMs).unref();
  raw.once('close', () => {
    clearInterval(heartbeat);
    onClosed();
  });
  return {
    send: ({ id, data }) => {
      if (raw.writableLength > unreadBytesMax) raw.destroy();
      else raw.write(`id: ${id}\nevent: message\ndata: ${JSON.stringify(data)}\n\n`);
    },
    end: () => void raw.end(),
  };
}
