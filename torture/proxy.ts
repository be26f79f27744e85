// A TCP proxy between the books and PostgreSQL that cuts connections at the moment that hurts: when a COMMIT was sent. Before it
// reaches the server, nothing happened; after the server answered it and before the books hear, everything did, and nobody knows.
// The last statement travels with its COMMIT; its own answer is held back too.
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

export type Fate = 'pass' | 'cut_before' | 'cut_after';
export type Proxy = {
  readonly port: number;
  readonly cuts: { readonly before: number; readonly after: number };
  close(): Promise<void>;
};

// A simple query message: 'Q', its length in four bytes, the text, a zero.
const commitMessage = Buffer.from([0x51, 0, 0, 0, 11, ...Buffer.from('COMMIT'), 0]);
// Command complete: 'C', its length, the command, a zero. A transaction in which something failed is rolled back by its COMMIT.
const endMessages = ['COMMIT', 'ROLLBACK'].map((command) => Buffer.from([0x43, 0, 0, 0, 5 + command.length, ...Buffer.from(command), 0]));
const endBytesMax = Math.max(...endMessages.map(({ length }) => length));

/** `fateOf` is asked once for every COMMIT. */
export function startProxy(input: { targetPort: number; fateOf: () => Fate }): Promise<Proxy> {
  const { targetPort, fateOf } = input;
  const cuts = { before: 0, after: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect({ port: targetPort, host: '127.0.0.1' });
    let isAnswerLost = false;
    let heldBack: Buffer = Buffer.alloc(0);
    const cut = () => {
      client.destroy();
      database.destroy();
    };
    for (const socket of [client, database]) {
      sockets.add(socket.setNoDelay(true));
      socket.on('error', cut);
      socket.on('close', () => {
        sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (chunk: Buffer) => {
      const fate = chunk.includes(commitMessage) ? fateOf() : 'pass';
      if (fate === 'cut_before') {
        cuts.before += 1;
        return cut();
      }
      if (fate === 'cut_after') isAnswerLost = true;
      database.write(chunk);
    });
    database.on('data', (chunk: Buffer) => {
      if (!isAnswerLost) return void client.write(chunk);
      // PostgreSQL answers a COMMIT when it is on disk: these bytes are the proof that it took place.
      const seen = Buffer.concat([heldBack, chunk]);
      heldBack = seen.subarray(-endBytesMax);
      if (!endMessages.some((message) => seen.includes(message))) return;
      cuts.after += 1;
      cut();
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        cuts,
        close: () => {
          for (const socket of sockets) socket.destroy();
          return new Promise((closed) => server.close(() => closed()));
        },
      }),
    );
  });
}

export function through(url: string, proxy: Proxy): string {
  const other = new URL(url);
  other.port = String(proxy.port);
  return other.href;
}
