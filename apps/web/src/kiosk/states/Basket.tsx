// What would you like: the menu by kind, and the basket with its total, always in sight.
import { Minus, Plus, ShoppingBasket, Smile } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Picture } from '../../ui/bakery/Picture.tsx';
import { Button } from '../../ui/Button.tsx';
import { Money } from '../../ui/Money.tsx';
import { basketLines, basketTotal } from '../basket.ts';
import { useInstalled, useKiosk } from '../kiosk-context.ts';
import type { Menu } from '../state.ts';

const categories = ['bread', 'pastry', 'cake', 'drink'] as const;

export function Basket() {
  const { t } = useTranslation('kiosk');
  const { menu } = useInstalled();
  return (
    <div className="flex-1 min-h-0 flex flex-col landscape:flex-row">
      <div className="flex-1 min-h-0 overflow-y-auto px-6 pb-4" tabIndex={0} role="region" aria-label={t('basketTitle')}>
        <h1 className="text-3xl font-extrabold py-2">{t('basketTitle')}</h1>
        {categories.map((category) => {
          const items = menu.items.filter((item) => item.category === category);
          return items.length === 0 ? null : (
            <section key={category} aria-label={t(`category_${category}`)} className="mt-2">
              <h2 className="text-base font-bold text-soft mb-2">{t(`category_${category}`)}</h2>
              <div className="grid grid-cols-3 landscape:grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-3">
                {items.map((item) => (
                  <ItemTile key={item.id} item={item} currency={menu.currency} />
                ))}
              </div>
            </section>
          );
        })}
      </div>
      <Sheet menu={menu} />
    </div>
  );
}

function ItemTile(props: { item: Menu['items'][number]; currency: string }) {
  const { item } = props;
  const { t } = useTranslation('kiosk');
  const { model, send } = useKiosk();
  const { language } = useLanguage();
  const name = language === 'zh' ? item.nameZh : item.name;
  const quantity = model.basket[item.id] ?? 0;
  return (
    <button
      type="button"
      data-testid={`item-${item.id}`}
      aria-label={t('add', { name })}
      className={`relative flex flex-col items-center rounded-[1.75rem] p-3 pb-3 bg-card border-2 transition-[transform,border-color] duration-150 active:scale-[0.97] ${quantity > 0 ? 'border-crust' : 'border-line hover:border-edge'}`}
      onClick={() => send({ type: 'item_changed', itemId: item.id, by: 1 })}
    >
      <Picture name={item.picture} category={item.category} className="w-full max-w-28 h-20" />
      <span className="mt-1 font-bold text-base leading-tight">{name}</span>
      <span className="text-soft">
        <Money amount={{ amountMinor: item.unitAmountMinor, currency: props.currency }} />
      </span>
      {quantity > 0 ? (
        <span key={quantity} className="absolute -top-1 -right-1 min-w-9 h-9 px-2 rounded-full bg-crust text-on-crust font-extrabold flex items-center justify-center animate-pop">
          {quantity}
        </span>
      ) : null}
    </button>
  );
}

function Sheet(props: { menu: Menu }) {
  const { t } = useTranslation('kiosk');
  const { model, send, tools } = useKiosk();
  const lines = basketLines(props.menu, model.basket);
  return (
    <section aria-label={t('basketHeading')} className="shrink-0 bg-card border-t border-line rounded-t-[2rem] landscape:rounded-t-none landscape:rounded-l-[2rem] landscape:border-t-0 landscape:border-l landscape:w-88 px-6 pt-4 pb-5 flex flex-col gap-3 min-h-0 max-h-[55%] landscape:max-h-none">
      {lines.length === 0 ? (
        <p className="flex items-center justify-center gap-3 text-soft text-lg py-5 landscape:flex-1">
          <ShoppingBasket aria-hidden="true" className="size-6 shrink-0" /> {t('basketEmpty')}
        </p>
      ) : (
        // Three rows and a half: a basket that goes on shows that it does.
        <ul className="overflow-y-auto min-h-0 flex-1 portrait:max-h-[13.25rem] divide-y divide-line" tabIndex={0} aria-label={t('basketHeading')}>
          {lines.map(({ item, quantity }) => (
            <Line key={item.id} item={item} quantity={quantity} currency={props.menu.currency} />
          ))}
        </ul>
      )}
      <div className="flex items-end justify-between gap-4">
        <span className="text-lg text-soft font-bold pb-1">{t('total')}</span>
        <Money amount={basketTotal(props.menu, model.basket)} size="large" testId="total" />
      </div>
      <Button look="primary" size="large" wide testId="pay-by-face" disabled={lines.length === 0} onClick={() => send({ type: 'checkout', createKey: tools.newKey() })}>
        <Smile aria-hidden="true" className="size-7" /> {t('payByFace')}
      </Button>
    </section>
  );
}

function Line(props: { item: Menu['items'][number]; quantity: number; currency: string }) {
  const { item, quantity } = props;
  const { t } = useTranslation('kiosk');
  const { send } = useKiosk();
  const { language } = useLanguage();
  const name = language === 'zh' ? item.nameZh : item.name;
  const change = (by: 1 | -1) => () => send({ type: 'item_changed', itemId: item.id, by });
  const round = 'size-12 rounded-full flex items-center justify-center bg-glow active:scale-95 transition-transform duration-150';
  return (
    <li className="flex items-center gap-3 py-1.5">
      <span className="flex-1 min-w-0 font-semibold text-base leading-tight">{name}</span>
      <Money amount={{ amountMinor: (BigInt(item.unitAmountMinor) * BigInt(quantity)).toString(), currency: props.currency }} />
      <button type="button" aria-label={t('remove', { name })} data-testid={`less-${item.id}`} className={round} onClick={change(-1)}>
        <Minus aria-hidden="true" className="size-5" />
      </button>
      <span className="w-6 text-center font-bold tabular-nums">{quantity}</span>
      <button type="button" aria-label={t('add', { name })} data-testid={`more-${item.id}`} className={round} onClick={change(1)}>
        <Plus aria-hidden="true" className="size-5" />
      </button>
    </li>
  );
}
