// Acts, day by day, each a sentence with what came of it and the way to the thing itself.
import { operatorActName } from '@sonrisa/protocol/operator-acts.ts';
import type { OperatorAct } from '@sonrisa/protocol/set-up-api.ts';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { useOperator } from '../operator-context.ts';
import { hashOf } from '../route.ts';
import { placeOf } from './place-of.ts';
import { outcomeOf, partsOf, wordsOf, type ActOutcome } from './sentence.ts';

export function Acts({ acts }: { acts: readonly OperatorAct[] }) {
  const { language } = useLanguage();
  const date = new Intl.DateTimeFormat(intlLocale(language), { dateStyle: 'full' });
  const days = [...new Set(acts.map(({ atMs }) => date.format(atMs)))].map((day) => ({ day, ofDay: acts.filter(({ atMs }) => date.format(atMs) === day) }));
  return days.map(({ day, ofDay }) => (
    <section key={day} className="flex flex-col gap-2">
      <h2 className="text-lg font-extrabold">{day}</h2>
      <ol className="rounded-[2rem] bg-card border border-line divide-y divide-line">
        {ofDay.map((act) => (
          <Act key={act.number} act={act} />
        ))}
      </ol>
    </section>
  ));
}

function Act({ act }: { act: OperatorAct }) {
  const { t } = useTranslation('trail');
  const { language } = useLanguage();
  const { tools } = useOperator();
  const locale = intlLocale(language);
  const name = operatorActName(act.act);
  const outcome = outcomeOf(act, tools.now());
  const { verb, rest } = partsOf(t(name === undefined ? 'actUnknown' : `act_${name}`), outcome);
  const who = act.personName ?? t(act.by === 'machine' ? 'by_machine' : 'by_token');
  const words = wordsOf(act.body);
  return (
    <li data-testid="act" data-act={name} data-outcome={outcome} className="grid gap-x-5 gap-y-1 px-6 py-4 sm:grid-cols-[5rem_minmax(0,1fr)_auto]">
      <time dateTime={new Date(act.atMs).toISOString()} title={new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' }).format(act.atMs)} className="text-soft tabular-nums">
        {new Intl.DateTimeFormat(locale, { timeStyle: 'short' }).format(act.atMs)}
      </time>
      <div className="min-w-0 flex flex-col gap-1">
        <p data-testid="act-sentence" className="font-semibold [overflow-wrap:anywhere]">{t(outcome === 'done' ? 'done' : 'tried', { who, verb, rest })}</p>
        {words === null ? null : <p className="text-soft [overflow-wrap:anywhere]">{t('words', { words })}</p>}
        <Subject act={act} />
        {name === undefined ? <p className="text-sm text-soft"><code className="[overflow-wrap:anywhere]">{act.act}</code></p> : null}
      </div>
      <Came outcome={outcome} status={act.status} />
    </li>
  );
}

function Subject({ act }: { act: OperatorAct }) {
  const { t } = useTranslation('trail');
  const place = placeOf({ name: operatorActName(act.act), subject: act.subject });
  if (place === null && act.subject === null) return null;
  const text = act.subject === null ? t('open') : <code className="[overflow-wrap:anywhere]">{act.subject}</code>;
  return (
    <p className="text-sm text-soft">
      {place === null ? text : <a href={hashOf(place)} data-testid="act-subject" className="underline underline-offset-4 hover:text-ink">{text}</a>}
    </p>
  );
}

const looks: Record<ActOutcome, string> = {
  done: 'bg-good-glow text-good',
  refused: 'bg-sunk text-ink',
  failed: 'bg-warn-glow text-warn',
  unfinished: 'bg-warn-glow text-warn',
  under_way: 'bg-glow text-ink',
};

function Came({ outcome, status }: { outcome: ActOutcome; status: number | null }) {
  const { t } = useTranslation('trail');
  return <p className={`self-start justify-self-start rounded-full px-3 py-1 text-sm font-bold whitespace-nowrap ${looks[outcome]}`}>{t(`outcome_${outcome}`, { status: status ?? '' })}</p>;
}
