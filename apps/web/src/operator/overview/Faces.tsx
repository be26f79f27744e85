// How many faces are enrolled, how near that is to what some places want a filing for, and what to do about it.
import type { FaceCount, FaceLevel } from '@sonrisa/protocol/back-office-api.ts';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { Fetched } from '../../ui/Fetched.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { useRead } from '../operator-context.ts';
import { Panel } from '../Panel.tsx';
import { hashOf } from '../route.ts';

const readEveryMs = 60_000;
/** The number changes by the day. */
const useFaceCount = () => useRead(['face-count'], (client, token) => client.faceCount(token), readEveryMs);

export function Faces() {
  const { t } = useTranslation('overview');
  const faces = useFaceCount();
  const number = useNumber();
  return (
    <Panel title={t('faces')} {...(faces.data ? { text: t('facesText', { n: number(faces.data.filingFrom) }) } : {})} testId="faces">
      <Fetched query={faces}>{(read) => <Shown faces={read} />}</Fetched>
    </Panel>
  );
}

/** On every page from the level on at which somebody should act. Nothing while the number is not known. */
export function FaceWarning() {
  const { t } = useTranslation('overview');
  const level = useFaceCount().data?.level ?? 'ok';
  if (level === 'ok') return null;
  return (
    <p role="status" data-testid="face-warning" data-level={level} className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-3xl bg-warn-glow text-warn px-5 py-3 font-bold">
      <TriangleAlert aria-hidden="true" className="size-6 shrink-0" /> {t(`level_${level}`)}{' '}
      <a href={hashOf({ page: 'overview' })} className="underline underline-offset-4">
        {t('open')}
      </a>
    </p>
  );
}

function useNumber(): (n: number) => string {
  const { language } = useLanguage();
  const format = new Intl.NumberFormat(intlLocale(language));
  return (n) => format.format(n);
}

const todos: Record<FaceLevel, readonly ('law' | 'prepare' | 'fewer' | 'file')[]> = { ok: [], near_filing: ['law', 'prepare', 'fewer'], filing: ['file', 'prepare', 'fewer'] };

function Shown({ faces }: { faces: FaceCount }) {
  const { t } = useTranslation('overview');
  const number = useNumber();
  const { enrolled, warnFrom, filingFrom, level } = faces;
  const isGood = level === 'ok';
  const Sign = isGood ? CircleCheck : TriangleAlert;
  const text = t('facesOf', { n: number(enrolled), of: number(filingFrom) });
  return (
    <>
      <p role="status" data-testid="face-level" data-level={level} className={`flex items-start gap-3 rounded-2xl px-4 py-3 font-bold ${isGood ? 'bg-good-glow text-good' : 'bg-warn-glow text-warn'}`}>
        <Sign aria-hidden="true" className="size-6 shrink-0" /> {t(`level_${level}`)}
      </p>
      <div className="flex flex-col gap-1.5">
        <p className="flex flex-wrap items-baseline justify-between gap-x-4">
          <span className="text-4xl font-extrabold tabular-nums" data-testid="faces-enrolled">
            {number(enrolled)}
          </span>
          <span className="text-soft tabular-nums">
            {level === 'filing' ? t('overFiling', { n: number(enrolled - filingFrom) }) : isGood ? t('untilWarn', { n: number(warnFrom - enrolled) }) : t('untilFiling', { n: number(filingFrom - enrolled) })}
          </span>
        </p>
        <Meter share={enrolled / filingFrom} label={t('faces')} text={text} />
      </div>
      {todos[level].length === 0 ? null : (
        <section className="flex flex-col gap-2" data-testid="face-todo">
          <h3 className="font-extrabold">{t('todo')}</h3>
          <ol className="list-decimal pl-5 flex flex-col gap-2">
            {todos[level].map((each) => (
              <li key={each}>{t(`todo_${each}`)}</li>
            ))}
          </ol>
        </section>
      )}
      <dl className="grid grid-cols-1 sm:grid-cols-3 gap-3">
        <Figure name={t('paused')} value={number(faces.paused)} />
        <Figure name={t('toldOfErasure')} value={number(faces.toldOfErasure)} note={t('toldText')} />
        <Figure name={t('unusedDays')} value={t('days', { n: number(faces.unusedDaysMax) })} />
      </dl>
    </>
  );
}

function Figure(props: { name: string; value: string; note?: string }) {
  return (
    <div className="rounded-2xl bg-sunk px-4 py-3">
      <dt className="text-sm text-soft">{props.name}</dt>
      <dd>
        <span className="block text-2xl font-extrabold tabular-nums">{props.value}</span>
        {props.note === undefined ? null : <span className="text-sm text-soft">{props.note}</span>}
      </dd>
    </div>
  );
}
