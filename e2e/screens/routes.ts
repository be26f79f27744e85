// Makes short states long and rare states happen, by holding or answering single requests of a page.
import type { Page, Route } from 'playwright-core';
import { ProblemError, renderProblem } from '@sonrisa/protocol/problem.ts';
import type { ProblemCode, ProblemFacts } from '@sonrisa/protocol/problem.ts';

export type Held = { release(): Promise<void> };

/** Requests of this shape wait until released. */
export async function hold(page: Page, pattern: RegExp): Promise<Held> {
  const waiting: Route[] = [];
  const handler = (route: Route) => void waiting.push(route);
  await page.route(pattern, handler);
  return {
    release: async () => {
      await page.unroute(pattern, handler);
      await Promise.all(waiting.map((route) => route.continue().catch(() => undefined)));
    },
  };
}

/** The network is gone for these requests, until released. */
export async function cut(page: Page, pattern: RegExp): Promise<Held> {
  const handler = (route: Route) => route.abort('connectionfailed');
  await page.route(pattern, handler);
  return { release: () => page.unroute(pattern, handler) };
}

/** The next request of this shape is answered with a refusal. */
export async function refuseOnce(page: Page, pattern: RegExp, code: ProblemCode, facts?: ProblemFacts): Promise<void> {
  const { status, ...problem } = renderProblem(new ProblemError(code, facts ? { facts } : {}));
  await page.route(pattern, (route) => route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify({ status, ...problem }) }), { times: 1 });
}

/** The next answer of this shape is the server's own with a change. */
export async function changeOnce(page: Page, pattern: RegExp, change: (body: Record<string, unknown>) => unknown): Promise<void> {
  await page.route(
    pattern,
    async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: change((await answer.json()) as Record<string, unknown>) });
    },
    { times: 1 },
  );
}

/** Requests of this shape arrive and are answered, but the answers are lost, until released. */
export async function loseAnswers(page: Page, pattern: RegExp): Promise<Held> {
  const handler = async (route: Route): Promise<void> => {
    await route.fetch();
    await route.abort('connectionfailed');
  };
  await page.route(pattern, handler);
  return { release: () => page.unroute(pattern, handler) };
}

/** From now on the camera fails with this DOMException. */
export const breakCamera = (page: Page, name: string): Promise<void> =>
  page.evaluate((errorName) => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', errorName));
  }, name);

/** The camera that is looking goes away, as a pulled plug would tell it. */
export const unplugCamera = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const { srcObject } = document.querySelector('video')!;
    for (const track of (srcObject as MediaStream).getVideoTracks()) track.dispatchEvent(new Event('ended'));
  });
