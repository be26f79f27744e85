// The bakery every sandbox starts with. Prices in hundredths of what buys something small (everydayUnitMinor): fen, where it is in China.
import { type Currency, everydayUnitMinor } from '@sonrisa/ledger/money.ts';
import type { MenuItemRow } from '../db/database.ts';

export const bakery = {
  name: 'Panadería Sol',
  nameZh: '太阳面包房',
  /** Bakeries, by ISO 18245. */
  categoryCode: '5462',
  timeZone: 'Asia/Shanghai',
  /** From here on the PIN is asked. */
  pinFromHundredths: 20_000n,
  stores: [
    {
      name: 'Riverside',
      nameZh: '滨江店',
      staff: [
        { name: '林小满', role: 'owner' },
        { name: '周晨', role: 'manager' },
        { name: '何佳', role: 'cashier' },
      ],
    },
    {
      name: 'Old Town',
      nameZh: '老城店',
      staff: [
        { name: 'Elena Ruiz', role: 'manager' },
        { name: '吴桐', role: 'cashier' },
      ],
    },
    {
      name: 'University Gate',
      nameZh: '大学门店',
      staff: [
        { name: '赵一帆', role: 'manager' },
        { name: 'Tomás Vega', role: 'cashier' },
      ],
    },
  ],
} as const;

const item = (id: string, category: string, name: string, nameZh: string, hundredths: bigint) => ({ id, category, name, nameZh, hundredths });

const menu = [
  item('country-loaf', 'bread', 'Country loaf', '乡村面包', 2_800n),
  item('baguette', 'bread', 'Baguette', '法棍', 1_500n),
  item('milk-bread', 'bread', 'Milk bread', '奶香吐司', 2_200n),
  item('croissant', 'pastry', 'Butter croissant', '黄油可颂', 1_600n),
  item('ensaimada', 'pastry', 'Ensaimada', '螺旋酥', 1_800n),
  item('pineapple-bun', 'pastry', 'Pineapple bun', '菠萝包', 1_200n),
  item('egg-tart', 'pastry', 'Egg tart', '蛋挞', 900n),
  item('sponge-cake', 'cake', 'Sponge cake', '戚风蛋糕', 3_800n),
  item('cheesecake', 'cake', 'Cheesecake slice', '芝士蛋糕', 3_200n),
  item('birthday-cake', 'cake', 'Birthday cake', '生日蛋糕', 26_800n),
  item('coffee', 'drink', 'Coffee', '咖啡', 1_800n),
  item('soy-milk', 'drink', 'Soy milk', '豆浆', 800n),
];

export function bakeryMenu(currency: Currency): MenuItemRow[] {
  return menu.map(({ hundredths, ...each }) => ({ ...each, unitAmountMinor: String(bakeryPrice(hundredths, currency)), picture: each.id }));
}

export function bakeryPrice(hundredths: bigint, currency: Currency): bigint {
  return (hundredths * everydayUnitMinor(currency)) / 100n;
}
