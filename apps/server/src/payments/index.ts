// Payments: from an amount on a till to money moved, one step at a time, each step one transaction.
export {
  createPayments,
  type CreatePayment,
  type CheckPasskey,
  type CheckPin,
  type CodeCheck,
  type MerchantPayment,
  type OfTerminal,
  type OperatorPayment,
  type PayerPayment,
  type Payments,
  type PaymentsDependencies,
  type PinCheck,
} from './pay.ts';
export { notMeDaysMax } from './limits.ts';
export { feeOf } from './fee-terms.ts';
export { askPhone } from './phone.ts';
export { attemptPin, noPinFailures } from './pin-attempts.ts';
export { moveOf } from './state.ts';
export { maskedName } from './masked-name.ts';
export type { VaultClient } from './vault-port.ts';
