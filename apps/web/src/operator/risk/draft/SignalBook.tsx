// Everything that rules can look at, in words.
import { riskSignals, signalNames, signalOf } from '@sonrisa/protocol/risk-signals.ts';
import { useTranslation } from 'react-i18next';
import { Card } from '../../../ui/Card.tsx';

export function SignalBook({ currency }: { currency: string }) {
  const { t } = useTranslation(['rules', 'signals']);
  const unitOf = (unit: string): string => (unit === 'money' ? currency : unit === 'none' ? '' : t(`signals:unit_${unit}`));
  return (
    <Card testId="signal-book" className="min-w-0">
      <details>
        <summary className="min-h-10 text-xl font-extrabold">{t('book')}</summary>
        <p className="text-soft text-sm">{t('bookText')}</p>
        {Object.keys(riskSignals).map((group) => (
          <section key={group} className="pt-4">
            <h3 className="font-extrabold">{t(`signals:group_${group}`)}</h3>
            <dl className="grid gap-x-8 md:grid-cols-2">
              {signalNames.filter((name) => name.startsWith(`${group}.`)).map((name) => (
                <div key={name} className="border-b border-line py-2">
                  <dt className="flex flex-wrap justify-between gap-x-4 font-semibold">
                    {t(`signals:${name}`)} <span className="text-sm text-soft font-normal">{unitOf(signalOf(name).unit)}</span>
                  </dt>
                  <dd className="text-sm text-soft">
                    {t(`signals:${name}.says`)} <code className="text-xs [overflow-wrap:anywhere]">{name}</code>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </details>
    </Card>
  );
}
