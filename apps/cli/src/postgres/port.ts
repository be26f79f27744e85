// A free TCP port on the loopback, below 32768: above it the kernel hands out ports to outgoing connections.
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

const firstPort = 20_000;
const lastPort = 32_000;
const attemptsMax = 50;

export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const port = randomInt(firstPort, lastPort);
    if (await isPortFree(port, host)) return port;
  }
  throw new Error(`no free port between ${firstPort} and ${lastPort} in ${attemptsMax} attempts`);
}

/** Whether this process could listen there now. Throws EACCES and EADDRNOTAVAIL: those are not "in use". */
export async function isPortFree(port: number, host: string): Promise<boolean> {
  // A listener on another address of the same port does not stop a bind, but would shadow localhost.
  if (await someoneAnswers(port, host)) return false;
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function someoneAnswers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: host === '0.0.0.0' || host === '::' ? 'localhost' : host });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
