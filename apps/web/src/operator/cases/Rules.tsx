// What the risk rules said of the payment, with the signals they saw.
import type { RiskDecision } from '@sonrisa/protocol/risk-api.ts';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n/setup.ts';
import { Fetched } from '../../ui/Fetched.tsx';
import { useRead } from '../operator-context.ts';
import { Outcome } from '../Outcome.tsx';
import { FactsCard } from './Facts.tsx';

export function Rules({ paymentId }: { paymentId: string }) {
  const { t } = useTranslation('cases');
  const decisions = useRead(['decisions', paymentId], (client, token) => client.decisions(token, paymentId));
  return (
    <FactsCard title={t('rules')} testId="rules">
      <Fetched query={decisions}>
        {(read) => (read.length === 0 ? <p className="text-soft">{t('rulesNone')}</p> : read.map((decision) => <Decision key={decision.id} decision={decision} />))}
      </Fetched>
    </FactsCard>
  );
}

function Decision({ decision }: { decision: RiskDecision }) {
  const { t } = useTranslation('cases');
  const { language } = useLanguage();
  const { decided, signals, replay } = decision;
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-center gap-2">
        <Outcome outcome={decided.outcome} />
        <span className="text-soft text-sm">{t('version', { n: decided.version })}</span>
        {replay.same ? null : <span className="text-warn text-sm font-bold">{t('replayDiffers')}</span>}
      </p>
      {decided.reasons.length === 0 ? (
        <p>{t('rulesQuiet')}</p>
      ) : (
        <ul className="list-disc pl-5">
          {decided.reasons.map((reason) => (
            <li key={reason.rule}>
              {language === 'zh' ? reason.zh : reason.en} <code className="text-xs text-soft">{reason.rule}</code>
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary className="min-h-10 inline-flex items-center font-bold text-crust">{t('signals', { n: signals.length })}</summary>
        <ul className="grid gap-x-8 gap-y-1 sm:grid-cols-2 text-sm pt-1">
          {signals.map(({ name, value, says }) => (
            <li key={name} title={says} className="flex justify-between gap-4 border-b border-line py-1">
              <code>{name}</code> <span className="font-semibold tabular-nums">{String(value)}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}
