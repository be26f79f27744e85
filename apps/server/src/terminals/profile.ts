// What a terminal is told about itself: its store, its limits, and the keys it seals for.
import { type Currency, paymentMaxMinorOf } from '@sonrisa/ledger/money.ts';
import { menuSchema, type TerminalProfile } from '@sonrisa/protocol/terminal-api.ts';
import type { z } from 'zod';
import type { TerminalDeps } from './index.ts';

export async function profileOf(deps: TerminalDeps, terminalId: string): Promise<TerminalProfile> {
  const [row, vaultKeys] = await Promise.all([
    deps.db
      .selectFrom('terminal')
      .innerJoin('store', 'store.id', 'terminal.store_id')
      .innerJoin('merchant', 'merchant.id', 'terminal.merchant_id')
      .select(['terminal.kind', 'terminal.mode', 'store.id as store_id', 'store.name as store_name', 'store.name_zh as store_name_zh'])
      .select(['store.time_zone', 'store.pin_from_minor', 'merchant.id as merchant_id', 'merchant.name', 'merchant.name_zh', 'merchant.currency'])
      .where('terminal.id', '=', terminalId)
      .executeTakeFirstOrThrow(),
    deps.vault.keys(),
  ]);
  const amount = (amountMinor: bigint) => ({ amountMinor: String(amountMinor), currency: row.currency });
  return {
    terminalId,
    kind: row.kind,
    mode: row.mode,
    installation: deps.mode,
    merchant: { id: row.merchant_id, name: row.name, nameZh: row.name_zh },
    store: { id: row.store_id, name: row.store_name, nameZh: row.store_name_zh, timeZone: row.time_zone },
    currency: row.currency,
    paymentMax: amount(paymentMaxMinorOf(row.currency as Currency)),
    pinFrom: amount(row.pin_from_minor),
    vaultKey: vaultKeys.sealing,
    serverKey: deps.serverKey,
    errorBudget: deps.errorBudget,
  };
}

export async function menuOf(deps: TerminalDeps, merchantId: string): Promise<z.infer<typeof menuSchema>> {
  const merchant = await deps.db.selectFrom('merchant').select(['currency', 'menu']).where('id', '=', merchantId).executeTakeFirstOrThrow();
  return menuSchema.parse({ currency: merchant.currency, items: merchant.menu });
}
