// The port of text messages: whoever hands them to a network. A sandbox has the outbox: its messages are read on the outbox page,
// so they count as handed over at once. Production has the providers of SONRISA_SMS_FILE.
export type SmsTemplate = { readonly name: 'code' | 'code_new_pin' | 'code_new_number' | 'pay_code' | 'invite' | 'face_on' | 'face_unused' | 'recovery' | 'changed' | 'paid' | 'first_paid' | 'child_paid' | 'face_review_erased' | 'face_review_new_look'; readonly locale: 'zh' | 'en'; readonly params: Readonly<Record<string, string>> };

/** `template`: for networks that keep the texts themselves. `expiresAtMs`: from then on it helps nobody. */
export type SmsMessage = {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly purpose: 'code' | 'invite' | 'notice';
  readonly template?: SmsTemplate | undefined;
  readonly expiresAtMs: number;
};

export type Handed =
  /** `refs`: the network's name for each part, under which receipts come. */
  | { readonly is: 'taken'; readonly refs: readonly string[] }
  /** For certain not sent; may be tried again, here or elsewhere. */
  | { readonly is: 'not_taken'; readonly why: string; readonly retryAfterMs?: number }
  /** For certain not sent, and never will be by this provider. */
  | { readonly is: 'refused'; readonly why: string }
  /** May have been sent: to send it anywhere again could deliver it twice. */
  | { readonly is: 'unknown'; readonly why: string };

export type SmsReceipt = { readonly ref: string; readonly is: 'delivered' | 'undelivered'; readonly detail: string };

export type SmsProvider = {
  readonly name: string;
  /** Whether it has a sender for this number. */
  serves(e164: string): boolean;
  /** A rejection counts as `unknown`. */
  send(message: SmsMessage, signal: AbortSignal): Promise<Handed>;
  /** For networks that are asked for receipts; undefined: none yet. */
  receiptOf?(part: { readonly ref: string; readonly to: string; readonly sentAtMs: number }, signal: AbortSignal): Promise<SmsReceipt | undefined>;
  /** For networks that send them. */
  start?(onReceipt: (receipt: SmsReceipt) => Promise<void>): void;
  isUp(): boolean;
  stop(): Promise<void>;
};

export const createOutboxProvider = (): SmsProvider => ({
  name: 'outbox',
  serves: () => true,
  send: async () => ({ is: 'taken', refs: [] }),
  isUp: () => true,
  stop: async () => undefined,
});
