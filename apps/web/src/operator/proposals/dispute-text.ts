// What shall become of a disputed payment, in one line.
import type { Proposal } from '@sonrisa/protocol/money-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { moneyText } from '../../ui/money-text.ts';

export function useDisputeText(): (dispute: NonNullable<Proposal['dispute']>) => string {
  const { t } = useTranslation('proposals');
  const { language } = useLanguage();
  return ({ disputeId, amount: minor, bearer, from, loseRest }) => {
    const amount = moneyText(minor, intlLocale(language));
    const carries = t(`bearer_${bearer}`);
    if (disputeId === null) return t('disputeOpen', { amount, bearer: carries });
    if (from === null) return t('disputeLose', { amount, bearer: carries });
    return `${t('disputeRecover', { amount, from: t(`from_${from}`) })}${loseRest ? t('loseRest') : ''}`;
  };
}
