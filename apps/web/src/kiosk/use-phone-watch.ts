// While the shopper's phone is asked the till reads the payment again and again, whatever it shows meanwhile: what may take the
// phone's place changes with time.
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { useEffect, useRef } from 'react';
import { ApiError } from '../api.ts';
import { failedEvent, useInstalled, useKiosk } from './kiosk-context.ts';

const readEveryMs = 1_000;
/** Once the phone has said yes the money is on its way. Pay is asked for only when it has not come by then. */
const settleWithinMs = 10_000;

/** Sends `payment_read` once the phone has answered or its time is over. */
export function usePhoneWatch(): void {
  const { model, send, tools } = useKiosk();
  const { token } = useInstalled();
  const paymentId = model.payment?.next === 'wait_phone' ? model.payment.id : null;
  const latest = useRef(tools);
  latest.current = tools;
  useEffect(() => {
    if (paymentId === null) return;
    let here = true;
    let yesAtMs: number | null = null;
    const isOnItsWay = (next: PaymentView['next']): boolean => {
      if (next !== 'confirm' && next !== 'confirm_with_pin') return false;
      yesAtMs ??= latest.current.now();
      return latest.current.now() - yesAtMs < settleWithinMs;
    };
    const watch = async (): Promise<void> => {
      while (here) {
        await latest.current.pause(readEveryMs);
        if (!here) return;
        try {
          const payment = await latest.current.client.readPayment(token, paymentId);
          if (here && payment.next === 'wait_phone') send({ type: 'phone_read', payment });
          else if (here && !isOnItsWay(payment.next)) return send({ type: 'payment_read', payment });
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          if (here) send(failedEvent(error));
        }
      }
    };
    void watch();
    return () => {
      here = false;
    };
  }, [paymentId, token, send]);
}
