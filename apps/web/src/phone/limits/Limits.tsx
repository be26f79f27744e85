// "Limits": what may be spent, what is used of it, and what waits to take effect.
import type { MyLimits } from '@sonrisa/protocol/limits-api.ts';
import { ShieldAlert, ShieldCheck, Sprout } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../ui/Card.tsx';
import { Fetched } from '../../ui/Fetched.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { BackToMyPhone } from '../Back.tsx';
import { ChangeLimit } from './ChangeLimit.tsx';
import { LimitRow } from './LimitRow.tsx';
import { useLimits } from './use-limits.ts';
import { useMoneyText } from './use-money-text.ts';

export type Limit = MyLimits['limits'][number];

const always: readonly Limit['kind'][] = ['payment', 'day', 'month'];

export function Limits() {
  const { t } = useTranslation('limits');
  const limits = useLimits();
  return (
    <div className="flex-1 flex flex-col gap-4 px-5 py-4">
      <BackToMyPhone />
      <h1 className="text-2xl font-extrabold">{t('title')}</h1>
      <p className="text-soft">{t('text')}</p>
      <Fetched query={limits}>{(read) => <Shown limits={read} />}</Fetched>
    </div>
  );
}

function Shown({ limits }: { limits: MyLimits }) {
  const { t } = useTranslation('limits');
  const [changing, setChanging] = useState<Limit | null>(null);
  const rows = (heading: string, text: string | null, chosen: Limit[]) => (
    <Card className="flex flex-col gap-1">
      <h2 className="text-lg font-extrabold">{heading}</h2>
      {text === null ? null : <p className="text-soft text-sm">{text}</p>}
      <ul className="divide-y divide-line">
        {chosen.map((limit) => (
          <LimitRow key={limit.kind} limit={limit} currency={limits.currency} onChange={() => setChanging(limit)} />
        ))}
      </ul>
    </Card>
  );
  return (
    <>
      {limits.recovering ? (
        <p role="status" data-testid="recovering" className="flex items-start gap-3 rounded-3xl bg-warn-glow px-5 py-4">
          <ShieldAlert aria-hidden="true" className="size-6 shrink-0 text-warn" /> {t('recovering')}
        </p>
      ) : null}
      {limits.first ? <First first={limits.first} currency={limits.currency} /> : null}
      {rows(t('spending'), null, limits.limits.filter(({ kind }) => always.includes(kind)))}
      <FaceAlone limits={limits} />
      {rows(t('kinds'), t('kindsText'), limits.limits.filter(({ kind }) => !always.includes(kind)))}
      {changing ? <ChangeLimit key={changing.kind} limit={changing} limits={limits} onClose={() => setChanging(null)} /> : null}
    </>
  );
}

function First({ first, currency }: { first: NonNullable<MyLimits['first']>; currency: string }) {
  const { t } = useTranslation('limits');
  const text = useMoneyText(currency);
  return (
    <p role="note" data-testid="first-payment" className="flex items-start gap-3 rounded-3xl bg-glow px-5 py-4">
      <Sprout aria-hidden="true" className="size-6 shrink-0 text-crust" />
      <span>{t('first', { amount: text(first.maxMinor) })}</span>
    </p>
  );
}

function FaceAlone({ limits }: { limits: MyLimits }) {
  const { t } = useTranslation('limits');
  const { unconfirmed, currency } = limits;
  const text = useMoneyText(currency);
  const used = t('aloneUsed', { n: unconfirmed.payments, of: unconfirmed.paymentsMax, amount: text(unconfirmed.sumMinor), max: text(unconfirmed.sumMaxMinor) });
  const byCount = unconfirmed.paymentsMax === 0 ? 1 : unconfirmed.payments / unconfirmed.paymentsMax;
  const bySum = unconfirmed.sumMaxMinor === '0' ? 1 : Number(unconfirmed.sumMinor) / Number(unconfirmed.sumMaxMinor);
  return (
    <Card className="flex flex-col gap-3" testId="face-alone">
      <h2 className="flex items-center gap-3 text-lg font-extrabold">
        <ShieldCheck aria-hidden="true" className="size-6 shrink-0 text-crust" /> {t('alone')}
      </h2>
      <p className="text-soft text-sm">{t('aloneText', { n: unconfirmed.paymentsMax, max: text(unconfirmed.sumMaxMinor) })}</p>
      <Meter share={Math.max(byCount, bySum)} label={t('alone')} text={used} />
      <p className="text-sm font-semibold tabular-nums">{used}</p>
    </Card>
  );
}
