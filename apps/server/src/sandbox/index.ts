// The sandbox: text messages shown instead of sent, and the keys a developer needs. None of it exists in production.
import type { OutboxMessage, sandboxKeysSchema } from '@sonrisa/protocol/back-office-api.ts';
import type { z } from 'zod';
import { readPhone } from '../enrolment/index.ts';
import type { Outbox } from '../messages/index.ts';

export { sandboxPeople, seedPeople } from './people.ts';
export { seedSandbox } from './seed.ts';
export { merchantKeyOf, operatorTokenOf } from './keys.ts';

export type SandboxKeys = z.infer<typeof sandboxKeysSchema>;

export type Sandbox = {
  keys: SandboxKeys;
  /** Newest first; `phone` as people type it. */
  messages(filter: { phone?: string | undefined; limit: number }): Promise<OutboxMessage[]>;
  /** Returns how to stop. */
  follow(onMessage: (message: OutboxMessage) => void): () => void;
};

export function createSandbox({ outbox, keys }: { outbox: Outbox; keys: SandboxKeys }): Sandbox {
  return {
    keys,
    messages: ({ phone, limit }) => outbox.list({ phone: phone === undefined ? undefined : (readPhone(phone) ?? phone), limit }),
    follow: (onMessage) => outbox.follow(onMessage),
  };
}
