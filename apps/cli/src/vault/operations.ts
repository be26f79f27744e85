// What `sonrisa vault` asks of a running vault, with the token of its keys folder. Without a running vault, template keys can
// still be destroyed: they are files.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { problemSchema } from '@sonrisa/protocol/problem.ts';
import { rekeyProgressSchema, templatesDestroyedSchema, vaultPaths } from '@sonrisa/protocol/vault-api.ts';
import type { RekeyProgress } from '@sonrisa/protocol/vault-api.ts';
import { progressBar } from '../face/long-run.ts';
import { vaultHost, vaultPortFile } from '../instance-env.ts';
import { PlainError } from '../plain-error.ts';

export type VaultFlags = { readonly data: string; readonly vaultUrl?: string; readonly keys?: string };

const askEveryMs = 500;
const answerTimeoutMs = 60_000;

export async function rekey(flags: VaultFlags, print: (line: string) => void): Promise<void> {
  const vault = reach(flags);
  const ask = async (method: 'GET' | 'POST'): Promise<RekeyProgress> => {
    const answer = await vault.ask({ method, path: vaultPaths.rekey });
    if (answer === undefined) throw new PlainError(`The vault does not answer at ${vault.url}: start it, or name it with --vault-url.`);
    return rekeyProgressSchema.parse(answer);
  };
  const bar = progressBar(print);
  let progress = await ask('POST');
  for (; progress.state === 'resealing'; progress = await ask('GET')) {
    bar(`of ${progress.records} templates under key ${progress.keyVersion}`, 1 - progress.left / Math.max(1, progress.records));
    await wait(askEveryMs);
  }
  print(`All ${progress.records} templates are under key ${progress.keyVersion}. The older keys are destroyed within two minutes; database backups made before are of no use to anybody from then on.`);
}

export async function destroyTemplates(flags: VaultFlags & { yesAll?: true }, print: (line: string) => void): Promise<void> {
  if (!flags.yesAll) throw new PlainError('This erases every template and its keys, for ever, in the database and in every backup of it. Add --yes-all if you mean it.');
  const answer = await reach(flags).ask({ method: 'POST', path: vaultPaths.destroyTemplates, body: { confirm: 'destroy every template' } });
  if (answer !== undefined) {
    const { faces, templates, keyVersions } = templatesDestroyedSchema.parse(answer);
    return print(`Destroyed: ${templates} templates of ${faces} people, and template keys ${keyVersions.join(', ') || '(none were left)'}. Enrolment is possible again after the vault's next start.`);
  }
  const destroyed = destroyFiles(keysFolder(flags));
  print(`The vault does not answer, so its files alone were destroyed: ${destroyed.join(', ') || 'none was left'}. What is still in its database, nobody can open; the vault will not start on it.`);
}

function reach(flags: VaultFlags) {
  const tokenFile = join(keysFolder(flags), 'operations.key');
  if (!existsSync(tokenFile)) throw new PlainError(`There is no vault's key in ${keysFolder(flags)}: name the folder with --data or --keys.`);
  const authorization = `Bearer ${readFileSync(tokenFile).toString('base64url')}`;
  const url = flags.vaultUrl ?? urlOf(flags.data);

  /** Undefined when nobody answers there. */
  async function ask({ method, path, body }: { method: 'GET' | 'POST'; path: string; body?: object }): Promise<unknown> {
    if (url === undefined) return undefined;
    const request = { method, headers: { authorization, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) };
    const reply = await fetch(`${url}${path}`, { ...request, signal: AbortSignal.timeout(answerTimeoutMs) }).catch(() => undefined);
    if (reply === undefined) return undefined;
    if (!reply.ok) throw new PlainError(await refusalOf(reply));
    return reply.json();
  }

  return { ask, url: url ?? 'the address of this instance' };
}

async function refusalOf(reply: Response): Promise<string> {
  const text = await reply.text();
  try {
    const { detail, facts } = problemSchema.parse(JSON.parse(text));
    return `The vault refused: ${detail}${facts?.reason === undefined ? '' : ` It says: ${facts.reason}`}`;
  } catch {
    return `The vault refused (HTTP ${reply.status}): ${text}`;
  }
}

const keysFolder = ({ data, keys }: VaultFlags): string => keys ?? join(data, 'keys', 'vault');

function urlOf(data: string): string | undefined {
  const file = join(data, vaultPortFile);
  return existsSync(file) ? `http://${vaultHost}:${readFileSync(file, 'utf8').trim()}` : undefined;
}

function destroyFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((name) => /^(templates|transform)-[0-9]+\.key$/.test(name));
  for (const name of files) {
    const file = join(folder, name);
    writeFileSync(file, randomBytes(statSync(file).size), { flag: 'r+', flush: true });
    rmSync(file);
  }
  return files;
}
