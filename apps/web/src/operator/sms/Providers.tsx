// Who carries the messages, in the order they are asked.
import type { SmsState } from '@sonrisa/protocol/back-office-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { FigureTable, Panel } from '../Panel.tsx';

export function Providers({ providers }: Pick<SmsState, 'providers'>) {
  const { t } = useTranslation('sms');
  const { language } = useLanguage();
  const time = new Intl.DateTimeFormat(intlLocale(language), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const at = (atMs: number | null): string => (atMs === null ? '–' : time.format(atMs));
  return (
    <Panel title={t('providers')} text={t('providersText')} testId="providers">
      {providers.length === 0 ? (
        <p className="text-soft">{t('providersNone')}</p>
      ) : (
        <FigureTable
          caption={t('providers')}
          heads={[t('provider'), t('taken'), t('delivered'), t('undelivered'), t('notTaken'), t('refused'), t('unclear'), t('lastTaken'), t('lastReceipt')]}
          rows={providers.map((each) => ({
            id: each.name,
            cells: [<Name key="name" name={each.name} up={each.up} />, each.taken, each.delivered, each.undelivered, each.notTaken, each.refused, each.unknown, at(each.lastTakenAtMs), at(each.lastReceiptAtMs)],
          }))}
        />
      )}
    </Panel>
  );
}

function Name({ name, up }: { name: string; up: boolean }) {
  const { t } = useTranslation('sms');
  return (
    <span data-testid="provider" data-up={up} className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="font-bold">{name}</span>
      <span className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-xs font-bold ${up ? 'bg-good-glow text-good' : 'bg-warn-glow text-warn'}`}>
        <span aria-hidden="true" className={`size-2 rounded-full ${up ? 'bg-good' : 'bg-warn'}`} /> {t(up ? 'up' : 'down')}
      </span>
    </span>
  );
}
