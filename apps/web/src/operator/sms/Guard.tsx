// What abuse protection does just now: how many codes are typed in, what was not let out and why, and where messages go.
import type { SmsState } from '@sonrisa/protocol/back-office-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { FigureTable, Panel } from '../Panel.tsx';

const watchLooks: Record<SmsState['guard']['watch'], string> = { off: 'bg-sunk', calm: 'bg-good-glow text-good', low: 'bg-warn-glow text-warn', spent: 'bg-warn-glow text-warn' };

export function Guard({ guard }: Pick<SmsState, 'guard'>) {
  const { t } = useTranslation('sms');
  return (
    <Panel title={t('guard')} testId="guard">
      <p data-testid="watch" data-watch={guard.watch} className={`rounded-2xl px-4 py-3 font-semibold ${watchLooks[guard.watch]}`}>
        {t(`watch_${guard.watch}`)}
      </p>
      {guard.refusals.length === 0 ? (
        <p className="text-soft" data-testid="refusals-none">
          {t('refusalsNone')}
        </p>
      ) : (
        <FigureTable
          caption={t('refusals')}
          heads={[t('refusals'), t('span_hour'), t('span_day')]}
          rows={guard.refusals.map(({ why, hour, day }) => ({ id: why, cells: [t(`why_${why}`), hour, day] }))}
        />
      )}
      <Countries countries={guard.countries} />
    </Panel>
  );
}

function Countries({ countries }: Pick<SmsState['guard'], 'countries'>) {
  const { t } = useTranslation('sms');
  const { language } = useLanguage();
  const names = new Intl.DisplayNames(intlLocale(language), { type: 'region', fallback: 'code' });
  if (countries.length === 0) return null;
  const nameOf = (code: string): string => (/^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code || t('countryUnknown'));
  return (
    <FigureTable
      caption={t('countries')}
      heads={[t('countries'), t('sentDay'), t('typedDay'), t('dayMax')]}
      rows={countries.map(({ country, day, dayMax, isLow }) => ({
        id: country,
        cells: [
          <span key="name" className="inline-flex flex-wrap items-center gap-2">
            {nameOf(country)}
            {isLow ? <span className="rounded-full bg-warn-glow text-warn px-2.5 py-0.5 text-xs font-bold">{t('countryLow')}</span> : null}
          </span>,
          day.sent,
          day.entered,
          dayMax ?? '–',
        ],
      }))}
    />
  );
}
