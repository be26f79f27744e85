// Providers from what SONRISA_SMS_FILE says.
import type { Random } from '../random.ts';
import { createAlibaba } from './alibaba.ts';
import { createOutboxProvider, type SmsProvider } from './provider.ts';
import type { Senders } from './senders.ts';
import { createSmpp, type SmppDeps } from './smpp.ts';
import { createTwilio } from './twilio.ts';

/** In the order they are asked. URLs without a slash at their end. */
export type SmsProviderConfig =
  | { readonly kind: 'outbox'; readonly name: string }
  | { readonly kind: 'smpp'; readonly name: string; readonly senders: Senders; readonly url: string; readonly systemType: string; readonly longMessages: 'parts' | 'payload' }
  | { readonly kind: 'twilio'; readonly name: string; readonly senders: Senders; readonly url: string; readonly accountSid: string; readonly authToken: string }
  | { readonly kind: 'alibaba'; readonly name: string; readonly senders: Senders; readonly url: string; readonly accessKeyId: string; readonly accessKeySecret: string; readonly templates: Readonly<Record<string, string>> };

export type OpenDeps = { readonly nowMs: () => number; readonly random: Random; readonly log: SmppDeps['log'] };

export const openProviders = (configs: readonly SmsProviderConfig[], deps: OpenDeps): SmsProvider[] => configs.map((config) => open(config, deps));

function open(config: SmsProviderConfig, { nowMs, random, log }: OpenDeps): SmsProvider {
  switch (config.kind) {
    case 'outbox':
      return createOutboxProvider();
    case 'twilio':
      return createTwilio({ ...config, nowMs });
    case 'alibaba':
      return createAlibaba({ ...config, nowMs, newNonce: () => Buffer.from(random.bytes(16)).toString('hex') });
    case 'smpp':
      return createSmpp({ ...config, address: addressOf(config), nowMs, newRef: () => random.bytes(1)[0] ?? 0, log });
  }
}

const defaultPorts = { 'smpp:': 2775, 'smpps:': 3550 } as const;

function addressOf({ url, systemType }: { url: string; systemType: string }): SmppDeps['address'] {
  const { protocol, hostname, port, username, password } = new URL(url);
  const tls = protocol === 'smpps:';
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPorts[tls ? 'smpps:' : 'smpp:'] : Number(port), tls, systemId: decodeURIComponent(username), password: decodeURIComponent(password), systemType };
}
