// Always another way to pay: the code of the shopper's phone, or the counter.
import { Banknote, ScanLine } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Button } from '../../ui/Button.tsx';
import { Card } from '../../ui/Card.tsx';
import { Money } from '../../ui/Money.tsx';
import { basketLines, basketTotal } from '../basket.ts';
import { useInstalled, useKiosk } from '../kiosk-context.ts';
import { Screen } from '../Screen.tsx';
import { usePhoneWatch } from '../use-phone-watch.ts';

export function OtherWay() {
  const { t } = useTranslation(['kiosk', 'ui']);
  const { model, send, tools } = useKiosk();
  usePhoneWatch();
  const { menu } = useInstalled();
  const { language } = useLanguage();
  const lines = basketLines(menu, model.basket);
  return (
    <Screen
      wide
      title={t('otherWayTitle')}
      actions={
        <Button look={lines.length === 0 ? 'primary' : 'plain'} size="medium" wide testId="back" onClick={() => send({ type: 'back' })}>
          {t('ui:back')}
        </Button>
      }
    >
      <div className="w-full landscape:max-w-5xl grid gap-6 landscape:grid-cols-2">
        <Card className="w-full text-left flex gap-4">
          <Banknote aria-hidden="true" className="size-10 text-crust shrink-0" />
          <div className="flex-1">
            <h2 className="text-xl font-extrabold">{t('otherWayCounter')}</h2>
            <p className="text-soft">{t(lines.length === 0 ? 'otherWayCounterEmpty' : 'otherWayCounterText')}</p>
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
        <Card className="w-full text-left flex gap-4">
          <ScanLine aria-hidden="true" className="size-10 text-crust shrink-0" />
          <div className="flex-1">
            <h2 className="text-xl font-extrabold">{t('otherWayCode')}</h2>
            <p className="text-soft">{t('otherWayCodeText')}</p>
            {lines.length === 0 ? null : (
              <Button look="primary" size="large" wide testId="show-code" className="mt-3" onClick={() => send({ type: 'code_wanted', createKey: tools.newKey() })}>
                {t('otherWayCodeShow')}
              </Button>
            )}
          </div>
        </Card>
      </div>
    </Screen>
  );
}
