// What `sonrisa person`, `merchant` and `store` do: read what was typed as the operator API reads it, do it, and say what came of it.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Table from 'cli-table3';
import { idSchema, type IdKind } from '@sonrisa/protocol/ids.ts';
import { addPersonSchema, bankAccountSchema } from '@sonrisa/protocol/money-api.ts';
import { ProblemError, problemCatalogue } from '@sonrisa/protocol/problem.ts';
import { newKeySchema, newMerchantSchema, newStoreSchema, setMenuSchema } from '@sonrisa/protocol/set-up-api.ts';
import { NotInstalled, withSetUp, type Command, type SetUp } from '@sonrisa/server/set-up.ts';
import type { z } from 'zod';
import { databaseOf } from '../audit/export.ts';
import { PlainError } from '../plain-error.ts';

type Where = { readonly data: string; readonly databaseUrl?: string };
type Print = (line: string) => void;

const listMax = 200;

export async function addPerson(where: Where, typed: { name: string }, print: Print): Promise<void> {
  const { name } = read(addPersonSchema, typed);
  const person = await withDatabase(where, { act: 'sonrisa person add', subject: null, body: { name } }, ({ people }) => people.add(name));
  print(`${person.name} may run this installation from now on.`);
  print(`id     ${person.id}`);
  print(`token  ${person.token}`);
  print('The token is told this once. It opens /operator/ and the operator API; `sonrisa person off` with the id shuts it.');
}

export async function listPeople(where: Where, print: Print): Promise<void> {
  const people = await withDatabase(where, null, (setUp) => setUp.people.list());
  if (people.length === 0) return print('Nobody yet: sonrisa person add <name>');
  printTable(print, ['id', 'name', 'added', 'switched off'], people.map((each) => [each.id, each.name, day(each.addedAtMs), each.switchedOffAtMs === null ? '' : day(each.switchedOffAtMs)]));
}

export async function switchOff(where: Where, id: string, print: Print): Promise<void> {
  const subject = idOf('operatorPerson', id);
  const person = await withDatabase(where, { act: 'sonrisa person off', subject, body: null }, ({ people }) => people.switchOff(subject));
  print(`The token of ${person.name} opens nothing any more.`);
}

export async function addMerchant(where: Where, typed: { name: string; nameZh?: string; currency: string; category: string; feePercent: string }, print: Print): Promise<void> {
  const { name, nameZh = name, currency, category, feePercent } = typed;
  const input = read(newMerchantSchema, { name, nameZh, currency: currency.toUpperCase(), categoryCode: category, fees: { basisPoints: basisPointsOf(feePercent) } });
  const merchant = await withDatabase(where, { act: 'sonrisa merchant add', subject: null, body: input }, ({ shops }) => shops.addMerchant({ ...input, origin: originOf() }));
  print(`${merchant.name} is a merchant.`);
  print(`id     ${merchant.id}`);
}

export async function listMerchants(where: Where, print: Print): Promise<void> {
  const merchants = await withDatabase(where, null, ({ shops }) => shops.list(listMax));
  if (merchants.length === 0) return print('None yet: sonrisa merchant add <name>');
  printTable(print, ['id', 'name', 'currency', 'fee', 'stores'], merchants.map((each) => [each.id, each.name, each.currency, `${each.fees.basisPoints / 100} %`, String(each.stores)]));
}

export async function showMerchant(where: Where, id: string, print: Print): Promise<void> {
  const merchant = await withDatabase(where, null, ({ shops }) => shops.read(idOf('merchant', id)));
  print(`${merchant.name} · ${merchant.nameZh} · ${merchant.currency} · ${merchant.fees.basisPoints / 100} % · ${merchant.menuItems} items on the menu`);
  printTable(print, ['store', 'name', 'address', 'time zone'], merchant.storeList.map((each) => [each.id, each.name, each.address, each.timeZone]));
  printTable(print, ['key', 'label', 'added', 'switched off'], merchant.keys.map((each) => [each.id, each.label, day(each.createdAtMs), each.revokedAtMs === null ? '' : day(each.revokedAtMs)]));
}

export async function setMenu(where: Where, { merchantId, file }: { merchantId: string; file: string }, print: Print): Promise<void> {
  const { items } = read(setMenuSchema, jsonOf(file));
  const subject = idOf('merchant', merchantId);
  const set = await withDatabase(where, { act: 'sonrisa merchant menu', subject, body: { items: items.length } }, ({ shops }) => shops.setMenu({ merchantId: subject, items }));
  print(`${set.items} items are on the menu.`);
}

export async function addKey(where: Where, { merchantId, label }: { merchantId: string; label: string }, print: Print): Promise<void> {
  const input = read(newKeySchema, { label });
  const subject = idOf('merchant', merchantId);
  const key = await withDatabase(where, { act: 'sonrisa merchant key-add', subject, body: input }, ({ shops }) => shops.addKey({ merchantId: subject, ...input }));
  print(`id     ${key.id}`);
  print(`key    ${key.key}`);
  print('The key is told this once. It opens the merchant API of this merchant and of no other.');
}

export async function proposeAccount(where: Where, { merchantId, holder, number, bic }: { merchantId: string; holder: string; number: string; bic?: string }, print: Print): Promise<void> {
  const account = read(bankAccountSchema, { holder, number, bic: bic ?? null });
  const subject = idOf('merchant', merchantId);
  const proposal = await withDatabase(where, { act: 'sonrisa merchant account', subject, body: account }, (setUp) => setUp.proposeAccount({ merchantId: subject, ...account, key: randomUUID() }));
  print(`id     ${proposal.id}`);
  print('Payouts go there once a person has approved it, in the back office (/operator/#/proposals) or by the operator API.');
}

export async function revokeKey(where: Where, { merchantId, keyId }: { merchantId: string; keyId: string }, print: Print): Promise<void> {
  const subject = { merchantId: idOf('merchant', merchantId), keyId: idOf('merchantKey', keyId) };
  const key = await withDatabase(where, { act: 'sonrisa merchant key-off', subject: subject.merchantId, body: { keyId: subject.keyId } }, ({ shops }) => shops.revokeKey(subject));
  print(`The key "${key.label}" opens nothing any more.`);
}

type StoreTyped = { merchantId: string; name: string; nameZh?: string; address: string; timeZone: string; pinFrom?: string; place?: string };

export async function addStore(where: Where, { merchantId, name, nameZh = name, address, timeZone, pinFrom, place }: StoreTyped, print: Print): Promise<void> {
  const [latitude, longitude, ...more] = (place ?? '').split(',').map(Number);
  if (more.length > 0) throw new PlainError('--place takes two numbers, like 31.23,121.47.');
  const input = read(newStoreSchema, {
    name, nameZh, address, timeZone, ...(pinFrom === undefined ? {} : { pinFromMinor: pinFrom }), ...(place === undefined ? {} : { place: { latitude, longitude } }),
  });
  const subject = idOf('merchant', merchantId);
  const store = await withDatabase(where, { act: 'sonrisa store add', subject, body: input }, ({ shops }) => shops.addStore({ ...input, merchantId: subject, origin: originOf() }));
  print(`${store.name} is a store.`);
  print(`id     ${store.id}`);
}

export async function issueCode(where: Where, input: { storeId: string; kind: 'kiosk' | 'mini' }, print: Print): Promise<void> {
  const subject = idOf('store', input.storeId);
  const { code, expiresAtMs } = await withDatabase(where, { act: 'sonrisa store code', subject, body: { kind: input.kind } }, (setUp) => setUp.issueCode({ ...input, storeId: subject }));
  print(`code   ${code}`);
  print(`Type it at the terminal (/kiosk/) until ${new Date(expiresAtMs).toISOString()}; it activates one.`);
}

async function withDatabase<Result>({ data, databaseUrl: named }: Where, command: Command, use: (setUp: SetUp) => Promise<Result>): Promise<Result> {
  const databaseUrl = named ?? databaseOf(data);
  try {
    return await withSetUp({ databaseUrl, command }, use);
  } catch (error) {
    if (error instanceof NotInstalled) throw new PlainError('There is no installation in this database yet: start Sonrisa on it once.');
    if (error instanceof ProblemError) throw new PlainError(`${problemCatalogue[error.code].title}. ${problemCatalogue[error.code].next} (${error.code})`);
    const { code, message } = error as NodeJS.ErrnoException;
    // Sonrisa's own PostgreSQL runs while Sonrisa does.
    if (code === 'ECONNREFUSED') throw new PlainError(`The database does not answer: start Sonrisa first. (${message || code})`);
    throw error;
  }
}

function read<Schema extends z.ZodType>(schema: Schema, typed: unknown): z.output<Schema> {
  const parsed = schema.safeParse(typed);
  if (parsed.success) return parsed.data;
  throw new PlainError(`This cannot be taken:\n${parsed.error.issues.map(({ path, message }) => `- ${path.join('.') || 'it'}: ${message}`).join('\n')}`);
}

function idOf(kind: IdKind, typed: string): string {
  return read(idSchema(kind), typed);
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new PlainError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
}

// Two decimals at most: a fee is whole basis points.
function basisPointsOf(percent: string): number {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(percent)) throw new PlainError('--fee-percent takes a percentage with at most two decimals, like 0.6.');
  const [whole = '0', fraction = ''] = percent.split('.');
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
}

/** Nobody repeats a command under one key: each run is a merchant or a store of its own. */
const originOf = (): string => `command line\0${randomUUID()}`;

const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

function printTable(print: Print, head: string[], rows: string[][]): void {
  if (rows.length === 0) return;
  const table = new Table({ head, style: { head: [] } });
  table.push(...rows);
  print(table.toString());
}
