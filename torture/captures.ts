// `npm run torture -- captures`: a whole instance over HTTP, its sandbox terminals, and captures that it must not take. The answers
// are counted by code: each attempt has to be refused, and the genuine capture beside it accepted. Needs a build (`npm run build`).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { captureLimits } from '../packages/protocol/src/capture.ts';
import { ApiRefusal } from '../apps/cli/src/demo/api.ts';
import { samplePeople } from '../apps/cli/src/demo/people.ts';
import { enrolShopper, openStage } from '../apps/cli/src/demo/stage.ts';
import { createTimings } from '../apps/cli/src/demo/timings.ts';
import { startInstance } from '../apps/cli/src/instance.ts';
import { freePort } from '../apps/cli/src/postgres/port.ts';
import { attackKinds, directors, type AttackKind, type Call, type Scene, type Theatre } from './capture-attacks.ts';
import type { RackOptions } from './options.ts';
import type { Report } from './report.ts';
import { createSeeded } from './seeded.ts';

const attemptsByDefault = 20;
/** Attempts in one scene, which ends with a genuine capture. */
const attemptsAScene = 25;

type Answer = { status: number; code: string };
type Tally = { refused: Map<string, number>; genuine: number; scenes: number; findings: string[] };

export async function runCaptures({ seed, numbers, control }: RackOptions, progress: (line: string) => void): Promise<Report> {
  const attempts = numbers['rounds'] ?? attemptsByDefault;
  const dataDir = mkdtempSync(join(tmpdir(), 'sonrisa-captures-'));
  const begunMs = performance.now();
  const instance = await startInstance({ dataDir, port: await freePort(), mode: 'sandbox', logLevel: 'warn' });
  try {
    const { url, activationCode = '' } = instance;
    const stage = await openStage({ url, activationCode, people: samplePeople(1), timings: createTimings() });
    const { person } = await enrolShopper(stage, 0);
    const answerTo = sender(url);
    const burst = person.burst({ kind: 'till', seed: 5, count: captureLimits.framesMax });
    const theatre: Theatre = { stage, activationCode, patiently, takeBurst: async (count) => (await burst).slice(0, count), send: async (call) => (await answerTo(call)).status };
    const tallies = new Map<AttackKind, Tally>();
    for (const kind of attackKinds) {
      const tally = await attack({ kind, theatre, answerTo, seed, attempts, control });
      tallies.set(kind, tally);
      progress(factOf(kind, tally));
    }
    const minutes = ((performance.now() - begunMs) / 60_000).toFixed(1);
    return {
      title: control ? 'captures, control: nothing is wrong with them' : 'captures',
      control,
      findings: [...tallies.values()].flatMap(({ findings }) => findings),
      verdict: 'none accepted',
      facts: [`seed ${seed}, ${attempts} of each kind in ${minutes} minutes, over HTTP against a server and a vault`, ...[...tallies].map(([kind, tally]) => factOf(kind, tally))],
    };
  } finally {
    await instance.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Attack = { kind: AttackKind; theatre: Theatre; answerTo: (call: Call) => Promise<Answer>; seed: number; attempts: number; control: boolean };

async function attack({ kind, theatre, answerTo, seed, attempts, control }: Attack): Promise<Tally> {
  const random = createSeeded(seed).fork(kind);
  const tally: Tally = { refused: new Map(), genuine: 0, scenes: 0, findings: [] };
  let scene: Scene | null = null;
  for (let at = 0; at < attempts; at++) {
    if (at % attemptsAScene === 0) {
      await endScene(scene, tally, answerTo);
      scene = await directors[kind](theatre);
    }
    const { how, call } = await scene!.attempt(random);
    const { status, code } = await answerTo(control && scene!.genuine ? await scene!.genuine() : call);
    if (status < 400) tally.findings.push(`${kind} ${at + 1} was accepted: ${how}`);
    const name = `${how}: ${status} ${code}`;
    tally.refused.set(name, (tally.refused.get(name) ?? 0) + 1);
  }
  await endScene(scene, tally, answerTo);
  return tally;
}

async function endScene(scene: Scene | null, tally: Tally, answerTo: (call: Call) => Promise<Answer>): Promise<void> {
  if (!scene?.genuine) return;
  tally.scenes += 1;
  const { status, code } = await answerTo(await scene.genuine());
  if (status === 200) tally.genuine += 1;
  else tally.findings.push(`the genuine capture beside them was refused: ${status} ${code}`);
}

async function patiently<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiRefusal) || error.code !== 'rate_limited') throw error;
      await pause(1000 * Number(error.problem.facts?.['retryAfterS'] ?? 1));
    }
  }
}

/** Whoever is asked to wait waits: that is no answer to the capture. */
function sender(url: string): (call: Call) => Promise<Answer> {
  return async ({ path, headers, body }) => {
    for (;;) {
      const answer = await fetch(new URL(path, url), { method: 'PUT', headers, body });
      const { code = '' } = (await answer.json()) as { code?: string };
      if (code !== 'rate_limited') return { status: answer.status, code };
      await pause(1000 * Number(answer.headers.get('retry-after') ?? 1));
    }
  };
}

function factOf(kind: AttackKind, { refused, genuine, scenes }: Tally): string {
  const answers = [...refused].sort(([, a], [, b]) => b - a).map(([name, times]) => `${name} × ${times}`);
  return `${kind}: ${answers.join('; ')}${scenes > 0 ? `; genuine beside them accepted: ${genuine} of ${scenes}` : ''}`;
}
