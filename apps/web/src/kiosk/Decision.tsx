// The error budget's own words about one look, in small print.
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../i18n/language.ts';
import { useLanguage } from '../i18n/setup.ts';
import { oneIn } from './odds.ts';

export function Decision(props: { payment: PaymentView }) {
  const { t } = useTranslation('kiosk');
  const { language } = useLanguage();
  const { decision, liveness } = props.payment;
  if (!decision) return null;
  const locale = intlLocale(language);
  return (
    <p data-testid="decision" data-rung={decision.rung} className="text-xs text-soft max-w-lg text-center">
      {t('decision', {
        rung: t(`rung_${decision.rung}`),
        people: new Intl.NumberFormat(locale).format(decision.candidateCount),
        odds: oneIn(decision.bound, locale),
        budget: oneIn(decision.budget, locale),
      })}{' '}
      {liveness === null ? null : t('livenessNone')}
    </p>
  );
}
