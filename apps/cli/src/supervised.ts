// One child process that should always run: started, awaited until healthy, restarted with a growing
// pause when it crashes, drained when asked. The child's side of the bargain: it ends by itself on
// SIGTERM and when its IPC channel closes, so it never outlives a supervisor that was killed.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isHealthy } from './health.ts';
import { PlainError } from './plain-error.ts';

export type SupervisedOptions = {
  readonly name: string;
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly healthUrl: string;
  readonly healthHeaders?: Record<string, string>;
  readonly log: (line: string) => void;
  readonly startTimeoutMs?: number;
  readonly firstPauseMs?: number;
};

export type Supervised = {
  /** Of the process running now; undefined while there is none. */
  readonly pid: number | undefined;
  /** Starts it and resolves once it is healthy. */
  start(): Promise<void>;
  /** Resolves once it answers healthy, however often it is restarted meanwhile. */
  healthy(): Promise<void>;
  /** kill -9, and no restart until start(): what a test of a crash at a certain step needs. */
  kill(): Promise<void>;
  /** kill -9 and leave the rest to the supervisor. */
  crash(): Promise<void>;
  /** Lets it drain, then forces it. */
  stop(): Promise<void>;
};

const defaultStartTimeoutMs = 180_000;
const defaultFirstPauseMs = 500;
const longestPauseMs = 10_000;
const drainTimeoutMs = 30_000;
const pollIntervalMs = 100;
const steadyAfterMs = 60_000;
const restartsInARowMax = 8;

export function createSupervised(options: SupervisedOptions): Supervised {
  const { name, log } = options;
  const state: { child: ChildProcess | undefined; wanted: boolean; failures: number } = { child: undefined, wanted: false, failures: 0 };

  const launch = (): void => {
    const child = spawnChild(options);
    const launchedAtMs = performance.now();
    state.child = child;
    child.once('exit', (code, signal) => {
      state.child = undefined;
      if (!state.wanted) return;
      if (performance.now() - launchedAtMs > steadyAfterMs) state.failures = 0;
      void relaunch(signal ?? `exit code ${code}`);
    });
  };
  const relaunch = async (reason: string): Promise<void> => {
    if (state.failures++ === restartsInARowMax) {
      state.wanted = false;
      return log(`The ${name} ended ${state.failures} times in a row; giving up. Its last words: ${lastWords(options.logFile)}`);
    }
    const pauseMs = Math.min((options.firstPauseMs ?? defaultFirstPauseMs) * 2 ** (state.failures - 1), longestPauseMs);
    log(`The ${name} ended (${reason}); starting it again in ${pauseMs / 1000} s.`);
    await sleep(pauseMs);
    if (state.wanted && !state.child) launch();
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    state.wanted = false;
    await endChild(state.child, signal);
  };
  return {
    get pid() {
      return state.child?.pid;
    },
    start: async () => {
      launch();
      await untilHealthy(options, () => (state.child ? 'running' : 'ended'));
      state.wanted = true;
      state.failures = 0;
    },
    healthy: () => untilHealthy(options, () => (state.wanted ? 'running' : 'ended')),
    kill: () => end('SIGKILL'),
    crash: () => endChild(state.child, 'SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

/** Runs a program that ends by itself. Throws PlainError with its last words when it ends otherwise than well. */
export async function runOnce(options: Pick<SupervisedOptions, 'name' | 'program' | 'env' | 'logFile'> & { readonly argument: string }): Promise<void> {
  const { name, argument, logFile } = options;
  const child = spawnChild(options, [argument]);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new PlainError(`"${argument}" of the ${name} failed: ${lastWords(logFile)} (the whole story is in ${logFile})`);
}

function spawnChild({ program, env, logFile }: Pick<SupervisedOptions, 'program' | 'env' | 'logFile'>, programArguments: readonly string[] = []): ChildProcess {
  const output = openSync(logFile, 'a', 0o600);
  try {
    // A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which drains in order.
    return fork(program, programArguments, { detached: true, env: { ...inherited(), ...env }, execArgv: ['--enable-source-maps'], stdio: ['ignore', output, output, 'ipc'] });
  } finally {
    closeSync(output);
  }
}

// The processes get what the system needs and what they are told (instance-env.ts), not the whole environment of a shell.
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

async function untilHealthy(options: SupervisedOptions, condition: () => 'running' | 'ended'): Promise<void> {
  const { name, healthUrl, healthHeaders, logFile } = options;
  const timeoutMs = options.startTimeoutMs ?? defaultStartTimeoutMs;
  const deadline = performance.now() + timeoutMs;
  while (!(await isHealthy(healthUrl, healthHeaders))) {
    if (condition() === 'ended') throw new PlainError(`The ${name} did not start: ${lastWords(logFile)} (the whole story is in ${logFile})`);
    if (performance.now() > deadline) throw new PlainError(`The ${name} was not ready after ${timeoutMs / 1000} s: see ${logFile}`);
    await sleep(pollIntervalMs);
  }
}

async function endChild(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), drainTimeoutMs);
  await gone;
  clearTimeout(force);
}

// Structured logs carry the sentence in `msg`; a crash at start prints "SomethingError: sentence".
function lastWords(logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-40).reverse();
  const telling = lines.find((line) => /"level":(50|60)/.test(line)) ?? lines.find((line) => /\w*Error: /.test(line)) ?? lines[0] ?? '';
  try {
    const entry = JSON.parse(telling) as { msg?: string; err?: { message?: string } };
    return entry.err?.message ?? entry.msg ?? telling;
  } catch {
    return telling.trim() || 'it printed nothing';
  }
}
