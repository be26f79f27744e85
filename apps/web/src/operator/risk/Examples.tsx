// A few decisions that went from one outcome to another, with what made the difference.
import type { OutcomeChange, RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Money } from '../../ui/Money.tsx';

export function Examples({ change, rules }: { change: OutcomeChange; rules: readonly RiskRule[] }) {
  const { t } = useTranslation(['risk', 'operator']);
  const { language } = useLanguage();
  const time = new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'medium', timeStyle: 'short' });
  const words = (id: string): string => rules.find((rule) => rule.id === id)?.reason[language] ?? id;
  return (
    <table className="w-full text-left text-sm bg-sunk rounded-2xl" data-testid="examples-table">
      <caption className="sr-only">{t('example', { from: t(`operator:outcome_${change.from}`), to: t(`operator:outcome_${change.to}`) })}</caption>
      <thead className="text-soft">
        <tr>
          {(['at', 'store', 'amount', 'because', 'payment'] as const).map((head) => (
            <th key={head} scope="col" className={`px-3 py-2 ${head === 'amount' ? 'text-right' : ''}`}>
              {t(head)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {change.examples.map((example) => (
          <tr key={`${example.paymentId} ${example.atMs}`} className="border-t border-line align-top">
            <td className="px-3 py-2 whitespace-nowrap">{time.format(example.atMs)}</td>
            <td className="px-3 py-2">{language === 'zh' ? example.store.nameZh : example.store.name}</td>
            <td className="px-3 py-2 text-right">
              <Money amount={example.amount} />
            </td>
            <td className="px-3 py-2">
              <ul>
                {causesOf(example).map(({ rule, how }) => (
                  <li key={rule}>{t(how, { rule: words(rule) })}</li>
                ))}
              </ul>
            </td>
            <td className="px-3 py-2 [overflow-wrap:anywhere]">
              <code className="text-xs">{example.paymentId}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A rule that fires either way made the difference itself when no other did: it was changed. */
function causesOf({ firedBefore, firedAfter }: OutcomeChange['examples'][number]): { rule: string; how: 'firesNow' | 'firesNoMore' }[] {
  const [now, noMore] = [firedAfter.filter((rule) => !firedBefore.includes(rule)), firedBefore.filter((rule) => !firedAfter.includes(rule))];
  const changed = now.length + noMore.length === 0 ? firedAfter : [];
  return [...[...now, ...changed].map((rule) => ({ rule, how: 'firesNow' as const })), ...noMore.map((rule) => ({ rule, how: 'firesNoMore' as const }))];
}
