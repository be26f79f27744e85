// Always another way to pay. What does not exist yet is said to be so.
import { Banknote, ScanLine } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Money } from '../../ui/Money.tsx';
import { basketLines, basketTotal } from '../basket.ts';
import { useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';

export function OtherWay() {
  const { t } = useTranslation(['kiosk', 'ui']);
  const { model, send } = useKiosk();
  const { menu } = useInstalled();
  const { language } = useLanguage();
  const lines = basketLines(menu, model.basket);
  return (
    <Screen
      title={t('otherWayTitle')}
      actions={
        <Button look="primary" size="large" wide testId="back" onClick={() => send({ type: 'back' })}>
          {t('ui:back')}
        </Button>
      }
    >
      <Card className="w-full text-left flex gap-4">
        <Banknote aria-hidden="true" className="size-10 text-crust shrink-0" />
        <div className="flex-1">
          <h2 className="text-xl font-extrabold">{t('otherWayCounter')}</h2>
          <p className="text-soft">{t('otherWayCounterText')}</p>
          {lines.length === 0 ? null : (
            <>
              <ul className="mt-3 text-base">
                {lines.map(({ item, quantity }) => (
                  <li key={item.id}>
                    {quantity} × {language === 'zh' ? item.nameZh : item.name}
                  </li>
                ))}
              </ul>
              <p className="mt-2">
                <Money amount={basketTotal(menu, model.basket)} size="large" testId="amount" />
              </p>
            </>
          )}
        </div>
      </Card>
      <Card className="w-full text-left flex gap-4 bg-sunk">
        <ScanLine aria-hidden="true" className="size-10 text-soft shrink-0" />
        <div>
          <h2 className="text-xl font-extrabold">
            {t('otherWayCode')} <span className="ml-2 rounded-full bg-line px-3 py-0.5 text-sm font-bold">{t('later')}</span>
          </h2>
          <p className="text-soft">{t('otherWayCodeText')}</p>
        </div>
      </Card>
    </Screen>
  );
}
