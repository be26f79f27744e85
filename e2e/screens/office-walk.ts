// The back office's terminals that were moved, and its trail: what was done by whom, found and not found; on a wide window and on a narrow one.
import { randomUUID } from 'node:crypto';
import { withConnection } from '../../apps/cli/src/postgres/connect.ts';
import { moveTerminal } from '../harness/moved-terminal.ts';
import { desk, inBackOffice, narrow, type OfficeLook, type OfficeWalk, refuseWaiting } from './back-office.ts';
import type { Set } from './kiosk-walk.ts';
import { changeOnce, cut, hold } from './routes.ts';

type Walker = OfficeLook & { readonly name: string };

const dayMs = 86_400_000;

export async function walkOffice(set: Set, { name, ...look }: Walker): Promise<void> {
  await doThings(set, name);
  try {
    await inBackOffice(set, { look }, async (walk) => {
      await walk.tap('sign-in-sandbox');
      await movedTerminals(set, walk);
      await trail(walk);
    });
  } finally {
    await refuseWaiting(set);
  }
}

/** By a person of this name, and one thing that is refused. */
async function doThings({ running }: Set, name: string): Promise<void> {
  const { url, databaseUrl } = running.instance;
  const ask = async (token: string, method: string, path: string, json: object): Promise<string> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    return (await fetch(`${url}/api/operator/${path}`, { method, headers, body: JSON.stringify(json) })).text();
  };
  const { token } = JSON.parse(await ask(running.stage.offices.keys.operatorToken, 'POST', 'people', { name })) as { token: string };
  const merchantId = String((await withConnection(databaseUrl, (query) => query('SELECT id FROM merchant')))[0]?.['id']);
  await ask(token, 'PUT', `merchants/${merchantId}/fees`, { basisPoints: 60, reason: 'as agreed' });
  await ask(token, 'POST', `merchants/${merchantId}/keys`, { label: 'tills by the door' });
  await ask(token, 'PUT', 'bank-account', { holder: 'Sonrisa', number: 'DE89370400440532013000', bic: null, currency: 'CNY' });
  await ask(token, 'POST', `disputes/dis_${'0'.repeat(32)}/loss`, { reason: 'nobody pays' });
  await ask(token, 'POST', 'audit/run', {});
}

async function movedTerminals({ running }: Set, { page, tap, shown, shoot }: OfficeWalk): Promise<void> {
  await tap('to-terminals');
  await shown('moved-none');
  await shoot('55-terminals-none');
  const { terminalId } = running.stage.terminal.profile;
  await moveTerminal(running.instance.databaseUrl, terminalId);
  await page.reload();
  await shown('moved');
  await shoot('56-terminals-moved');
  await page.setViewportSize(narrow);
  await page.reload();
  await shown('moved');
  await shoot('57-terminals-moved-narrow');
  await page.setViewportSize(desk);
  await tap('revoke-terminal');
  await shown('revoke-sure');
  await shoot('58-terminals-revoke-sure');
  await tap('revoke-sure-no');
  await tap('confirm-network');
  await shown('confirm-sure');
  await shoot('58-terminals-confirm-sure');
  await tap('confirm-sure-yes');
  await shown('terminal-done');
  await shown('moved-none');
  await shoot('59-terminals-confirmed');
  await withConnection(running.instance.databaseUrl, (query) => query('DELETE FROM terminal_network WHERE terminal_id = $1', [terminalId]));
}

async function trail({ page, tap, shown, shoot }: OfficeWalk): Promise<void> {
  const acts = await hold(page, /\/api\/operator\/acts\?/);
  await tap('to-trail');
  await page.getByRole('status').first().waitFor();
  await shoot('60-trail-loading');
  await acts.release();
  await shown('act');
  await shoot('61-trail');
  await page.setViewportSize(narrow);
  await page.reload();
  await shown('act');
  await shoot('62-trail-narrow');
  await page.getByTestId('act').nth(4).scrollIntoViewIfNeeded();
  await shoot('62-trail-narrow-acts');
  await page.setViewportSize(desk);
  await page.goto('about:blank');
  const times = Array.from({ length: 51 }, (_, n) => n);
  await changeOnce(page, /\/api\/operator\/acts\?/, (body) => {
    const all = body.acts as Record<string, unknown>[];
    return { acts: times.map((n) => ({ ...all[n % all.length], number: String(1_000 - n), ...(n === 2 ? { status: 500 } : n > 45 ? { atMs: Date.now() - dayMs, ...(n === 47 ? { status: null } : {}) } : {}) })) };
  });
  await page.goBack();
  await shown('page-older');
  await shoot('63-trail-cut-off');
  await page.getByTestId('page-older').scrollIntoViewIfNeeded();
  await shoot('64-trail-pages');
  await page.getByTestId('filter-day').fill('2020-02-29');
  await shown('acts-none');
  await shoot('65-trail-none');
  const network = await cut(page, /\/api\/operator\/acts\?/);
  await page.reload();
  await shown('try-again');
  await shoot('66-trail-unreachable');
  await network.release();
}
