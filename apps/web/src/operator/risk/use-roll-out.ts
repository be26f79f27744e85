// Which rules decide where, with the names of stores: what every page about risk begins with.
import type { OperatorStore, RiskRollOut } from '@sonrisa/protocol/risk-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { useRead } from '../operator-context.ts';

const readEveryMs = 15_000;

/** Newest first; the first one holds. */
export const useRollOuts = () => useRead(['risk', 'roll-outs'], (client, token) => client.rollOuts(token), readEveryMs);
/** The currency that amounts in rules are of. */
export const useTerms = () => useRead(['risk', 'terms'], (client, token) => client.terms(token));
export const useStores = () => useRead(['risk', 'stores'], (client, token) => client.stores(token));

export type Words = { who: (by: string) => string; at: (atMs: number) => string; stores: (ids: readonly string[]) => string; decides: (rollOut: RiskRollOut) => string[] };

/** Sentences about changes of the roll-out. */
export function useWords(stores: readonly OperatorStore[]): Words {
  const { t } = useTranslation('risk');
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const nameOf = (id: string): string => {
    const found = stores.find((store) => store.id === id);
    return found ? (language === 'zh' ? found.nameZh : found.name) : id;
  };
  const storesText = (ids: readonly string[]): string => list.format(ids.map(nameOf));
  return {
    who: (by) => (by === 'sonrisa' ? t('bySonrisa') : by === 'operator token' ? t('byToken') : by),
    at: (atMs) => time.format(atMs),
    stores: storesText,
    decides: ({ active, candidate }) => {
      if (!candidate) return [t('decides', { n: active })];
      if (candidate.stage === 'shadow') return [t('decides', { n: active }), t('shadowed', { n: candidate.version })];
      return [t('piloted', { n: candidate.version, stores: storesText(candidate.storeIds) }), t('decidesElsewhere', { n: active })];
    },
  };
}
