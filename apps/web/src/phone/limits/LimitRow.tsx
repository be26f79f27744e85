// One limit: how much, what is used of it, a raise that waits, and the way to change it.
import { Clock } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../../api.ts';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { Button } from '../../ui/Button.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { Problem } from '../../ui/Problem.tsx';
import type { Limit } from './Limits.tsx';
import { useLimitChanges } from './use-limits.ts';
import { useMoneyText } from './use-money-text.ts';

export function LimitRow(props: { limit: Limit; currency: string; onChange: () => void }) {
  const { t } = useTranslation('limits');
  const { limit, currency } = props;
  const text = useMoneyText(currency);
  const name = t(`kind_${limit.kind}`);
  const used = limit.usedMinor === null ? null : t('used', { amount: text(limit.usedMinor) });
  return (
    <li className="flex flex-col gap-2 py-3" data-testid={`limit-${limit.kind}`} data-max={limit.maxMinor ?? 'none'}>
      <div className="flex items-center gap-3">
        <span className="flex-1 min-w-0">
          <span className="block font-bold">{name}</span>
          <span className="block text-sm text-soft tabular-nums">
            {limit.maxMinor === null ? t('none') : limit.maxMinor === '0' ? t('shut') : t('max', { amount: text(limit.maxMinor) })}
            {used === null || limit.maxMinor === '0' ? '' : ` · ${used}`}
          </span>
        </span>
        <Button look="soft" size="small" testId={`change-${limit.kind}`} aria-label={t('changeOf', { name })} onClick={props.onChange}>
          {t('change')}
        </Button>
      </div>
      {limit.maxMinor === null || limit.usedMinor === null || limit.maxMinor === '0' ? null : (
        <Meter share={Number(limit.usedMinor) / Number(limit.maxMinor)} label={name} text={used ?? ''} />
      )}
      {limit.raise ? <Raise limit={limit} raise={limit.raise} currency={currency} /> : null}
    </li>
  );
}

function Raise({ limit, raise, currency }: { limit: Limit; raise: NonNullable<Limit['raise']>; currency: string }) {
  const { t } = useTranslation('limits');
  const { language } = useLanguage();
  const { cancelRaise } = useLimitChanges();
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const text = useMoneyText(currency);
  const at = new Intl.DateTimeFormat(intlLocale(language), { month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(raise.takesEffectAtMs);
  const wanted = raise.maxMinor === null ? t('raiseNone', { at }) : t('raise', { amount: text(raise.maxMinor), at });
  return (
    <div className="flex flex-col gap-2 rounded-2xl bg-sunk px-4 py-3" data-testid={`raise-${limit.kind}`}>
      <p role="status" className="flex items-start gap-2 text-sm">
        <Clock aria-hidden="true" className="size-5 shrink-0 text-crust" /> {wanted}
      </p>
      {problem ? <Problem code={problem} /> : null}
      <Button look="plain" size="small" testId={`cancel-raise-${limit.kind}`} onClick={() => void cancelRaise(limit.kind).catch((error: unknown) => setProblem(codeOf(error)))}>
        {t('raiseCancel')}
      </Button>
    </div>
  );
}
