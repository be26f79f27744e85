// Who hands text messages to a network. A sandbox has none: its messages are read on the outbox page, so they count as
// handed over at once. Production has no sender until one is configured.
export type SmsMessage = { id: string; to: string; text: string; purpose: 'code' | 'invite' | 'notice' };

export type SmsSender = {
  /** Resolves when the network took the message; `id` lets it drop one that it is handed twice. Gives up when `signal` says so. */
  send(message: SmsMessage, signal: AbortSignal): Promise<void>;
};

export const createSandboxSender = (): SmsSender => ({ send: async () => undefined });
