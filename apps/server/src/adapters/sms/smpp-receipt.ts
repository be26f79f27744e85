// A delivery receipt in a deliver_sm: the optional parameters of SMPP 3.4 (5.3.2.12, 5.3.2.35) where a network sends them, else the
// text of its appendix B. Pure.
import type { SmsReceipt } from './provider.ts';

export type DeliverPdu = { readonly [field: string]: unknown; readonly esm_class?: unknown; readonly short_message?: unknown; readonly message_payload?: unknown; readonly receipted_message_id?: unknown; readonly message_state?: unknown };

const messageTypeMask = 0x3c;
const receiptType = 0x04;
const endStates: Readonly<Record<string, SmsReceipt['is']>> = { DELIVRD: 'delivered', EXPIRED: 'undelivered', DELETED: 'undelivered', UNDELIV: 'undelivered', REJECTD: 'undelivered' };
const stateNames: Readonly<Record<number, string>> = { 1: 'ENROUTE', 2: 'DELIVRD', 3: 'EXPIRED', 4: 'DELETED', 5: 'UNDELIV', 6: 'ACCEPTD', 7: 'UNKNOWN', 8: 'REJECTD' };

/** Undefined: no receipt, or one of a message that is still on its way. */
export function receiptIn(pdu: DeliverPdu): SmsReceipt | undefined {
  if ((Number(pdu.esm_class ?? 0) & messageTypeMask) !== receiptType) return undefined;
  const text = textOf(pdu.short_message) || textOf(pdu.message_payload);
  const ref = typeof pdu.receipted_message_id === 'string' && pdu.receipted_message_id !== '' ? pdu.receipted_message_id : field(text, 'id');
  const state = stateNames[Number(pdu.message_state)] ?? field(text, 'stat')?.toUpperCase();
  const is = endStates[state ?? ''];
  if (ref === undefined || state === undefined || is === undefined) return undefined;
  const error = field(text, 'err');
  return { ref, is, detail: error === undefined || /^0*$/.test(error) ? state : `${state}, error ${error}` };
}

const field = (text: string, name: string): string | undefined => new RegExp(`(?:^|\\s)${name}:(\\S+)`, 'i').exec(text)?.[1];

// The package decodes a text it knows the coding of, and leaves octets it does not.
function textOf(value: unknown): string {
  const message = (value as { message?: unknown } | null)?.message ?? value;
  return typeof message === 'string' ? message : Buffer.isBuffer(message) ? message.toString('latin1') : '';
}
