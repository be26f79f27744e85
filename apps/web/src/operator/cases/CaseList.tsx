// "That was not me": every case, whoever waits longest first.
import type { FaceCase } from '@sonrisa/protocol/cases-api.ts';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Fetched } from '../../ui/Fetched.tsx';
import { Money } from '../../ui/Money.tsx';
import { Empty } from '../Empty.tsx';
import { casesMax } from '../operator-client.ts';
import { useOperator, useRead } from '../operator-context.ts';
import { hashOf, usualSort, type CaseSort, type CaseState } from '../route.ts';
import { ageText } from './age-text.ts';
import { MoneyBadge } from './MoneyBadge.tsx';
import { moneyStateOf } from './money-state.ts';

const readEveryMs = 15_000;
const states = ['open', 'closed'] as const;

export function CaseList({ state, sort }: { state: CaseState; sort: CaseSort }) {
  const { t } = useTranslation('cases');
  const cases = useRead(['cases', state], (client, token) => client.cases(token, state), readEveryMs);
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div>
          <h1 className="text-3xl font-extrabold">{t('title')}</h1>
          <p className="text-soft mt-1">{t('lead')}</p>
        </div>
        <nav aria-label={t('which')} className="flex gap-1 rounded-full bg-sunk p-1">
          {states.map((each) => (
            <a
              key={each}
              href={hashOf({ page: 'cases', state: each, sort: usualSort(each) })}
              data-testid={`cases-${each}`}
              aria-current={each === state ? 'true' : undefined}
              className={`min-h-10 px-5 rounded-full inline-flex items-center font-bold ${each === state ? 'bg-card text-ink shadow-sm' : 'text-soft hover:text-ink'}`}
            >
              {t(each)}
            </a>
          ))}
        </nav>
      </div>
      <Fetched query={cases}>{(read) => (read.length === 0 ? <None state={state} /> : <Table cases={sorted(read, sort)} state={state} sort={sort} />)}</Fetched>
    </>
  );
}

function None({ state }: { state: CaseState }) {
  const { t } = useTranslation('cases');
  return <Empty title={t(`none_${state}`)} text={t(`noneText_${state}`)} testId="cases-none" />;
}

function Table({ cases, state, sort }: { cases: FaceCase[]; state: CaseState; sort: CaseSort }) {
  const { t } = useTranslation('cases');
  return (
    <div className="rounded-[2rem] bg-card border border-line overflow-x-auto">
      {cases.length < casesMax ? null : <p className="px-6 py-3 text-sm font-semibold bg-warn-glow">{t('more', { n: casesMax })}</p>}
      <table className="w-full text-left" data-testid="cases-table">
        <caption className="sr-only">{t('title')}</caption>
        <thead className="text-sm text-soft border-b border-line">
          <tr>
            <SortHead label={t('amount')} state={state} sort={sort} to="amount" is={sort === 'amount' ? 'descending' : null} className="pl-6 text-right" />
            <Head>{t('shop')}</Head>
            <SortHead
              label={t(state === 'open' ? 'waitsFor' : 'opened')}
              state={state}
              sort={sort}
              to={sort === 'oldest' ? 'newest' : 'oldest'}
              is={sort === 'oldest' ? 'ascending' : sort === 'newest' ? 'descending' : null}
            />
            <Head>{t('money')}</Head>
            <Head>{t(state === 'open' ? 'face' : 'finding')}</Head>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {cases.map((each) => (
            <Row key={each.id} case={each} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Head = ({ children }: { children: string }) => (
  <th scope="col" className="px-4 py-3 font-bold">
    {children}
  </th>
);

function SortHead(props: { label: string; state: CaseState; sort: CaseSort; to: CaseSort; is: 'ascending' | 'descending' | null; className?: string }) {
  const { t } = useTranslation('cases');
  const Arrow = props.is === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <th scope="col" aria-sort={props.is ?? 'none'} className={`px-4 py-3 font-bold ${props.className ?? ''}`}>
      <a href={hashOf({ page: 'cases', state: props.state, sort: props.to })} data-testid={`sort-${props.to}`} title={t('sortBy', { by: props.label })} className="inline-flex items-center gap-1 hover:text-ink underline-offset-4 hover:underline">
        {props.label} <Arrow aria-hidden="true" className={`size-4 ${props.is ? 'text-crust' : 'invisible'}`} />
      </a>
    </th>
  );
}

function Row({ case: shown }: { case: FaceCase }) {
  const { t } = useTranslation('cases');
  const { tools } = useOperator();
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const { store } = shown.evidence;
  const opened = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(shown.openedAtMs);
  return (
    <tr className="relative hover:bg-sunk/60" data-testid="case-row" data-case={shown.id}>
      <td className="pl-6 pr-4 py-3.5 text-right">
        <a href={hashOf({ page: 'case', id: shown.id })} data-testid="open-case" className="font-bold after:absolute after:inset-0 after:content-['']">
          <Money amount={shown.amount} />
        </a>
      </td>
      <td className="px-4 py-3.5 font-semibold">{language === 'zh' ? store.nameZh : store.name}</td>
      <td className="px-4 py-3.5 whitespace-nowrap">
        <time dateTime={new Date(shown.openedAtMs).toISOString()} title={opened}>
          {shown.state === 'open' ? (ageText({ atMs: shown.openedAtMs, nowMs: tools.now(), locale }) ?? t('justNow')) : opened}
        </time>
      </td>
      <td className="px-4 py-3.5">
        <MoneyBadge state={moneyStateOf(shown)} />
      </td>
      <td className="px-4 py-3.5 text-soft">{shown.finding === null ? t(`face_${shown.faceState}`) : t(`finding_${shown.finding}`)}</td>
    </tr>
  );
}

function sorted(cases: readonly FaceCase[], sort: CaseSort): FaceCase[] {
  const by: Record<CaseSort, (a: FaceCase, b: FaceCase) => number> = {
    oldest: (a, b) => a.openedAtMs - b.openedAtMs,
    newest: (a, b) => b.openedAtMs - a.openedAtMs,
    amount: (a, b) => Number(BigInt(b.amount.amountMinor) - BigInt(a.amount.amountMinor)),
  };
  return [...cases].sort(by[sort]);
}
