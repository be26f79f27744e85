// Whose acts, of which kind, of which day. Each choice is a place of its own: it can be passed on, and the browser's way back leads back.
import { operatorActKinds } from '@sonrisa/protocol/operator-acts.ts';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRead } from '../operator-context.ts';
import { hashOf } from '../route.ts';
import { everyAct, trailFilterOf, trailQueryOf, type TrailFilter } from './filter.ts';

const field = 'w-full min-h-12 rounded-2xl border-2 border-edge bg-card px-4 font-semibold';

export function Filters({ filter }: { filter: TrailFilter }) {
  const { t } = useTranslation('trail');
  const people = useRead(['people'], (client, token) => client.people(token));
  const go = (changed: Partial<TrailFilter>): void => {
    // Of the address: two choices may follow each other faster than the page is drawn. What an address cannot say, like half a date, filters nothing.
    const now = trailFilterOf(location.hash.split('?')[1] ?? '');
    location.hash = hashOf({ page: 'trail', ...trailFilterOf(trailQueryOf({ ...now, before: null, ...changed }).slice(1)) });
  };
  const isFiltered = filter.who !== null || filter.kind !== null || filter.day !== null;
  return (
    <div role="search" aria-label={t('filters')} className="grid gap-4 items-end sm:grid-cols-3 lg:grid-cols-[repeat(3,minmax(0,1fr))_auto]">
      <Labelled label={t('person')}>
        {(id) => (
          <select id={id} data-testid="filter-who" className={field} value={filter.who ?? ''} onChange={(event) => go({ who: event.target.value || null })}>
            <option value="">{t('everybody')}</option>
            {(people.data ?? []).map((person) => (
              <option key={person.id} value={person.id}>
                {person.switchedOffAtMs === null ? person.name : t('switchedOff', { name: person.name })}
              </option>
            ))}
            <option value="token">{t('by_token')}</option>
            <option value="machine">{t('by_machine')}</option>
          </select>
        )}
      </Labelled>
      <Labelled label={t('kind')}>
        {(id) => (
          <select id={id} data-testid="filter-kind" className={field} value={filter.kind ?? ''} onChange={(event) => go({ kind: operatorActKinds.find((kind) => kind === event.target.value) ?? null })}>
            <option value="">{t('everything')}</option>
            {operatorActKinds.map((kind) => (
              <option key={kind} value={kind}>
                {t(`kind_${kind}`)}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      <Labelled label={t('day')}>
        {(id) => <input id={id} type="date" data-testid="filter-day" className={field} value={filter.day ?? ''} onChange={(event) => go({ day: event.target.value || null })} />}
      </Labelled>
      {isFiltered ? (
        <a href={hashOf({ page: 'trail', ...everyAct })} data-testid="filter-none" className="min-h-12 inline-flex items-center font-bold text-soft hover:text-ink underline underline-offset-4">
          {t('clear')}
        </a>
      ) : null}
    </div>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="block font-bold mb-1.5">
        {label}
      </label>
      {children(id)}
    </div>
  );
}
