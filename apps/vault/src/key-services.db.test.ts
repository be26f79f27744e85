// AWS KMS and HashiCorp Vault over the key files, against servers on this machine that speak their protocols; what a vault does
// and says when they throttle, hang, refuse or are away, at its start and while it works; and that nothing is lost by it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { vaultPaths } from '@sonrisa/protocol/vault-api.ts';
import type { TestDatabase } from '../../../tools/test-database.ts';
import { createAwsKms } from './adapters/aws-kms.ts';
import { systemRandom } from './adapters/system.ts';
import { createTransit } from './adapters/transit.ts';
import { openKeyFiles } from './key-files.ts';
import type { KeyWrapping } from './key-files.ts';
import { KeyServiceError } from './key-service.ts';
import type { KeyService } from './key-service.ts';
import { openKeyRing } from './keys.ts';
import { createPassphraseWrapping } from './passphrase.ts';
import { createServiceWrapping } from './service-wrapping.ts';
import { encodeFrame, personFrame } from './testing/fake-engine.ts';
import { kmsRegion, startKmsServer } from './testing/kms-server.ts';
import type { KmsServer } from './testing/kms-server.ts';
import { temporaryKeys } from './testing/temporary-keys.ts';
import { createVaultDatabase, startTestVault } from './testing/test-vault.ts';
import type { TestVault } from './testing/test-vault.ts';
import { startTransitServer } from './testing/transit-server.ts';
import type { TransitServer } from './testing/transit-server.ts';

let kms: KmsServer;
let transit: TransitServer;
let keys: ReturnType<typeof temporaryKeys>;
let tokens: ReturnType<typeof temporaryKeys>;
let tokenFile: string;

beforeAll(() => {
  tokens = temporaryKeys();
  tokenFile = join(tokens.dir, 'token');
});
afterAll(() => tokens.remove());
beforeEach(async () => {
  [kms, transit, keys] = [await startKmsServer(), await startTransitServer(), temporaryKeys()];
  writeFileSync(tokenFile, `${transit.token}\n`);
});
afterEach(async () => {
  await kms.close();
  await transit.close();
  keys.remove();
});

const kmsService = (change: { keyId?: string; credentials?: KmsServer['credentials']; callTimeoutMs?: number } = {}): KeyService =>
  createAwsKms({ keyId: kms.alias, region: kmsRegion, url: kms.url, credentials: kms.credentials, ...change });
const transitService = (change: { keyName?: string; mount?: string } = {}): KeyService =>
  createTransit({ url: transit.url, keyName: transit.keyName, mount: 'transit', namespace: 'shops', tokenFile, answerTimeoutMs: 200, pausesMs: [5, 5], ...change });
const over = (service: KeyService): KeyWrapping => createServiceWrapping({ service, random: systemRandom });
const openWith = (...wrappings: KeyWrapping[]) => openKeyRing({ files: openKeyFiles(keys.dir, ...wrappings), random: systemRandom });
const wrappedFiles = () => readdirSync(keys.dir).filter((name) => name !== 'operations.key');
const readKeyFile = (name: string) => readFileSync(join(keys.dir, name));
const failureOf = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(() => undefined, (reason: unknown) => reason);
  return error instanceof KeyServiceError ? { sentence: error.message, passing: error.passing } : { sentence: String(error), passing: undefined };
};

const both = [
  { title: 'AWS KMS', mark: 'SNRWA', service: () => kmsService(), quick: () => kmsService({ callTimeoutMs: 500 }), server: () => kms, calls: ['TrentService.GenerateDataKey', 'TrentService.Decrypt'] },
  { title: 'HashiCorp Vault', mark: 'SNRWT', service: () => transitService(), quick: () => transitService(), server: () => transit, calls: ['datakey/plaintext/sonrisa-vault', 'decrypt/sonrisa-vault'] },
];

describe.each(both)('$title', ({ mark, service, quick, server, calls }) => {
  test('no file holds a readable key; a first start costs two calls, the next one', async () => {
    const first = await openWith(over(service()));
    await first.templateKeys.make(1);
    await first.templateKeys.sealer(1);
    expect(server().calls).toEqual(calls);
    for (const file of wrappedFiles()) expect(readKeyFile(file).subarray(0, 6).toString(), file).toBe(`${mark}\0`);
    expect(Buffer.concat(wrappedFiles().map(readKeyFile)).includes('"d":')).toBe(false);
    const second = await openWith(over(service()));
    await second.templateKeys.sealer(1);
    expect(server().calls).toEqual([...calls, calls[1]]);
    expect([second.exported, second.installationId]).toEqual([first.exported, first.installationId]);
    await expect(openWith()).rejects.toThrow(/is wrapped by .*: set SONRISA_VAULT_KEYS_/);
  });

  test('files from before, plain or under a passphrase, are wrapped; a file moved to another name or altered does not open', async () => {
    const plain = await openWith();
    const passphrase = createPassphraseWrapping({ passphrase: 'four words of a phrase', random: systemRandom });
    await openWith(passphrase);
    expect(readKeyFile('digits.key').subarray(0, 5).toString()).toBe('SNRW1');
    const wrapped = await openWith(over(service()), passphrase);
    expect(wrapped.exported).toEqual(plain.exported);
    for (const file of wrappedFiles()) expect(readKeyFile(file).subarray(0, 5).toString(), file).toBe(mark);
    const [digits, frames] = [readKeyFile('digits.key'), readKeyFile('frames.key')];
    writeFileSync(join(keys.dir, 'digits.key'), frames);
    await expect(openWith(over(service()))).rejects.toThrow(/digits\.key does not open with its data key/);
    digits.writeUInt8(digits.readUInt8(digits.length - 1) ^ 1, digits.length - 1);
    writeFileSync(join(keys.dir, 'digits.key'), digits);
    await expect(openWith(over(service()))).rejects.toThrow(/digits\.key does not open with its data key/);
  });

  test.each(['throttled', 'broken', 'cut'] as const)('%s once or twice: asked again, nobody notices; for good: what is wrong, and nothing made', async (fault) => {
    server().fail(fault, 2);
    await openWith(over(service()));
    const before = readdirSync(keys.dir).sort();
    server().fail(fault, 20);
    const ring = openWith(over(service()));
    expect(await failureOf(ring)).toMatchObject({ passing: true, sentence: expect.stringMatching(/^(AWS KMS cannot be asked|HashiCorp Vault (cannot be asked right now|does not answer)).*\.$/) as string });
    expect(readdirSync(keys.dir).sort()).toEqual(before);
  });

  test('hanging: given up in time; away: said so; back again: opened by the same object', async () => {
    const wrapping = over(quick());
    server().fail('hanging', 9);
    expect(await failureOf(openWith(wrapping))).toMatchObject({ passing: true });
    await server().close();
    expect(await failureOf(openWith(wrapping))).toMatchObject({ passing: true, sentence: expect.stringMatching(/ECONNREFUSED/) as string });
    await server().open();
    server().fail('hanging', 0);
    expect((await openWith(wrapping)).installationId).toHaveLength(22);
  });
});

describe('what they refuse is a sentence that says what to do', () => {
  test.each([
    ['a key that is disabled', () => void (kms.keyState = 'Disabled'), {}, /^AWS KMS says that the key \S+ is disabled: enable it \(DisabledException\)\.$/],
    ['a key about to be deleted', () => void (kms.keyState = 'PendingDeletion'), {}, /cancel its deletion \(KMSInvalidStateException\)\.$/],
    ['a key that is not there', () => undefined, { keyId: 'alias/other' }, /^AWS KMS knows no key alias\/other in this account and region/],
    ['a policy that does not allow it', () => void kms.denied.add('TrentService.Decrypt'), {}, /allow kms:GenerateDataKey and kms:Decrypt \(AccessDeniedException\)\.$/],
    ['a wrong secret', () => undefined, { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'another one' } }, /does not take the vault's AWS credentials.*\(InvalidSignatureException\)\.$/],
    ['credentials nobody has', () => undefined, { credentials: { accessKeyId: 'AKIDOTHER', secretAccessKey: 'another one' } }, /\(UnrecognizedClientException\)\.$/],
  ])('AWS KMS: %s', async (_what, harm, change, sentence) => {
    await openWith(over(kmsService()));
    harm();
    expect(await failureOf(openWith(over(kmsService(change))))).toEqual({ passing: false, sentence: expect.stringMatching(sentence) as string });
    kms.keyState = 'Enabled';
    kms.denied.clear();
    await openWith(over(kmsService()));
  });

  test.each([
    ['a token that has expired', () => void (transit.allowed = false), {}, false, /renew the token, and allow "update" on transit\/datakey\/plaintext\/sonrisa-vault and transit\/decrypt\/sonrisa-vault \(HTTP 403: .*permission denied\)\.$/],
    ['a key that was deleted', () => transit.deleteKey(), {}, false, /^HashiCorp Vault refused to use the transit key sonrisa-vault \(HTTP 400: encryption key not found\)\.$/],
    ['a mount that is not there', () => undefined, { mount: 'transit2' }, false, /has no transit engine at transit2: check SONRISA_VAULT_KEYS_TRANSIT_MOUNT \(HTTP 404/],
    ['a seal', () => void (transit.sealed = true), {}, true, /^HashiCorp Vault is sealed or in maintenance \(HTTP 503: Vault is sealed\)\.$/],
    ['another token in its file', () => writeFileSync(tokenFile, 'another token'), {}, false, /HTTP 403/],
  ])('HashiCorp Vault: %s', async (_what, harm, change, passing, sentence) => {
    harm();
    expect(await failureOf(openWith(over(transitService(change))))).toEqual({ passing, sentence: expect.stringMatching(sentence) as string });
    expect(readdirSync(keys.dir)).toEqual([]);
  });

  test('HashiCorp Vault hears token, namespace and that it is a request of the API; after a rotation old files open', async () => {
    await openWith(over(transitService()));
    expect(transit.headers[0]).toMatchObject({ 'x-vault-token': transit.token, 'x-vault-namespace': 'shops', 'x-vault-request': 'true', 'content-type': 'application/json' });
    transit.rotate();
    const ring = await openWith(over(transitService()));
    await ring.templateKeys.make(1);
    expect(readKeyFile('templates-1.key').includes('vault:v2:')).toBe(true);
    expect(readKeyFile('digits.key').includes('vault:v1:')).toBe(true);
  });

  test('the server of these tests is no yes-man: a request with an altered body is refused for its signature', async () => {
    let sent: { headers: Record<string, string>; body: Uint8Array } | undefined;
    const { KMSClient, GenerateDataKeyCommand } = await import('@aws-sdk/client-kms');
    const client = new KMSClient({ region: kmsRegion, endpoint: kms.url, credentials: kms.credentials });
    client.middlewareStack.add((next) => async (args) => {
      const { headers, body } = args.request as { headers: Record<string, string>; body: Uint8Array };
      sent = { headers, body };
      return next(args);
    }, { step: 'finalizeRequest', priority: 'low' });
    await client.send(new GenerateDataKeyCommand({ KeyId: kms.alias, KeySpec: 'AES_256' }));
    if (!sent) throw new Error('nothing was sent');
    const { headers } = sent;
    const body = new TextDecoder().decode(sent.body);
    const post = (changed: string) => fetch(kms.url, { method: 'POST', headers, body: changed });
    expect((await post(body)).status).toBe(200);
    expect(await (await post(body.replace('AES_256', 'AES_128'))).json()).toMatchObject({ __type: 'InvalidSignatureException' });
    client.destroy();
  });
});

describe.each(both)('a vault whose keys $title wraps', ({ service, server }) => {
  let database: TestDatabase;
  let vaults: TestVault[];
  let payments = 0;
  const people = [1, 2, 3];
  const framesOf = (person: number) => Array.from({ length: 4 }, () => encodeFrame(personFrame(person)));
  const start = async () => {
    const vault = await startTestVault({ url: database.url, keysDir: keys.dir, wrappings: [over(service())] });
    vaults.push(vault);
    return vault;
  };
  const outcomeOf = async (vault: TestVault, person: number) => {
    const { status, body } = await vault.take(vault.payment(`pay_${++payments}`), framesOf(person));
    return status === 200 ? body.outcome : body.code;
  };
  const askRekey = async (vault: TestVault) => {
    const reply = await vault.app.inject({ method: 'POST', url: vaultPaths.rekey, headers: { authorization: `Bearer ${vault.keys.operationsToken}` } });
    return { status: reply.statusCode, body: reply.json<{ code?: string; keyVersion?: number; facts?: { reason?: string } }>() };
  };
  beforeEach(async () => {
    vaults = [];
    database = await createVaultDatabase('key_services');
  });
  afterEach(async () => {
    for (const vault of vaults) await vault.stop();
    await database.drop();
  });

  test('works on while the service is away; re-keying is refused with the reason and changes nothing; back again, it runs', async () => {
    const [one, two] = [await start(), await start()];
    for (const person of people) await one.enrol(one.enrolment(`pyr_${person}`), framesOf(person));
    await server().close();
    expect([await outcomeOf(one, 1), await outcomeOf(two, 2)]).toEqual(['identified', 'identified']);
    const refused = await askRekey(two);
    expect([refused.status, refused.body.code, refused.body.facts?.reason]).toEqual([503, 'key_service_away', expect.stringMatching(/ECONNREFUSED/)]);
    expect(readdirSync(keys.dir).filter((name) => name.startsWith('templates-'))).toEqual(['templates-1.key']);
    expect((await two.rekeying.progress()).keyVersion).toBe(1);
    await server().open();
    expect((await askRekey(two)).body.keyVersion).toBe(2);

    // Away again, when one process has not met the new keys of the other: it waits, and takes nobody for damaged or gone.
    await server().close();
    expect(await two.rekeying.round()).toBe(3);
    expect([await outcomeOf(two, 1), await outcomeOf(one, 1)]).toEqual(['identified', 'vault_unavailable']);
    await expect(one.rekeying.round()).rejects.toThrow(KeyServiceError);
    await server().open();
    expect([await outcomeOf(one, 1), await outcomeOf(one, 3), one.gallery.peopleCount]).toEqual(['identified', 'identified', 3]);
  });

  test('does not start while the service is away, and afterwards finds everybody', async () => {
    const one = await start();
    for (const person of people) await one.enrol(one.enrolment(`pyr_${person}`), framesOf(person));
    await server().close();
    expect(await failureOf(start())).toMatchObject({ passing: true });
    await server().open();
    const again = await start();
    for (const person of people) expect(await outcomeOf(again, person)).toBe('identified');
  });
});
