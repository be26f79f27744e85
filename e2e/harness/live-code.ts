// A one-time code that activates a live terminal, as the merchant's back office asks for it.
import type { TestInstance } from './instance.ts';

/** Throws Error when none was made. */
export async function liveActivationCode(running: TestInstance): Promise<string> {
  const { url } = running.instance;
  const { merchantKey } = (await (await fetch(`${url}/api/sandbox/keys`)).json()) as { merchantKey: string };
  const store = running.stage.terminal.profile.store.id;
  const headers = { authorization: `Bearer ${merchantKey}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/merchant/stores/${store}/activation-codes`, { method: 'POST', headers, body: '{}' });
  if (answer.status !== 201) throw new Error(`no activation code: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { code: string }).code;
}
