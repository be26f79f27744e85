// How much of the budget is used, and what became of the messages.
import type { SmsState } from '@sonrisa/protocol/back-office-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Meter } from '../../ui/Meter.tsx';
import { Panel } from '../Panel.tsx';

const outcomes = ['sent', 'delivered', 'waiting', 'undelivered', 'unclear', 'failed'] as const;

export function Usage({ budget, messages }: Pick<SmsState, 'budget' | 'messages'>) {
  const { t } = useTranslation('sms');
  const { language } = useLanguage();
  const number = new Intl.NumberFormat(intlLocale(language));
  return (
    <Panel title={t('budget')} text={t('budgetText')} testId="budget">
      <Used span="hour" {...budget.hour} />
      <Used span="day" {...budget.day} />
      <dl className="grid grid-cols-2 sm:grid-cols-3 gap-3 pt-2">
        {outcomes.map((outcome) => (
          <div key={outcome} className="rounded-2xl bg-sunk px-4 py-3">
            <dt className="text-sm text-soft">{t(`message_${outcome}`)}</dt>
            <dd className="text-2xl font-extrabold tabular-nums">{number.format(messages[outcome])}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Used(props: { span: 'hour' | 'day'; sent: number; entered: number; max: number }) {
  const { t } = useTranslation('sms');
  const { language } = useLanguage();
  const number = new Intl.NumberFormat(intlLocale(language));
  // A sandbox has a number for the hour alone.
  const isLimited = props.max < Number.MAX_SAFE_INTEGER;
  const name = t(`span_${props.span}`);
  const text = isLimited ? t('used', { n: number.format(props.sent), max: number.format(props.max) }) : t('usedFree', { n: number.format(props.sent) });
  return (
    <div className="flex flex-col gap-1.5">
      <p className="flex flex-wrap justify-between gap-x-4">
        <span className="font-bold">{name}</span>
        <span className="tabular-nums">{text}</span>
      </p>
      {isLimited ? <Meter share={props.sent / props.max} label={name} text={text} /> : null}
      <p className="text-sm text-soft tabular-nums">{t('typedIn', { n: number.format(props.entered), of: number.format(props.sent) })}</p>
    </div>
  );
}
