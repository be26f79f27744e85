// Whether a payment fits the limits, pure: every limit that holds with whose it is, and the first that the payment breaks. Used sums
// are without this payment.
import type { LimitKind, LimitSettings, MerchantCategory } from '@sonrisa/protocol/limits-api.ts';

export type LimitCode = 'limit_first_payment' | 'limit_payment' | 'limit_day' | 'limit_month' | 'limit_category' | 'limit_merchant';
/** What the shopper allows themselves; a kind that is missing is not limited by them. */
export type OwnLimits = ReadonlyMap<LimitKind, bigint>;
export type MerchantMaxima = { readonly paymentMaxMinor: bigint | null; readonly dayMaxMinor: bigint | null };

export type Used = {
  readonly dayMinor: bigint;
  readonly monthMinor: bigint;
  /** This month, by category of the merchant. */
  readonly categoryMinor: ReadonlyMap<MerchantCategory, bigint>;
  /** Today, at this merchant. */
  readonly merchantDayMinor: bigint;
  /** Payments by face ever, counted no further than the settings care. */
  readonly facePayments: number;
  /** By face alone, since the last second factor. */
  readonly unconfirmedPayments: number;
  readonly unconfirmedMinor: bigint;
};

export type LimitCase = {
  readonly way: 'face' | 'code';
  readonly amountMinor: bigint;
  readonly category: MerchantCategory;
  readonly level: 'phone' | 'attested';
  /** The account is being recovered, or was a moment ago. */
  readonly recovering: boolean;
  readonly settings: LimitSettings;
  readonly own: OwnLimits;
  readonly merchant: MerchantMaxima;
  readonly used: Used;
};

/** `confirmationDue`: so much went by face alone that this one needs a second factor. `isFirst`: it can be undone for a while. */
export type LimitVerdict =
  | { readonly allowed: true; readonly confirmationDue: boolean; readonly isFirst: boolean }
  | { readonly allowed: false; readonly code: LimitCode; readonly leftMinor: bigint };

type Rung = { readonly code: LimitCode; readonly maxMinor: bigint | null; readonly usedMinor: bigint };

export function decideLimits(given: LimitCase): LimitVerdict {
  const { amountMinor, settings, used, way } = given;
  const isFirst = way === 'face' && used.facePayments < settings.first.payments;
  const broken = rungsOf(given, isFirst).find(({ maxMinor, usedMinor }) => maxMinor !== null && usedMinor + amountMinor > maxMinor);
  if (broken) return { allowed: false, code: broken.code, leftMinor: atLeastZero((broken.maxMinor ?? 0n) - broken.usedMinor) };
  const { paymentsMax, sumMaxMinor } = settings.unconfirmed;
  const tooMany = used.unconfirmedPayments + 1 > paymentsMax || used.unconfirmedMinor + amountMinor > BigInt(sumMaxMinor);
  return { allowed: true, confirmationDue: way === 'face' && tooMany, isFirst };
}

/** The stricter of what the platform and the shopper allow; null: neither says anything. */
export function maximumOf(kind: LimitKind, { level, recovering, settings, own }: Pick<LimitCase, 'level' | 'recovering' | 'settings' | 'own'>): bigint | null {
  const platform = platformMaximumOf(kind, { level, recovering, settings });
  const mine = own.get(kind) ?? null;
  if (platform === null || mine === null) return platform ?? mine;
  return mine < platform ? mine : platform;
}

export function platformMaximumOf(kind: LimitKind, { level, recovering, settings }: Pick<LimitCase, 'level' | 'recovering' | 'settings'>): bigint | null {
  if (kind !== 'payment' && kind !== 'day' && kind !== 'month') {
    const minor = settings.categories[kind];
    return minor === undefined ? null : BigInt(minor);
  }
  const usual = BigInt(settings.levels[level][kind]);
  const small = recovering && settings.recovering ? BigInt(settings.recovering[kind]) : usual;
  return small < usual ? small : usual;
}

/** A shopper's change is a raise when it allows more than holds for them now. */
export function isRaise(kind: LimitKind, input: Pick<LimitCase, 'level' | 'recovering' | 'settings' | 'own'> & { readonly wantedMinor: bigint | null }): boolean {
  const now = maximumOf(kind, input);
  const own = new Map(input.own);
  if (input.wantedMinor === null) own.delete(kind);
  else own.set(kind, input.wantedMinor);
  const then = maximumOf(kind, { ...input, own });
  return now !== null && (then === null || then > now);
}

function rungsOf(given: LimitCase, isFirst: boolean): Rung[] {
  const { settings, merchant, used, category } = given;
  const own = (kind: LimitKind): bigint | null => maximumOf(kind, given);
  return [
    { code: 'limit_category', maxMinor: own(category), usedMinor: used.categoryMinor.get(category) ?? 0n },
    { code: 'limit_payment', maxMinor: own('payment'), usedMinor: 0n },
    { code: 'limit_merchant', maxMinor: merchant.paymentMaxMinor, usedMinor: 0n },
    { code: 'limit_first_payment', maxMinor: isFirst ? BigInt(settings.first.maxMinor) : null, usedMinor: 0n },
    { code: 'limit_merchant', maxMinor: merchant.dayMaxMinor, usedMinor: used.merchantDayMinor },
    { code: 'limit_day', maxMinor: own('day'), usedMinor: used.dayMinor },
    { code: 'limit_month', maxMinor: own('month'), usedMinor: used.monthMinor },
  ];
}

const atLeastZero = (minor: bigint): bigint => (minor > 0n ? minor : 0n);
