// What holds until an operator sets something else. The amounts are judgements; the counters are those of the low-value exemption of
// Commission Delegated Regulation (EU) 2018/389, Article 16: five payments or 150 units since the last strong authentication.
import { everydayUnitMinor, isCurrency } from '@sonrisa/ledger/money.ts';
import type { LimitSettings } from '@sonrisa/protocol/limits-api.ts';

const dayMs = 86_400_000;

export function defaultSettings(currency: string): LimitSettings {
  const units = (count: bigint): string => String(count * (isCurrency(currency) ? everydayUnitMinor(currency) : 100n));
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
    smsCode: { maxMinor: units(50n), forRisk: false, numberDaysMin: 14, unusedPerDayMax: 3 },
    notMe: { countMax: 3, sumMaxMinor: units(1_000n), days: 90 },
    smsFromMinor: units(200n),
    raiseDelayMs: dayMs,
  };
}
