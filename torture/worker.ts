// The process under test: the real books behind a bare HTTP server on the loopback. It is killed in the middle of anything.
// Told what to be by its only argument; says its port to whoever started it, and ends when that one is gone.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { type Books, createBooks } from '../apps/server/src/books/index.ts';
import { createPool } from '../apps/server/src/db/pool.ts';
import type { Asked } from './movements.ts';
import { sabotagedBooks } from './sabotage.ts';
import { decodeRequests, type Outcome, type WorkerOptions } from './wire.ts';

const { url, connectionsMax, sabotage } = JSON.parse(process.argv[2] ?? '{}') as WorkerOptions;
const pool = createPool({ url, connectionsMax });
const books = sabotagedBooks(createBooks({ pool, newTransferId: (kind) => `${kind}_${randomUUID()}` }), sabotage);

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => void answerAll(Buffer.concat(parts).toString('utf8')).then((body) => response.end(body)));
  // A caller that went away is not this process's business.
  request.on('error', () => undefined);
});
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit(0));

async function answerAll(text: string): Promise<string> {
  const outcomes = await Promise.all(decodeRequests(text).map((request) => answerOne(books, request)));
  return JSON.stringify(outcomes);
}

async function answerOne(by: Books, { then, ...request }: Asked): Promise<Outcome> {
  try {
    if (!then) return { is: 'answered', answer: await by.post(request) };
    const [answer, ...rest] = await by.postInOrder({ idempotency: request.idempotency, movements: [request, ...then] });
    return { is: 'answered', answer: answer!, then: rest };
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'busy') return { is: 'busy' };
    return { is: 'broken', message: (error as Error).message };
  }
}
