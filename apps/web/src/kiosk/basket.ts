// The basket against the menu: lines in menu order, and their exact total.
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import { totalMinor } from '../ui/money-text.ts';
import type { Menu } from './state.ts';

export type BasketLine = { item: Menu['items'][number]; quantity: number };

export function basketLines(menu: Menu, basket: Readonly<Record<string, number>>): BasketLine[] {
  return menu.items.flatMap((item) => {
    const quantity = basket[item.id] ?? 0;
    return quantity > 0 ? [{ item, quantity }] : [];
  });
}

export function basketTotal(menu: Menu, basket: Readonly<Record<string, number>>): WireAmount {
  const lines = basketLines(menu, basket).map(({ item, quantity }) => ({ quantity, unitAmountMinor: item.unitAmountMinor }));
  return { amountMinor: totalMinor(lines), currency: menu.currency };
}

/** What a new payment for this basket is asked with. */
export const newPaymentOf = (menu: Menu, basket: Readonly<Record<string, number>>) => ({
  amount: basketTotal(menu, basket),
  lines: basketLines(menu, basket).map(({ item, quantity }) => ({
    name: item.name,
    nameZh: item.nameZh,
    quantity,
    unitAmountMinor: item.unitAmountMinor,
  })),
});
