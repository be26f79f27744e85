// An HTTP server on this machine that stands for somebody's key service, for tests: on one port, closed and opened again, and failing
// as such services fail.
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type ServiceFault = 'throttled' | 'hanging' | 'cut' | 'broken';
export type Answer = { status: number; body: object };

export interface KeyServiceServer {
  readonly url: string;
  /** The next so many calls, and none after them. */
  fail(fault: ServiceFault, times: number): void;
  close(): Promise<void>;
  /** On the same port and with the same keys. */
  open(): Promise<void>;
}

export async function startKeyServiceServer(service: {
  readonly headers: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<'throttled' | 'broken', Answer>>;
  answerTo(request: IncomingMessage, body: Buffer): Answer;
}): Promise<KeyServiceServer> {
  const faults: ServiceFault[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const fault = faults.shift();
    if (fault === 'hanging') return;
    if (fault === 'cut') return void request.socket.destroy();
    const { status, body } = fault ? service.faults[fault] : service.answerTo(request, Buffer.concat(chunks));
    response.writeHead(status, service.headers).end(JSON.stringify(body));
  });
  let port = 0;
  const open = async (): Promise<void> => {
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  };
  await open();
  return {
    url: `http://127.0.0.1:${port}`,
    fail: (fault, times) => void faults.splice(0, faults.length, ...Array.from({ length: times }, () => fault)),
    close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(() => resolve()))),
    open,
  };
}
