// How many paid with their face, and how many without: a number that says whether showing one's face is a choice.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import type { Ways as WaysRead } from '@sonrisa/protocol/back-office-api.ts';
import { Fetched } from '../../ui/Fetched.tsx';
import { useRead } from '../operator-context.ts';
import { Panel } from '../Panel.tsx';

const spans = [7, 30, 365] as const;
const readEveryMs = 60_000;

export function Ways() {
  const { t } = useTranslation('overview');
  const [days, setDays] = useState<number>(30);
  const ways = useRead(['ways', String(days)], (client, token) => client.ways(token, days), readEveryMs);
  return (
    <Panel title={t('ways')} text={t('waysText')} testId="ways">
      <div role="group" aria-label={t('waysDays')} className="self-start flex flex-wrap gap-1 rounded-full bg-sunk p-1">
        {spans.map((each) => (
          <button
            key={each}
            type="button"
            data-testid={`ways-${each}`}
            aria-pressed={each === days}
            onClick={() => setDays(each)}
            className={`min-h-10 px-4 rounded-full font-bold ${each === days ? 'bg-card text-ink shadow-sm' : 'text-soft hover:text-ink'}`}
          >
            {t('lastDays', { n: each })}
          </button>
        ))}
      </div>
      <Fetched query={ways}>{(read) => <Shown ways={read} />}</Fetched>
    </Panel>
  );
}

function Shown({ ways }: { ways: WaysRead }) {
  const { t } = useTranslation('overview');
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const number = new Intl.NumberFormat(locale);
  const { byFace, byCode, otherShare } = ways;
  if (otherShare === null) return <p data-testid="ways-none">{t('waysNone')}</p>;
  const share = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(otherShare);
  return (
    <div data-testid="ways-read" data-days={ways.days} className="flex flex-col gap-4">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="text-4xl font-extrabold tabular-nums" data-testid="other-share" data-share={otherShare}>
          {share}
        </span>
        <span className="text-soft">{t('otherShare')}</span>
      </p>
      <div role="img" aria-label={`${t('otherShare')}: ${share}`} className="flex h-3 rounded-full overflow-hidden bg-sunk gap-0.5">
        <div className="bg-crust" style={{ width: `${100 - otherShare * 100}%` }} />
        <div className="bg-good flex-1" />
      </div>
      <dl className="grid grid-cols-2 gap-3">
        <Way colour="bg-crust" name={t('byFace')} value={number.format(byFace)} note="" />
        <Way colour="bg-good" name={t('byCode')} value={number.format(byCode)} note={t('byCodeText')} />
      </dl>
    </div>
  );
}

function Way(props: { colour: string; name: string; value: string; note: string }) {
  return (
    <div className="rounded-2xl bg-sunk px-4 py-3">
      <dt className="flex items-center gap-2 text-sm text-soft">
        <span aria-hidden="true" className={`size-3 rounded-full ${props.colour}`} /> {props.name}
      </dt>
      <dd>
        <span className="block text-2xl font-extrabold tabular-nums">{props.value}</span> <span className="text-sm text-soft">{props.note}</span>
      </dd>
    </div>
  );
}
