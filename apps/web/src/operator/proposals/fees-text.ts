// What a merchant is charged, in one line.
import type { Fees } from '@sonrisa/protocol/money-api.ts';
import type { TFunction } from 'i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { moneyText } from '../../ui/money-text.ts';
import { percentText } from '../shops/percent.ts';
import { useTranslation } from 'react-i18next';

type Said = { readonly currency: string; readonly locale: string; readonly t: TFunction<'proposals'> };

/** Like "0.6% + ¥0.10, at most ¥5.00". */
export function feesText({ basisPoints, fixedMinor, minMinor, maxMinor, shares }: Fees, { currency, locale, t }: Said): string {
  const amount = (amountMinor: string) => moneyText({ amountMinor, currency }, locale);
  const part = (key: 'feesFixed' | 'feesLeast' | 'feesMost', minor: string | undefined) => (minor === undefined ? '' : t(key, { amount: amount(minor) }));
  const shared = shares === undefined || shares.length === 0 ? '' : t('feesShared', { shares: sharesText(shares) });
  return `${percentText(basisPoints, locale)}${part('feesFixed', fixedMinor)}${part('feesLeast', minMinor)}${part('feesMost', maxMinor)}${shared}`;
}

export const sharesText = (shares: NonNullable<Fees['shares']>): string => shares.map(({ receiverId, weight }) => `${receiverId} ${weight}`).join(' : ');

export function useFeesText(): (fees: Fees, currency: string) => string {
  const { t } = useTranslation('proposals');
  const { language } = useLanguage();
  return (fees, currency) => feesText(fees, { currency, locale: intlLocale(language), t });
}
