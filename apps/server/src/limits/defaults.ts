// What holds until an operator sets something else. The amounts are judgements; the counters are those of the low-value exemption of
// Commission Delegated Regulation (EU) 2018/389, Article 16: five payments or 150 units since the last strong authentication.
import { currencyDecimals, isCurrency } from '@sonrisa/ledger/money.ts';
import type { LimitSettings } from '@sonrisa/protocol/limits-api.ts';

const dayMs = 86_400_000;

/** Where one unit buys next to nothing: how many make one that does. Orders of magnitude, no exchange rates. */
const smallUnits: Readonly<Record<string, bigint>> = {
  ARS: 1_000n, CLP: 1_000n, COP: 1_000n, CRC: 100n, EGP: 10n, HUF: 100n, IDR: 10_000n, INR: 10n, IQD: 1_000n, ISK: 100n, JPY: 100n,
  KES: 100n, KRW: 1_000n, NGN: 1_000n, PHP: 10n, PYG: 1_000n, TWD: 10n, THB: 10n, UGX: 1_000n, VND: 10_000n, XAF: 100n, XOF: 100n,
};

export function defaultSettings(currency: string): LimitSettings {
  const decimals = isCurrency(currency) ? currencyDecimals[currency] : 2;
  const units = (count: bigint): string => String(count * 10n ** BigInt(decimals) * (smallUnits[currency] ?? 1n));
  return {
    timeZone: 'Asia/Shanghai',
    levels: {
      phone: { payment: units(1_000n), day: units(2_000n), month: units(10_000n) },
      attested: { payment: units(5_000n), day: units(10_000n), month: units(50_000n) },
    },
    recovering: { payment: units(100n), day: units(200n), month: units(1_000n) },
    categories: { gambling: '0' },
    unconfirmed: { paymentsMax: 5, sumMaxMinor: units(150n) },
    first: { payments: 1, maxMinor: units(100n), undoMs: dayMs },
    undo: { countMax: 3, sumMaxMinor: units(300n), days: 30 },
    notMe: { countMax: 3, sumMaxMinor: units(1_000n), days: 90 },
    smsFromMinor: units(200n),
    raiseDelayMs: dayMs,
  };
}
