// Amounts of one currency as the page's language writes them.
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { moneyText } from '../../ui/money-text.ts';

export function useMoneyText(currency: string): (amountMinor: string) => string {
  const { language } = useLanguage();
  return (amountMinor) => moneyText({ amountMinor, currency }, intlLocale(language));
}
