// The last messages that did not arrive, with what the network said. No number is kept here.
import type { SmsState } from '@sonrisa/protocol/back-office-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { FigureTable, Panel } from '../Panel.tsx';

export function Failures({ failures }: { failures: SmsState['lastFailures'] }) {
  const { t } = useTranslation('sms');
  const { language } = useLanguage();
  const time = new Intl.DateTimeFormat(intlLocale(language), { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  return (
    <Panel title={t('failures')} text={t('failuresText')} testId="failures">
      {failures.length === 0 ? (
        <p className="text-soft" data-testid="failures-none">
          {t('failuresNone')}
        </p>
      ) : (
        <FigureTable
          caption={t('failures')}
          heads={[t('at'), t('provider'), t('outcome'), t('why'), t('message')]}
          texts={[1, 2, 3, 4]}
          rows={failures.map(({ atMs, provider, outcome, why, messageId }, index) => ({
            id: `${messageId} ${atMs} ${index}`,
            cells: [<time key="at" dateTime={new Date(atMs).toISOString()} className="whitespace-nowrap tabular-nums">{time.format(atMs)}</time>, provider, t(`outcome_${outcome}`), why || '–', <code key="id" className="text-xs">{messageId}</code>],
          }))}
        />
      )}
    </Panel>
  );
}
