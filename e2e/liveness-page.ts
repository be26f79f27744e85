// `npm run liveness:page -- --rounds 20 --record`: attacks on a live terminal at the real kiosk page, each a clip in Chromium's
// fake camera, and one clip on a sandbox terminal that pays, as the control. Not a test of CI: a round takes minutes.
import { readFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Request } from 'playwright-core';
import { loadPack } from '../apps/vault/src/pack/load-pack.ts';
import { createOrtRunner } from '../apps/vault/src/pack/ort-runner.ts';
import { peopleInMotion } from '../apps/vault/src/testing/people-in-motion.ts';
import type { ActorOnStage } from '../apps/vault/src/testing/people-in-motion.ts';
import { OptionError, readOptions } from '../torture/options.ts';
import { isPassed, recordReport, renderReport } from '../torture/report.ts';
import type { Report } from '../torture/report.ts';
import { canPlay, clipOf, pageAttacks } from './harness/attack-clips.ts';
import type { PageAttack } from './harness/attack-clips.ts';
import { launchBrowser } from './harness/browser.ts';
import { createCamera } from './harness/camera.ts';
import type { Camera } from './harness/camera.ts';
import { startTestInstance } from './harness/instance.ts';
import type { TestInstance } from './harness/instance.ts';
import type { StateName } from '../apps/web/src/kiosk/state.ts';
import { openKiosk } from './harness/kiosk-page.ts';
import type { KioskPage } from './harness/kiosk-page.ts';
import { liveActivationCode } from './harness/live-code.ts';

const roundsByDefault = 20;
const actorCount = 4;
/** A sealed capture is kept this long and then sent: longer than the vault waits for one (`deliveryMaxMs`), or the page itself. */
const lateMs = 33_000;
const keptHeaders = ['authorization', 'content-type', 'content-digest', 'signature', 'signature-input'] as const;

type Set = { running: TestInstance; camera: Camera; browser: Browser; actors: readonly ActorOnStage[]; itemId: string };
type Row = { accepted: number; all: number; answers: Map<string, number> };

async function main(): Promise<void> {
  const { seed, numbers, record } = readOptions(['liveness-page', ...process.argv.slice(2)], ['liveness-page']);
  const rounds = numbers['rounds'] ?? roundsByDefault;
  const untilMs = performance.now() + (numbers['minutes'] ?? Infinity) * 60_000;
  const running = await startTestInstance({ people: 1, logLevel: 'info' });
  const camera = createCamera();
  try {
    const actors = await enrolActors(running);
    await camera.show('first', await clipOf('replayed', 0, actors));
    const browser = await launchBrowser(camera);
    try {
      const itemId = (await running.stage.terminal.menu()).items[0]?.id ?? '';
      const set = { running, camera, browser, actors, itemId };
      const paid = await paysInSandbox(set);
      const report = reportOf({ ...(await attackAll(set, { seed, rounds, untilMs })), paid, seed });
      console.log(`${report.title}\n${renderReport(report)}`);
      if (record) recordReport(report);
      process.exitCode = isPassed(report) ? 0 : 1;
    } finally {
      await browser.close();
    }
  } finally {
    camera.remove();
    await running.stop();
  }
}

async function enrolActors({ stage }: TestInstance): Promise<ActorOnStage[]> {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'sonrisa-pack-'));
  const runner = await createOrtRunner((await loadPack({ cacheFolder })).files);
  const actors = await peopleInMotion(runner, actorCount);
  await runner.close();
  rmSync(cacheFolder, { recursive: true });
  for (const [i, actor] of actors.entries()) {
    const takeBurst = async (count: number) => {
      const frames = await actor.perform({ challenge: ['smile'], kind: 'alive', seed: 90_000 + i, framesAtMs: Array.from({ length: count }, (_, k) => k * 240) });
      return frames.map((frame) => Buffer.from(frame));
    };
    const owner = await stage.phone.enrol({ phone: `+861380000${1000 + i}`, name: `Actor ${'ABCD'[i] ?? 'E'}`, pin: `27391${i}`, takeBurst });
    await stage.phone.topUp(owner.session, { amountMinor: '200000', currency: stage.terminal.profile.currency });
  }
  return actors;
}

/** The control: nothing but the liveness checks keeps such a clip from paying. */
async function paysInSandbox({ running, camera, browser, actors, itemId }: Set): Promise<boolean> {
  await camera.show('control', await clipOf('replayed', 1, actors));
  const kiosk = await openKiosk(browser, running.instance);
  try {
    await kiosk.order(itemId);
    let state = await kiosk.look();
    if (state === 'digits') {
      await kiosk.digits(String(1000 + (1 % actors.length)));
      state = await kiosk.state('confirm', 'refused', 'retake', 'not_recognised');
    }
    if (state !== 'confirm') return false;
    await kiosk.tap('pay');
    return (await kiosk.state('paid', 'refused')) === 'paid';
  } finally {
    await kiosk.close();
  }
}

type Attempts = { rows: Map<PageAttack, Row>; /** Those the page did not get to the end of, with why. */ broken: string[] };

async function attackAll(set: Set, { seed, rounds, untilMs }: { seed: number; rounds: number; untilMs: number }): Promise<Attempts> {
  const kinds = pageAttacks.filter(canPlay);
  const rows = new Map(kinds.map((kind): [PageAttack, Row] => [kind, { accepted: 0, all: 0, answers: new Map() }]));
  const broken: string[] = [];
  const queue = Array.from({ length: rounds }, (_, round) => kinds.map((kind) => ({ kind, seed: seed + round }))).flat();
  let kiosk = await openLiveKiosk(set);
  let next = queue[0] ? clipOf(queue[0].kind, queue[0].seed, set.actors) : null;
  for (const [i, { kind, ...attempt }] of queue.entries()) {
    if (performance.now() > untilMs || !next) break;
    const frames = await next;
    const after = queue[i + 1];
    const name = `${kind}-${attempt.seed}`;
    await set.camera.show(name, frames);
    // The next clip is drawn while this one plays.
    next = after ? clipOf(after.kind, after.seed, set.actors) : null;
    try {
      const answer = await attackOnce({ set, kiosk, kind });
      count(rows.get(kind)!, answer);
      console.error(`${name}: ${answer.accepted ? 'ACCEPTED' : 'refused'}, ${answer.words.join(' ')}`);
    } catch (error) {
      // A page that hangs on a busy machine says nothing about the attack.
      broken.push(name);
      console.error(`${name}: not carried out, ${(error as Error).message}`);
      await kiosk.close();
      kiosk = await openLiveKiosk(set);
    }
    set.camera.forget(name);
  }
  await next;
  await kiosk.close();
  return { rows, broken };
}

const openLiveKiosk = async ({ browser, running }: Set): Promise<KioskPage> =>
  openKiosk(browser, running.instance, { activationCode: await liveActivationCode(running), motion: 'no-preference' });

function count(row: Row, { accepted, words }: Answer): void {
  row.all += 1;
  if (accepted) row.accepted += 1;
  for (const word of words) row.answers.set(word, (row.answers.get(word) ?? 0) + 1);
}

type Answer = { accepted: boolean; words: readonly string[] };

async function attackOnce({ set, kiosk, kind }: { set: Set; kiosk: KioskPage; kind: PageAttack }): Promise<Answer> {
  const logFile = set.running.instance.logFiles.vault;
  const logAt = statSync(logFile).size;
  const late = kind === 'stale' ? await keepCapture(kiosk) : null;
  await kiosk.order(set.itemId);
  const state = await lookAnyway(kiosk);
  const code = late ? await late() : state === 'retake' || state === 'refused' ? await kiosk.problem() : null;
  await kiosk.tap('cancel');
  await kiosk.state('idle');
  // Everything that comes after the liveness checks counts as accepted, being known or not.
  const refused = code === 'liveness_failed' || (code?.startsWith('face_') ?? false);
  const failed = [...new Set(failedChecks(readFileSync(logFile).subarray(logAt).toString()))];
  return { accepted: !refused, words: !refused ? [`${state} ${code ?? ''}`.trim()] : code === 'liveness_failed' ? failed : [code ?? state] };
}

/** Takes the page's sealed capture off the line; what it gives sends it late and answers with the problem's code, null for none. */
async function keepCapture({ page }: KioskPage): Promise<() => Promise<string | null>> {
  const captures = '**/api/**/capture';
  let keep: (request: Request) => void = () => undefined;
  const caught = new Promise<Request>((resolve) => (keep = resolve));
  await page.route(captures, async (route) => {
    keep(route.request());
    await route.abort();
  });
  return async () => {
    const request = await caught;
    const [headers, body] = [await request.allHeaders(), request.postDataBuffer()];
    await page.unroute(captures);
    await sleep(lateMs);
    // The terminal's own signature still holds: what must refuse is the vault.
    const kept = Object.fromEntries(keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
    const answer = await fetch(request.url(), { method: request.method(), headers: kept, body: Uint8Array.from(body ?? []) });
    if (answer.ok) return null;
    const { code } = (await answer.json()) as { code: string };
    if (code.startsWith('signature_')) throw new Error(`the kept request was not read: ${code}`);
    return code;
  };
}

/** Whoever cannot be framed is offered to be taken as they are; an attacker would take that. */
async function lookAnyway(kiosk: KioskPage): Promise<StateName> {
  const anyway = kiosk.page.getByTestId('take-anyway');
  const asked = new AbortController();
  const tapping = anyway.waitFor({ timeout: 0 }).then(() => (asked.signal.aborted ? undefined : anyway.click())).catch(() => undefined);
  try {
    return await kiosk.look();
  } finally {
    asked.abort();
    void tapping;
  }
}

function failedChecks(log: string): string[] {
  return log.split('\n').flatMap((line) => {
    if (!line.includes('"failed"')) return [];
    const { failed } = JSON.parse(line) as { failed?: unknown };
    return Array.isArray(failed) ? failed.map(String) : [];
  });
}

function reportOf({ rows, broken, paid, seed }: Attempts & { paid: boolean; seed: number }): Report {
  const told = [...rows].map(([kind, { accepted, all, answers }]) => {
    const bound = accepted === 0 ? ` (at most ${Math.min(100, 300 / all).toFixed(1)} % with 95 % confidence)` : '';
    return `${kind}: ${accepted} of ${all} accepted${bound}; stopped by ${[...answers].sort((a, b) => b[1] - a[1]).map(([word, times]) => `${word} ${times}`).join(', ')}`;
  });
  const absent = pageAttacks.filter((kind) => !rows.has(kind));
  return {
    title: 'liveness at the kiosk page',
    control: false,
    verdict: 'no attack accepted, and the control paid',
    findings: [
      ...(paid ? [] : ['the control did not pay: nothing is shown by this run']),
      ...[...rows].flatMap(([kind, { accepted, all }]) => (accepted > 0 ? [`${kind}: ${accepted} of ${all} accepted`] : [])),
    ],
    facts: [
      `from seed ${seed} on, clips in Chromium's fake camera at the kiosk page of a live terminal, embedded pack; a clip on a sandbox terminal ${paid ? 'paid' : 'did not pay'}`,
      ...told,
      ...(broken.length > 0 ? [`not carried out, the page did not answer in time: ${broken.join(', ')}`] : []),
      ...(absent.length > 0 ? [`not tried, no photographs of them here: ${absent.join(', ')}`] : []),
    ],
  };
}

try {
  await main();
} catch (error) {
  console.error(error instanceof OptionError ? error.message : error);
  process.exitCode = 1;
}
