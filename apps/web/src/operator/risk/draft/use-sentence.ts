// Rules in words, in the language of the page.
import type { RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { signalOf } from '@sonrisa/protocol/risk-signals.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../../i18n/language.ts';
import { useLanguage } from '../../../i18n/setup.ts';
import { minorOf } from '../../../ui/minor-of.ts';
import { moneyText } from '../../../ui/money-text.ts';
import { decimal } from './decimal.ts';
import { isInPercent, readSentence, type Compare, type Condition, type Sentence } from './sentence.ts';

export const compareNames = { '>': 'gt', '>=': 'ge', '<': 'lt', '<=': 'le', '==': 'eq', '!=': 'ne', is: 'is', is_not: 'is_not' } as const satisfies Record<Compare, string>;

export type Words = {
  conditions: (sentence: Sentence, currency: string) => string;
  whole: (rule: { said: Sentence; outcome: RiskRule['outcome'] }, currency: string) => string;
  /** Null: only the expression says it. */
  ofWhen: (when: string, currency: string) => string | null;
};

/** Counts say in their own name what they count. */
const saidUnits = ['hours', 'seconds', 'km', 'kmh', 'units'];

export function useSentence(): Words {
  const { t } = useTranslation(['rules', 'signals']);
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const name = (signal: string): string => t(`signals:${signal}`);
  const valueOf = ({ signal, value, times }: Condition, currency: string): string => {
    if (signal === '' || value.trim() === '') return t('unfinished');
    if (times !== '') return t(isInPercent(signal) ? 'sharePercent' : 'shareTimes', { value, signal: name(times) });
    const { kind, unit } = signalOf(signal);
    if (kind === 'text') return t(`signals:word_${value}`);
    if (kind === 'minor') {
      const minor = minorOf(value, currency);
      return minor === null ? value : moneyText({ amountMinor: minor, currency }, locale);
    }
    const text = decimal.test(value) ? new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(Number(value.replace(',', '.'))) : value;
    if (unit === 'percent') return `${text}%`;
    return saidUnits.includes(unit) ? t('valueUnit', { value: text, unit: t(`signals:unit_${unit}`) }) : text;
  };
  const one = (condition: Condition, currency: string): string =>
    condition.signal === '' ? t('unfinished') : t(`cond_${compareNames[condition.compare]}`, { signal: name(condition.signal), value: valueOf(condition, currency) });
  const conditions = ({ join, conditions: all }: Sentence, currency: string): string =>
    all.length === 0 ? t('unfinished') : all.map((each) => one(each, currency)).join(t(join === 'all' ? 'listAll' : 'listAny'));
  return {
    conditions,
    whole: ({ said, outcome }, currency) => t('sentence', { when: conditions(said, currency), outcome: t(`do_${outcome}`) }),
    ofWhen: (when, currency) => {
      const said = readSentence(when, currency);
      return said === null ? null : conditions(said, currency);
    },
  };
}
