// A carrier or an aggregator by SMPP 3.4: submit_sm for each part, receipts by deliver_sm, a pause when it says it is throttled.
import { createSmppLink, defaultTimes, type LinkDeps, type SmppAddress, type SmppLink, type SmppTimes } from './smpp-link.ts';
import type { Handed, SmsMessage, SmsProvider, SmsReceipt } from './provider.ts';
import { encodeText, segmentsOf, type Segment } from './segments.ts';
import { senderFor, type Senders } from './senders.ts';
import { receiptIn } from './smpp-receipt.ts';

export type SmppDeps = {
  name: string;
  address: SmppAddress;
  senders: Senders;
  /** How a long message goes: in parts with a header each, or whole in the message_payload parameter. */
  longMessages: 'parts' | 'payload';
  nowMs: () => number;
  /** 0 to 255. */
  newRef: () => number;
  log: LinkDeps['log'];
  times?: SmppTimes;
};

/** SMPP 3.4, 5.1.3. */
const status = { ok: 0, queueFull: 0x14, throttled: 0x58, systemError: 0x08 } as const;
const throttlePauseMs = { first: 1_000, most: 30_000 } as const;
const laterPartTriesMax = 4;

export function createSmpp(deps: SmppDeps): SmsProvider {
  let onReceipt: ((receipt: SmsReceipt) => Promise<void>) | undefined;
  const onDeliver: LinkDeps['onDeliver'] = async (pdu) => {
    const receipt = receiptIn(pdu);
    try {
      if (receipt) await onReceipt?.(receipt);
      return 'stored';
    } catch (error) {
      deps.log.warn({ err: error, provider: deps.name }, 'A receipt could not be stored; the network will send it again');
      return 'failed';
    }
  };
  const link = createSmppLink({ name: deps.name, address: deps.address, times: deps.times ?? defaultTimes, log: deps.log, onDeliver });
  const throttle = createThrottle(deps.nowMs);
  return {
    name: deps.name,
    serves: (e164) => senderFor(deps.senders, e164) !== undefined,
    send: (message, signal) => send({ ...deps, link, throttle }, message, signal),
    start: (store) => {
      onReceipt = store;
      link.start();
    },
    isUp: () => link.isBound(),
    stop: () => link.stop(),
  };
}

type Sending = SmppDeps & { link: SmppLink; throttle: Throttle };

async function send(deps: Sending, message: SmsMessage, signal: AbortSignal): Promise<Handed> {
  const coded = encodeText(message.text);
  const fields = { ...addressing(deps, message), data_coding: coded.alphabet === 'ucs2' ? 8 : 0, registered_delivery: 1 };
  const parts = segmentsOf(coded, deps.newRef());
  if (parts.length > 1 && deps.longMessages === 'payload') {
    return submitOne(deps, { ...fields, esm_class: 0, short_message: Buffer.alloc(0), message_payload: Buffer.concat(coded.units) });
  }
  const refs: string[] = [];
  for (const [index, part] of parts.entries()) {
    const handed = index === 0 ? await submitOne(deps, { ...fields, ...bodyOf(part) }) : await submitLater(deps, { ...fields, ...bodyOf(part) }, signal);
    if (handed.is !== 'taken') return index === 0 ? handed : { is: 'unknown', why: `part ${index + 1} of ${parts.length}: ${handed.why}` };
    refs.push(...handed.refs);
  }
  return { is: 'taken', refs };
}

async function submitOne({ link, throttle }: Sending, fields: Record<string, unknown>): Promise<Handed> {
  const waitMs = throttle.waitMs();
  if (waitMs > 0) return { is: 'not_taken', why: 'throttled', retryAfterMs: waitMs };
  const answer = await link.submit(fields);
  if (answer === 'not_written') return { is: 'not_taken', why: 'no session' };
  if (answer === 'no_answer') return { is: 'unknown', why: 'no answer to submit_sm' };
  const why = `status 0x${answer.command_status.toString(16)}`;
  switch (answer.command_status) {
    case status.ok:
      throttle.passed();
      return { is: 'taken', refs: answer.message_id === undefined || answer.message_id === '' ? [] : [answer.message_id] };
    case status.throttled:
    case status.queueFull:
      return { is: 'not_taken', why: `throttled, ${why}`, retryAfterMs: throttle.refused() };
    case status.systemError:
      return { is: 'not_taken', why };
    default:
      return { is: 'refused', why };
  }
}

// With a part on its way, the message can neither be left half nor be sent elsewhere.
async function submitLater(deps: Sending, fields: Record<string, unknown>, signal: AbortSignal): Promise<Handed> {
  for (let tries = 1; ; tries += 1) {
    const handed = await submitOne(deps, fields);
    if (handed.is !== 'not_taken' || tries >= laterPartTriesMax || signal.aborted) return handed;
    await new Promise((resolve) => setTimeout(resolve, handed.retryAfterMs ?? throttlePauseMs.first).unref());
  }
}

function addressing({ senders, nowMs }: SmppDeps, { to, expiresAtMs }: SmsMessage) {
  const sender = senderFor(senders, to) ?? '';
  return {
    ...sourceOf(sender),
    dest_addr_ton: 1,
    dest_addr_npi: 1,
    destination_addr: to.slice(1),
    validity_period: relativeTime(Math.max(60, Math.floor((expiresAtMs - nowMs()) / 1000))),
  };
}

// A number with a plus is international, digits alone are the network's own short code, anything else is a name.
function sourceOf(sender: string) {
  if (/^\+\d+$/.test(sender)) return { source_addr_ton: 1, source_addr_npi: 1, source_addr: sender.slice(1) };
  return /^\d+$/.test(sender) ? { source_addr_ton: 3, source_addr_npi: 0, source_addr: sender } : { source_addr_ton: 5, source_addr_npi: 0, source_addr: sender };
}

/** SMPP 3.4, 7.1.1: years, months, days, hours, minutes, seconds from now. Days at most. */
function relativeTime(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `0000${two(Math.min(30, seconds / 86_400))}${two((seconds / 3_600) % 24)}${two((seconds / 60) % 60)}${two(seconds % 60)}000R`;
}

const bodyOf = ({ udh, octets }: Segment) => ({ esm_class: udh ? 0x40 : 0, short_message: udh ? Buffer.concat([udh, octets]) : octets });

type Throttle = { waitMs(): number; passed(): void; refused(): number };

function createThrottle(nowMs: () => number): Throttle {
  let [untilMs, pauseMs] = [0, throttlePauseMs.first as number];
  return {
    waitMs: () => Math.max(0, untilMs - nowMs()),
    passed: () => {
      pauseMs = throttlePauseMs.first;
    },
    refused: () => {
      const pause = pauseMs;
      untilMs = nowMs() + pause;
      pauseMs = Math.min(throttlePauseMs.most, pauseMs * 2);
      return pause;
    },
  };
}
