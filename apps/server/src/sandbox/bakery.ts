// The bakery every sandbox starts with. Prices in fen.
import type { MenuItemRow } from '../db/database.ts';

export const bakery = {
  name: 'Panadería Sol',
  nameZh: '太阳面包房',
  currency: 'CNY',
  /** Bakeries, by ISO 18245. */
  categoryCode: '5462',
  timeZone: 'Asia/Shanghai',
  /** From 200.00 on the PIN is asked. */
  pinFromMinor: 20_000n,
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

const item = (id: string, category: string, name: string, nameZh: string, unitAmountMinor: string): MenuItemRow => ({
  id,
  category,
  name,
  nameZh,
  unitAmountMinor,
  picture: id,
});

export const bakeryMenu: MenuItemRow[] = [
  item('country-loaf', 'bread', 'Country loaf', '乡村面包', '2800'),
  item('baguette', 'bread', 'Baguette', '法棍', '1500'),
  item('milk-bread', 'bread', 'Milk bread', '奶香吐司', '2200'),
  item('croissant', 'pastry', 'Butter croissant', '黄油可颂', '1600'),
  item('ensaimada', 'pastry', 'Ensaimada', '螺旋酥', '1800'),
  item('pineapple-bun', 'pastry', 'Pineapple bun', '菠萝包', '1200'),
  item('egg-tart', 'pastry', 'Egg tart', '蛋挞', '900'),
  item('sponge-cake', 'cake', 'Sponge cake', '戚风蛋糕', '3800'),
  item('cheesecake', 'cake', 'Cheesecake slice', '芝士蛋糕', '3200'),
  item('birthday-cake', 'cake', 'Birthday cake', '生日蛋糕', '26800'),
  item('coffee', 'drink', 'Coffee', '咖啡', '1800'),
  item('soy-milk', 'drink', 'Soy milk', '豆浆', '800'),
];
