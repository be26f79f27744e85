// The processes under test, from outside: started, asked, killed with -9, started again.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Asked } from './movements.ts';
import { encodeRequests, type Outcome, type WorkerOptions } from './wire.ts';

export type Worker = {
  readonly pid: number | undefined;
  /** Undefined: no answer came. Whether anything was done is unknown to who asked. */
  ask(requests: readonly Asked[]): Promise<Outcome[] | undefined>;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
};

const source = fileURLToPath(new URL('./worker.ts', import.meta.url));
const bundles = fileURLToPath(new URL('../.cache/torture/', import.meta.url));
const startTimeoutMs = 60_000;
/** Above what the books themselves may take to give up. */
const answerTimeoutMs = 120_000;
const callsAtOnceMax = 1_024;

/** `nodeOf`: the Node that each runs in. */
export async function startWorkers(count: number, options: WorkerOptions, nodeOf: (index: number) => string = () => process.execPath): Promise<Worker[]> {
  const program = await bundleWorker();
  return Promise.all(Array.from({ length: count }, (_, index) => startWorker(program, { options, node: nodeOf(index) })));
}

// One file of plain JavaScript: a process that is killed hundreds of times must not compile itself at every start.
async function bundleWorker(): Promise<string> {
  const outfile = `${bundles}worker-${process.pid}.mjs`;
  mkdirSync(dirname(outfile), { recursive: true });
  await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20', external: ['pg', 'kysely', 'zod'], logLevel: 'warning' });
  process.once('exit', () => rmSync(outfile, { force: true }));
  return outfile;
}

async function startWorker(program: string, { options, node }: { options: WorkerOptions; node: string }): Promise<Worker> {
  const agent = new Agent({ keepAlive: true, maxSockets: callsAtOnceMax });
  let child: ChildProcess | undefined;
  let port = 0;
  const start = async () => {
    child = fork(program, [JSON.stringify(options)], { execPath: node, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    port = await portOf(child);
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    get pid() {
      return child?.pid;
    },
    ask: (requests) => ask({ agent, port, body: encodeRequests(requests) }),
    kill,
    start,
    stop: async () => {
      await kill();
      agent.destroy();
    },
  };
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the process under test did not start')), startTimeoutMs);
    child.once('message', (message: { port: number }) => {
      clearTimeout(timer);
      resolve(message.port);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the process under test ended: ${signal ?? code}`));
    });
  });
}

function ask({ agent, port, body }: { agent: Agent; port: number; body: string }): Promise<Outcome[] | undefined> {
  return new Promise((resolve) => {
    const lost = () => resolve(undefined);
    const request = httpRequest({ agent, port, host: '127.0.0.1', method: 'POST', timeout: answerTimeoutMs }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve(response.complete ? (JSON.parse(Buffer.concat(parts).toString('utf8')) as Outcome[]) : undefined));
      response.on('error', lost);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', lost);
    request.end(body);
  });
}
