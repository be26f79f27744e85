// Cards on file through Stripe's own SDK: off-session PaymentIntents, confirmed when they are made, under our attempt's id as
// idempotency key and as metadata. What an answer does not say for certain is looked for by that metadata and never sent twice.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import Stripe from 'stripe';
import type { CardSource, FundingOrder, FundingResult } from '../funding/index.ts';
import type { Clock } from './clock.ts';

/** Answers take a few seconds at most; a charge that is not there this long after it was sent never reached Stripe. */
const requestTimeoutMs = 20_000;
export const neverArrivedAfterMs = 10 * 60_000;
const clockSlackS = 300;

export type StripeCardsDeps = { readonly secretKey: string; readonly url: URL | undefined; readonly clock: Clock };

export function createStripeCards({ secretKey, url, clock }: StripeCardsDeps): CardSource {
  const place = url ? { host: url.hostname, port: url.port || (url.protocol === 'http:' ? '80' : '443'), protocol: url.protocol === 'http:' ? ('http' as const) : ('https' as const) } : {};
  // No retries of its own: an answer that was lost is looked for, not asked for again.
  const stripe = new Stripe(secretKey, { ...place, maxNetworkRetries: 0, timeout: requestTimeoutMs, telemetry: false });
  return {
    collect: (order) => collect(stripe, order),
    find: (order) => find(stripe, { order, nowMs: clock.nowMs() }),
    keep: async ({ payerId, methodRef }) => {
      try {
        const customer = await stripe.customers.create({ metadata: { payer: payerId } }, { idempotencyKey: `customer-${payerId}` });
        const method = await stripe.paymentMethods.attach(methodRef, { customer: customer.id });
        if (!method.card) throw new ProblemError('payment_source_refused');
        return { customerRef: customer.id, methodRef: method.id, brand: method.card.brand, last4: method.card.last4 };
      } catch (error) {
        if (error instanceof Stripe.errors.StripeCardError || error instanceof Stripe.errors.StripeInvalidRequestError) throw new ProblemError('payment_source_refused', { cause: error });
        throw error instanceof ProblemError ? error : new ProblemError('busy', { cause: error });
      }
    },
    forget: async (customerRef) => {
      await stripe.customers.del(customerRef).catch((error: unknown) => {
        if (!(error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing')) throw new ProblemError('busy', { cause: error });
      });
    },
  };
}

async function collect(stripe: Stripe, order: FundingOrder): Promise<FundingResult> {
  if (!order.card) return { is: 'failed', reason: 'no card on file' };
  const amount = Number(order.amountMinor);
  if (!Number.isSafeInteger(amount)) return { is: 'failed', reason: 'more than a card can be charged' };
  try {
    const intent = await stripe.paymentIntents.create(
      {
        amount,
        currency: order.currency.toLowerCase(),
        customer: order.card.customerRef,
        payment_method: order.card.methodRef,
        off_session: true,
        confirm: true,
        metadata: { attempt: order.id },
      },
      { idempotencyKey: order.id },
    );
    return await resultOf(stripe, intent);
  } catch (error) {
    // Declined, or a request that Stripe did not take: nothing was charged. Everything else may have been.
    if (error instanceof Stripe.errors.StripeCardError) return { is: 'failed', reason: error.decline_code || error.code || 'declined' };
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return { is: 'failed', reason: error.code ?? 'not taken' };
    return { is: 'unknown' };
  }
}

async function find(stripe: Stripe, { order, nowMs }: { order: FundingOrder; nowMs: number }): Promise<FundingResult> {
  if (!order.card) return { is: 'failed', reason: 'no card on file' };
  const since = Math.floor(order.createdAtMs / 1000) - clockSlackS;
  try {
    // A list is up to date at once; Stripe's search may lag by a minute.
    for await (const intent of stripe.paymentIntents.list({ customer: order.card.customerRef, created: { gte: since }, limit: 100 })) {
      if (intent.metadata['attempt'] === order.id) return await resultOf(stripe, intent);
    }
  } catch {
    return { is: 'unknown' };
  }
  return nowMs - order.sentAtMs >= neverArrivedAfterMs ? { is: 'failed', reason: 'never reached the card processor' } : { is: 'unknown' };
}

async function resultOf(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<FundingResult> {
  switch (intent.status) {
    case 'succeeded':
      return { is: 'succeeded', ref: intent.id };
    case 'canceled':
    case 'requires_payment_method':
      return { is: 'failed', reason: intent.last_payment_error?.decline_code || intent.last_payment_error?.code || 'declined' };
    case 'requires_action': {
      // Its owner is not here to answer the bank. Cancelled, so that it cannot succeed behind a refusal.
      const cancelled = await stripe.paymentIntents.cancel(intent.id);
      return cancelled.status === 'canceled' ? { is: 'failed', reason: 'authentication_required' } : { is: 'unknown' };
    }
    default:
      return { is: 'unknown' };
  }
}
