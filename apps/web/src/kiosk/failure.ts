// Where the till goes when a request fails: by code first, then by what was being done.
import type { SentenceCode } from '../i18n/texts/en/problems.ts';
import type { KioskModel, KioskState } from './state.ts';

export function stateAfterFailure(model: KioskModel, failure: { code: SentenceCode; triesLeft: number | null }): KioskState {
  const { state } = model;
  const { code, triesLeft } = failure;
  if (state.name === 'activating') return { name: 'activation', problem: code };
  if (state.name === 'starting') return { name: 'interrupted', code, then: 'starting' };
  if (needsActivation.has(code)) {
    return { name: 'activation', problem: code === 'unauthorised' ? 'terminal_revoked' : code };
  }
  switch (state.name) {
    case 'opening':
      if (lost.has(code)) return { name: 'interrupted', code, then: 'opening' };
      return code === 'payment_state_conflict' ? { name: 'checking', after: 'look' } : { name: 'refused', code };
    case 'matching':
      if (code === 'vault_unavailable') return { name: 'interrupted', code, then: 'opening' };
      // The look may have counted although its answer was lost.
      if (lost.has(code) || moved.has(code)) return { name: 'checking', after: 'look' };
      return lookAgain.has(code) ? { name: 'retake', code } : { name: 'refused', code };
    case 'digits':
      if (code === 'digits_wrong' && triesLeft !== 0) return { ...state, problem: code, triesLeft, round: state.round + 1 };
      if (lost.has(code)) return { ...state, problem: code, round: state.round + 1 };
      if (moved.has(code)) return { name: 'checking', after: 'look' };
      return code === 'digits_wrong' || lookAgain.has(code) ? { name: 'retake', code } : { name: 'refused', code };
    case 'confirm':
      // "Not me" failed: stay, so that it can be said again.
      if (moved.has(code)) return { name: 'checking', after: 'look' };
      return lost.has(code) ? { ...state, problem: code } : { name: 'refused', code };
    case 'paying':
      if (code === 'pin_wrong' || code === 'pin_required' || code === 'confirmation_due' || code === 'pin_sealed_wrong') {
        return { name: 'confirm', pin: true, problem: code, notCharged: true, round: 1 };
      }
      if (lost.has(code) || moved.has(code)) return { name: 'checking', after: 'pay' };
      return lookAgain.has(code) ? { name: 'retake', code } : { name: 'refused', code };
    case 'phone_paying':
      if (lost.has(code) || moved.has(code)) return { name: 'checking', after: 'pay' };
      return endsPayment.has(code) ? { name: 'refused', code } : { name: 'phone_pin', problem: code, round: 1 };
    case 'sms_sending':
      return endsPayment.has(code) ? { name: 'refused', code } : moved.has(code) || code === 'phone_timed_out' ? { name: 'checking', after: 'look' } : { name: 'phone_wait', problem: code };
    case 'sms_paying':
      if (lost.has(code) || moved.has(code) || code === 'phone_timed_out' || code === 'confirmation_due') return { name: 'checking', after: 'pay' };
      if (code === 'sms_code_wrong' || code === 'till_locked') return { name: 'sms_code', problem: code, triesLeft, round: 1 };
      return code === 'sms_code_over' ? { name: 'phone_wait', problem: code } : { name: 'refused', code };
    case 'code_paying':
      if (lost.has(code) || moved.has(code)) return { name: 'checking', after: 'pay' };
      return endsPayment.has(code) ? { name: 'refused', code } : { name: 'code', problem: code, round: 1 };
    case 'phone_wait':
    case 'phone_pin':
    case 'sms_code':
      // Keeps asking; only an answer that the payment does not exist ends it.
      return endsPayment.has(code) ? { name: 'refused', code } : state;
    case 'checking':
      // Keeps asking; only an answer that the payment does not exist ends it.
      return lost.has(code) || moved.has(code) ? state : { name: 'refused', code };
    default:
      return state;
  }
}

/** The server or the vault does not know this till, or not by this key. */
export const needsActivation: ReadonlySet<SentenceCode> = new Set<SentenceCode>(['unauthorised', 'terminal_revoked', 'signature_invalid', 'capture_signature_invalid']);

const endsPayment: ReadonlySet<SentenceCode> = new Set<SentenceCode>(['payment_expired', 'payment_not_found']);

/** No answer, or one that says "later". */
const lost: ReadonlySet<SentenceCode> = new Set<SentenceCode>([
  'network',
  'timeout',
  'unreadable',
  'internal',
  'busy',
  'rate_limited',
  'vault_unavailable',
  'books_stopped',
  'idempotency_in_progress',
]);

/** The payment is elsewhere than this screen thinks. */
const moved: ReadonlySet<SentenceCode> = new Set<SentenceCode>(['payment_state_conflict', 'receipt_used', 'hold_not_open', 'nonce_used']);

/** A new look may help. */
const lookAgain: ReadonlySet<SentenceCode> = new Set<SentenceCode>([
  'face_none',
  'face_several',
  'face_too_small',
  'face_too_dark',
  'face_too_bright',
  'face_blurred',
  'face_turned',
  'face_off_frame',
  'face_not_one_person',
  'liveness_failed',
  'image_too_large',
  'image_too_many_pixels',
  'image_too_small',
  'image_format_refused',
  'image_animated',
  'image_broken',
  'body_too_large',
  'capture_failed',
  'capture_malformed',
  'capture_sealed_for_another',
  'capture_binding_mismatch',
  'nonce_unknown',
  'nonce_expired',
  'receipt_invalid',
  'receipt_expired',
  'digits_window_closed',
]);
