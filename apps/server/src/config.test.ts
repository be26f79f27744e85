// The configuration: what is taken, and one clear sentence for each thing that is wrong.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig, readMigrationConfig } from './config.ts';

const secret = Buffer.alloc(32, 7).toString('base64url');
const good = {
  SONRISA_MODE: 'sandbox',
  SONRISA_HOST: '127.0.0.1',
  SONRISA_PORT: '8443',
  SONRISA_PUBLIC_URL: 'https://pay.example.org/',
  SONRISA_DATABASE_URL: 'postgresql://sonrisa:secret@127.0.0.1:5432/sonrisa',
  SONRISA_MIGRATIONS_DIR: '/srv/migrations',
  SONRISA_VAULT_URL: 'http://127.0.0.1:8081',
  SONRISA_VAULT_SECRET: 'a long enough secret',
  SONRISA_SECRET: secret,
  SONRISA_PIN_PEPPER: secret,
  SONRISA_SANDBOX_ACTIVATION_CODE: 'ABCD2345',
  SONRISA_KEYS_DIR: '/srv/keys',
  SONRISA_ERROR_BUDGET: '1e-3',
};

describe('the configuration', () => {
  it('is read, with its defaults', () => {
    expect(readConfig({ ...good, PATH: '/bin' })).toMatchObject({ mode: 'sandbox', port: 8443, publicUrl: 'https://pay.example.org', errorBudget: 0.001, logLevel: 'info', tls: undefined });
    expect(readConfig({ ...good, SONRISA_ERROR_BUDGET: undefined }).errorBudget).toBe(1e-6);
  });

  it('of a run of migrations is three settings, and the rest of the environment is left alone', () => {
    const { SONRISA_DATABASE_URL, SONRISA_MIGRATIONS_DIR } = good;
    expect(readMigrationConfig({ SONRISA_DATABASE_URL, SONRISA_MIGRATIONS_DIR })).toEqual({ databaseUrl: SONRISA_DATABASE_URL, migrationsDir: '/srv/migrations', serverRole: 'sonrisa_server' });
    expect(readMigrationConfig({ ...good, SONRISA_MODE: 'wrong', SONRISA_DATABASE_ROLE: 'till' }).serverRole).toBe('till');
    expect(() => readMigrationConfig({ SONRISA_MIGRATIONS_DIR })).toThrow(/SONRISA_DATABASE_URL must be an address/);
  });

  it.each([
    [{ SONRISA_MODE: 'prod' }, 'SONRISA_MODE must be "sandbox" or "production".'],
    [{ SONRISA_MODE: undefined }, 'SONRISA_MODE must be "sandbox" or "production".'],
    [{ SONRISA_PORT: 'eighty' }, 'SONRISA_PORT must be a port number from 0 to 65535.'],
    [{ SONRISA_PORT: '70000' }, 'SONRISA_PORT must be a port number from 0 to 65535.'],
    [{ SONRISA_PUBLIC_URL: 'pay.example.org' }, 'SONRISA_PUBLIC_URL must be an address like https://pay.example.org.'],
    [{ SONRISA_DATABASE_URL: 'mysql://x' }, 'SONRISA_DATABASE_URL must be an address like postgresql://user:password@127.0.0.1:5432/sonrisa.'],
    [{ SONRISA_SECRET: 'short' }, 'SONRISA_SECRET must be 32 random bytes in base64url.'],
    [{ SONRISA_SECRET: '' }, 'SONRISA_SECRET must be set to 32 random bytes in base64url.'],
    [{ SONRISA_ERROR_BUDGET: '0.5' }, 'SONRISA_ERROR_BUDGET must be at most 0.01: one wrong payment in a hundred.'],
    [{ SONRISA_ERROR_BUDGET: '0' }, 'SONRISA_ERROR_BUDGET must be a probability above 0.'],
    [{ SONRISA_SANDBOX_ACTIVATION_CODE: undefined }, 'SONRISA_SANDBOX_ACTIVATION_CODE must be set in sandbox mode: terminals are activated with it.'],
    [{ SONRISA_MODE: 'production' }, 'SONRISA_SANDBOX_ACTIVATION_CODE must not be set in production mode: its terminals are sandbox terminals.'],
    [{ SONRISA_TLS_CERT: '/none.pem' }, 'SONRISA_TLS_CERT and SONRISA_TLS_KEY must be set together.'],
    [{ SONRISA_TRUST_PROXY: 'true' }, 'SONRISA_TRUST_PROXY must be "off", a number of proxies from 1 to 9, or their addresses, separated by commas.'],
    [{ SONRISA_SMS_PER_HOUR_MAX: '0' }, 'SONRISA_SMS_PER_HOUR_MAX must be a whole number from 1.'],
    [{ SONRISA_SMS_COUNTRIES: 'China' }, 'SONRISA_SMS_COUNTRIES must be countries like "CN, HK:500", each with its messages a day if they are fewer.'],
    [{ SONRISA_SMS_FILE: '/none.json' }, "SONRISA_SMS_FILE names /none.json, which cannot be read: ENOENT: no such file or directory, open '/none.json'."],
    [{ SONRISA_RECOVERY_HOURS: 'sms:0' }, 'SONRISA_RECOVERY_HOURS must be hours from 1 to 720 like "sms:24, staff:48", of passkey, sms, number, staff, claim or watch.'],
    [{ SONRISA_MODE: 'production', SONRISA_SANDBOX_ACTIVATION_CODE: undefined, SONRISA_IDENTITY_PROVIDER: 'sandbox' }, 'SONRISA_IDENTITY_PROVIDER must not be "sandbox" in production mode: it confirms whatever it is asked.'],
    [{ SONRISA_LOG_LEVEL: 'loud' }, 'SONRISA_LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent.'],
  ])('with %j says so', (wrong, sentence) => {
    expect(() => readConfig({ ...good, ...wrong })).toThrow(new ConfigError(sentence));
  });

  it('wants a guardian attested in production and not in a sandbox, unless it is told otherwise', () => {
    const production = { ...good, SONRISA_MODE: 'production', SONRISA_SANDBOX_ACTIVATION_CODE: undefined };
    expect([readConfig(good), readConfig(production)].map(({ guardianAttested }) => guardianAttested)).toEqual([false, true]);
    expect(readConfig({ ...good, SONRISA_GUARDIAN_ATTESTED: 'required' }).guardianAttested).toBe(true);
    expect(readConfig({ ...production, SONRISA_GUARDIAN_ATTESTED: 'optional' }).guardianAttested).toBe(false);
    expect(() => readConfig({ ...good, SONRISA_GUARDIAN_ATTESTED: 'yes' })).toThrow('SONRISA_GUARDIAN_ATTESTED must be "required" or "optional".');
  });

  it('trusts no proxy unless it is told whom', () => {
    expect(readConfig(good).trustProxy).toBe(false);
    expect(readConfig({ ...good, SONRISA_TRUST_PROXY: '1' }).trustProxy).toBe(1);
    expect(readConfig({ ...good, SONRISA_TRUST_PROXY: 'loopback, 10.0.0.0/8' }).trustProxy).toEqual(['loopback', '10.0.0.0/8']);
  });

  describe('of text messages', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sonrisa-sms-file-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    const smpp = { kind: 'smpp', url: 'smpps://id:secret@smsc.example.org', senders: { '+86': '1069' } };
    const read = (content: unknown, more: object = {}) => {
      const path = join(folder, 'sms.json');
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      return readConfig({ ...good, ...more, SONRISA_SMS_FILE: path });
    };

    it('is a file of providers in their order, and countries with a day of their own', () => {
      const twilio = { kind: 'twilio', name: 'abroad', accountSid: 'AC1', authToken: 't', senders: { '*': 'SONRISA' } };
      const config = read({ providers: [smpp, twilio] }, { SONRISA_SMS_COUNTRIES: 'CN, HK:500', SONRISA_SMS_PER_DAY_MAX: '9000' });
      expect(config.smsProviders).toEqual([{ ...smpp, name: 'smpp', systemType: '', longMessages: 'parts' }, { ...twilio, url: 'https://api.twilio.com' }]);
      expect([...config.smsCountries]).toEqual([['CN', 9_000], ['HK', 500]]);
      expect(readConfig(good)).toMatchObject({ smsProviders: undefined, smsPerHourMax: 1_000, smsPerDayMax: 10_000 });
    });

    it.each([
      [{ providers: [] }, 'providers must name at least one provider'],
      [{ providers: [{ kind: 'pigeon' }] }, 'providers.0.kind must have a kind: "smpp", "twilio", "alibaba" or, in a sandbox, "outbox"'],
      [{ providers: [{ ...smpp, url: 'http://smsc' }] }, 'providers.0.url must be an address like smpps://id:password@smsc.example.org:3550'],
      [{ providers: [{ ...smpp, senders: {} }] }, 'providers.0.senders must name at least one sender, like { "*": "SONRISA" }'],
      [{ providers: [{ ...smpp, senders: { 86: 'x' } }] }, 'providers.0.senders'],
      [{ providers: [{ kind: 'alibaba', senders: { '+86': 'x' }, accessKeyId: 'a', accessKeySecret: 'b', templates: {} }] }, 'must name at least the template "code.zh"'],
      [{ providers: [smpp, smpp] }, 'where two providers are called "smpp": give one of them another name.'],
      ['{', 'which cannot be read'],
    ])('with %j says so', (content, sentence) => {
      expect(() => read(content)).toThrow(ConfigError);
      expect(() => read(content)).toThrow(sentence);
    });

    it('takes the outbox in a sandbox and refuses it in production', () => {
      const outbox = { providers: [smpp, { kind: 'outbox' }] };
      expect(read(outbox).smsProviders).toHaveLength(2);
      const production = { SONRISA_MODE: 'production', SONRISA_SANDBOX_ACTIVATION_CODE: undefined };
      expect(() => read(outbox, production)).toThrow('which has the outbox: its messages reach nobody, so production refuses it. Name a provider instead.');
    });
  });

  it('names a certificate that cannot be read', () => {
    const wrong = { ...good, SONRISA_TLS_CERT: '/no/such/cert.pem', SONRISA_TLS_KEY: '/no/such/key.pem' };
    expect(() => readConfig(wrong)).toThrow(/^SONRISA_TLS_CERT names \/no\/such\/cert\.pem, which cannot be read/);
  });
});
