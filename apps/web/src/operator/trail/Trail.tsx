// The trail: who did what in the back office and on its machine, newest first, with what came of it.
import { History } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Fetched } from '../../ui/Fetched.tsx';
import { Empty } from '../Empty.tsx';
import { useRead } from '../operator-context.ts';
import { Pager } from '../Pager.tsx';
import { hashOf } from '../route.ts';
import { Acts } from './Acts.tsx';
import { trailQueryOf, type TrailFilter } from './filter.ts';
import { Filters } from './Filters.tsx';
import type { ActsPage } from './trail-client.ts';

const readEveryMs = 30_000;

export function Trail({ filter: { who, kind, day, before } }: { filter: TrailFilter }) {
  const { t } = useTranslation('trail');
  const filter = { who, kind, day, before };
  const acts = useRead(['acts', trailQueryOf(filter)], (client, token) => client.acts(token, filter), before === null ? readEveryMs : undefined);
  return (
    <>
      <div className="max-w-3xl">
        <h1 className="text-3xl font-extrabold">{t('title')}</h1>
        <p className="text-soft mt-1">{t('lead')}</p>
      </div>
      <Filters filter={filter} />
      <Fetched query={acts}>{(page) => <Page key={trailQueryOf(filter)} page={page} filter={filter} />}</Fetched>
    </>
  );
}

function Page({ page: { acts, hasMore }, filter }: { page: ActsPage; filter: TrailFilter }) {
  const { t } = useTranslation('trail');
  const top = useRef<HTMLElement>(null);
  // Whoever turned the page with the keyboard goes on reading at its beginning.
  useEffect(() => {
    if (filter.before !== null) top.current?.focus();
  }, [filter.before]);
  const isFiltered = filter.who !== null || filter.kind !== null || filter.day !== null || filter.before !== null;
  if (acts.length === 0) return <Empty icon={History} title={t(isFiltered ? 'noneFound' : 'none')} text={t(isFiltered ? 'noneFoundText' : 'noneText')} testId="acts-none" />;
  const last = acts.at(-1)?.number ?? null;
  return (
    <section ref={top} tabIndex={-1} aria-label={t('title')} className="flex flex-col gap-6 focus:outline-none">
      <Acts acts={acts} />
      <Pager
        label={t('pages')}
        newest={filter.before === null ? null : { href: hashOf({ page: 'trail', ...filter, before: null }), text: t('newest') }}
        older={hasMore ? { href: hashOf({ page: 'trail', ...filter, before: last }), text: t('older') } : null}
      />
    </section>
  );
}
