// Every look that named the owner: where, when, why, and what came of it.
import type { FaceLook } from '@sonrisa/protocol/my-face-api.ts';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Money } from '../../ui/Money.tsx';
import { useDay } from '../../i18n/use-day.ts';

export function Looks(props: { looks: readonly FaceLook[] }) {
  const { t } = useTranslation('myFace');
  const { language } = useLanguage();
  const day = useDay();
  return (
    <section>
      <h2 className="font-bold text-soft px-1 mb-2">{t('looksTitle')}</h2>
      {props.looks.length === 0 ? (
        <p data-testid="looks-none" className="rounded-3xl bg-sunk px-5 py-6 text-center text-soft">
          {t('looksNone')}
        </p>
      ) : (
        <ul className="rounded-[2rem] bg-card border border-line divide-y divide-line">
          {props.looks.map((look) => (
            <li key={`${look.paymentId} ${look.atMs}`} data-testid="face-look" data-result={look.result} className="flex items-center gap-3 px-5 py-3.5">
              <span className="flex-1 min-w-0">
                <span className="block font-bold truncate">{language === 'zh' ? look.storeNameZh : look.storeName}</span>
                <span className="block text-sm text-soft">{day(look.atMs)}</span>
                <span className="block text-sm text-soft">
                  {t(`purpose_${look.purpose}`)} · {t(`result_${look.result}`)}
                </span>
              </span>
              <Money amount={look.amount} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
