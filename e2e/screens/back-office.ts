// The back office in a window of its own, for whoever walks through it and takes pictures.
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { proposalSchema, proposalsSchema } from '@sonrisa/protocol/money-api.ts';
import type { Look } from './gallery.ts';
import type { Set } from './kiosk-walk.ts';

export type OfficeLook = Look & { readonly locale: 'en' | 'zh-CN'; readonly dark: boolean };
export type OfficeWalk = { readonly page: Page; tap(testId: string): Promise<void>; shown(testId: string): Promise<void>; shoot(name: string): Promise<void> };

export const desk = { width: 1_440, height: 900 };
export const narrow = { width: 390, height: 844 };

type Window = { readonly look: OfficeLook; readonly viewport?: typeof desk; readonly hash?: string };

/** Opened before anybody has signed in. */
export async function inBackOffice({ browser, running, gallery }: Set, { look, viewport = desk, hash = '' }: Window, walk: (walk: OfficeWalk) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ locale: look.locale, viewport, colorScheme: look.dark ? 'dark' : 'light', reducedMotion: 'reduce' });
  const page = await context.newPage();
  try {
    await page.goto(`${running.instance.url}/operator/${hash}`);
    await walk({
      page,
      tap: (testId) => page.getByTestId(testId).first().click(),
      shown: (testId) => page.getByTestId(testId).first().waitFor(),
      shoot: (name) => gallery.shoot({ page, surface: 'operator', name, look }),
    });
  } finally {
    await context.close();
  }
}

/** For the walk that comes after: what was proposed and nobody decided is refused. */
export async function refuseWaiting({ running }: Set): Promise<void> {
  const { api, keys } = running.stage.offices;
  const token = keys.people[0]?.token ?? '';
  const { proposals } = await api.ask({ path: '/api/operator/proposals', token }, proposalsSchema);
  for (const { id } of proposals) await api.ask({ method: 'POST', path: `/api/operator/proposals/${id}/refuse`, token, idempotencyKey: randomUUID(), json: {} }, proposalSchema);
}
