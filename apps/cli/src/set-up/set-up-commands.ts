// `sonrisa person …`, `sonrisa merchant …`, `sonrisa store …`: who runs an installation, and who is paid in it. They work on the
// server's database, so only on its machine or with its address; whether the server runs does not matter.
import { join } from 'node:path';
import { Option } from 'commander';
import type { Command } from 'commander';
import { repositoryRoot } from '../repository.ts';

type Where = { readonly data: string; readonly databaseUrl?: string };
type MerchantFlags = Where & { readonly nameZh?: string; readonly currency: string; readonly category: string; readonly feePercent: string };
type StoreFlags = Where & { readonly nameZh?: string; readonly address: string; readonly timeZone: string; readonly pinFrom?: string; readonly place?: string };

export function addSetUpCommands(program: Command, print: (line: string) => void): void {
  addPersonCommands(program.command('person').description('the people who run this installation, each with a token of their own'), print);
  addMerchantCommands(program.command('merchant').description('merchants and their keys'), print);
  addStoreCommands(program.command('store').description('stores of merchants, and codes for their terminals'), print);
}

function addPersonCommands(person: Command, print: (line: string) => void): void {
  onDatabase(person.command('add').description('add a person; their token is told once').argument('<name>', 'as their acts will name them'))
    .action(async (name: string, where: Where) => (await commands()).addPerson(where, { name }, print));
  onDatabase(person.command('list').description('who has a token, and who had one'))
    .action(async (where: Where) => (await commands()).listPeople(where, print));
  onDatabase(person.command('off').description("switch a person's token off for good").argument('<id>', 'as `person list` shows it'))
    .action(async (id: string, where: Where) => (await commands()).switchOff(where, id, print));
}

function addMerchantCommands(merchant: Command, print: (line: string) => void): void {
  onDatabase(merchant.command('add').description('add a merchant').argument('<name>', 'as receipts and tills show it'))
    .option('--name-zh <name>', 'the same in Chinese; default: the name')
    .option('--currency <code>', 'what it is paid in (ISO 4217)', 'CNY')
    .option('--category <code>', 'what it sells (merchant category code, ISO 18245)', '5499')
    .option('--fee-percent <percent>', 'what a payment costs it, like 0.6', '0.6')
    .action(async (name: string, flags: MerchantFlags) => (await commands()).addMerchant(flags, { ...flags, name }, print));
  onDatabase(merchant.command('list').description('merchants, newest first'))
    .action(async (where: Where) => (await commands()).listMerchants(where, print));
  onDatabase(merchant.command('show').description('a merchant with its stores and keys').argument('<id>'))
    .action(async (id: string, where: Where) => (await commands()).showMerchant(where, id, print));
  onDatabase(merchant.command('menu').description('what its kiosks sell').argument('<id>').argument('<file>', 'JSON: {"items": [{"id", "name", "nameZh", "unitAmountMinor", "category", "picture"}]}'))
    .action(async (id: string, file: string, where: Where) => (await commands()).setMenu(where, { merchantId: id, file }, print));
  onDatabase(merchant.command('account').description('propose where payouts to it go; a person approves it').argument('<id>'))
    .requiredOption('--holder <name>', 'whose account it is')
    .requiredOption('--number <number>', "an IBAN, or the bank's own number")
    .option('--bic <bic>', "the bank's BIC")
    .action(async (id: string, flags: Where & { holder: string; number: string; bic?: string }) => (await commands()).proposeAccount(flags, { ...flags, merchantId: id }, print));
  onDatabase(merchant.command('key-add').description('a key for the merchant API; it is told once').argument('<id>').argument('<label>', 'where it is used'))
    .action(async (id: string, label: string, where: Where) => (await commands()).addKey(where, { merchantId: id, label }, print));
  onDatabase(merchant.command('key-off').description('switch a key off for good').argument('<id>').argument('<key-id>', 'as `merchant show` shows it'))
    .action(async (id: string, keyId: string, where: Where) => (await commands()).revokeKey(where, { merchantId: id, keyId }, print));
}

function addStoreCommands(store: Command, print: (line: string) => void): void {
  onDatabase(store.command('add').description('add a store').argument('<merchant-id>').argument('<name>'))
    .option('--name-zh <name>', 'the same in Chinese; default: the name')
    .option('--address <text>', 'where it is', '')
    .option('--time-zone <zone>', 'whose days it is settled by (IANA)', 'Asia/Shanghai')
    .option('--pin-from <minor>', 'from this amount on the PIN is asked, in minor units; default: 20000')
    .option('--place <latitude,longitude>', 'for the rules of risk, like 31.23,121.47')
    .action(async (merchantId: string, name: string, flags: StoreFlags) => (await commands()).addStore(flags, { ...flags, merchantId, name }, print));
  onDatabase(store.command('code').description('a code that activates one terminal of this store').argument('<store-id>'))
    .addOption(new Option('--kind <kind>', 'the kind of terminal').choices(['kiosk', 'mini']).default('kiosk'))
    .action(async (storeId: string, flags: Where & { kind: 'kiosk' | 'mini' }) => (await commands()).issueCode(flags, { storeId, kind: flags.kind }, print));
}

function onDatabase(command: Command): Command {
  return command
    .addOption(new Option('--data <folder>', 'the folder of the instance').default(join(repositoryRoot(), '.data'), '.data in the clone'))
    .addOption(new Option('--database-url <url>', "the server's database, when it is your own PostgreSQL").env('SONRISA_DATABASE_URL'));
}

const commands = () => import('./set-up.ts');
