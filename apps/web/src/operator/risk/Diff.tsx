// What changes, as a risk officer asks: how much of it, for how much money, from what to what, for example, and by which rule.
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { OutcomeChange, OutcomeDiff, RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { ArrowRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../i18n/language.ts';
import { useLanguage } from '../../i18n/setup.ts';
import { moneyText } from '../../ui/money-text.ts';
import { Outcome } from '../Outcome.tsx';
import { FigureTable } from '../Panel.tsx';
import { addAmounts } from './add-diffs.ts';
import { Examples } from './Examples.tsx';

export function Diff({ diff, rules }: { diff: OutcomeDiff; rules: readonly RiskRule[] }) {
  const { t } = useTranslation('risk');
  return (
    <div className="flex flex-col gap-6" data-testid="diff">
      <Figures diff={diff} />
      <section className="flex flex-col gap-2">
        <h3 className="text-lg font-extrabold">{t('changes')}</h3>
        {diff.changes.length === 0 ? <p data-testid="changes-none">{t('changesNone')}</p> : <Changes diff={diff} rules={rules} />}
      </section>
      {diff.fired.length === 0 ? null : <FiredRules fired={diff.fired} rules={rules} />}
    </div>
  );
}

export function useFigures() {
  const { language } = useLanguage();
  const locale = intlLocale(language);
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const tiny = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 3 });
  return {
    count: (n: number): string => number.format(n),
    /** Small shares keep their digits: one in ten thousand is not nothing. */
    share: (part: number, all: number): string => (all === 0 ? '–' : (part / all < 0.001 ? tiny : percent).format(part / all)),
    money: (amounts: readonly WireAmount[]): string => (amounts.length === 0 ? '–' : amounts.map((amount) => moneyText(amount, locale)).join(' + ')),
  };
}

function Figures({ diff }: { diff: OutcomeDiff }) {
  const { t } = useTranslation('risk');
  const { count, share, money } = useFigures();
  const value = diff.changes.reduce<WireAmount[]>((sum, { amounts }) => addAmounts(sum, amounts), []);
  const ofAll = (n: number): string => t('ofAll', { share: share(n, diff.decisions) });
  const changed = diff.stricter + diff.milder;
  const [all] = diff.amounts;
  const valueNote = diff.amounts.length === 1 && all && value[0] ? t('ofValue', { share: share(Number(value[0].amountMinor), Number(all.amountMinor)), all: money(diff.amounts) }) : '';
  return (
    <dl className="grid gap-3 grid-cols-2 sm:grid-cols-4">
      <Figure name={t('figure_decisions')} value={count(diff.decisions)} note="" testId="decisions" />
      <Figure name={t('figure_changed')} value={count(changed)} note={ofAll(changed)} testId="changed" />
      <Figure name={t('figure_stricter')} value={count(diff.stricter)} note={ofAll(diff.stricter)} testId="stricter" />
      <Figure name={t('figure_milder')} value={count(diff.milder)} note={ofAll(diff.milder)} testId="milder" />
      <Figure name={t('figure_value')} value={money(value)} note={valueNote} testId="value" wide />
    </dl>
  );
}

function Figure(props: { name: string; value: string; note: string; testId: string; wide?: boolean }) {
  return (
    <div data-testid={`figure-${props.testId}`} className={`rounded-2xl bg-sunk px-4 py-3 ${props.wide ? 'col-span-full' : ''}`}>
      <dt className="text-sm text-soft">{props.name}</dt>
      <dd>
        <span className="block text-2xl font-extrabold tabular-nums">{props.value}</span> <span className="text-sm text-soft tabular-nums">{props.note}</span>
      </dd>
    </div>
  );
}

function Changes({ diff, rules }: { diff: OutcomeDiff; rules: readonly RiskRule[] }) {
  const { t } = useTranslation('risk');
  return (
    <div className="overflow-x-auto -mx-2">
      <table className="w-full text-left" data-testid="changes">
        <caption className="sr-only">{t('changes')}</caption>
        <thead className="text-sm text-soft border-b border-line">
          <tr>
            <th scope="col" className="px-2 py-2">
              {t('was')} → {t('wouldBe')}
            </th>
            {(['decisions', 'share', 'value', 'notMe'] as const).map((head) => (
              <th key={head} scope="col" className="px-2 py-2 text-right">
                {t(head)}
              </th>
            ))}
          </tr>
        </thead>
        {diff.changes.map((change) => (
          <Change key={`${change.from} ${change.to}`} change={change} all={diff.decisions} rules={rules} />
        ))}
      </table>
    </div>
  );
}

function Change({ change, all, rules }: { change: OutcomeChange; all: number; rules: readonly RiskRule[] }) {
  const { t } = useTranslation('risk');
  const { count, share, money } = useFigures();
  const cell = 'px-2 pt-3 text-right tabular-nums whitespace-nowrap';
  return (
    <tbody data-testid="change" data-from={change.from} data-to={change.to} data-decisions={change.decisions} className="border-b border-line last:border-0">
      <tr>
        <th scope="row" className="px-2 pt-3 font-normal">
          <span className="flex flex-wrap items-center gap-2">
            <Outcome outcome={change.from} /> <ArrowRight aria-label="→" className="size-4 text-soft" /> <Outcome outcome={change.to} />
          </span>
        </th>
        <td className={`${cell} font-bold`}>{count(change.decisions)}</td>
        <td className={cell}>{share(change.decisions, all)}</td>
        <td className={cell}>{money(change.amounts)}</td>
        <td className={`${cell} ${change.reported > 0 ? 'font-bold text-warn' : 'text-soft'}`}>{count(change.reported)}</td>
      </tr>
      <tr>
        <td colSpan={5} className="px-2 pb-2">
          <details>
            <summary data-testid="examples" className="min-h-10 inline-flex items-center text-sm font-bold text-crust">
              {t('examples')}
            </summary>
            <Examples change={change} rules={rules} />
          </details>
        </td>
      </tr>
    </tbody>
  );
}

function FiredRules({ fired, rules }: { fired: OutcomeDiff['fired']; rules: readonly RiskRule[] }) {
  const { t } = useTranslation('risk');
  const { language } = useLanguage();
  const { count } = useFigures();
  const signed = (n: number): string => (n > 0 ? `+${count(n)}` : n === 0 ? '0' : `−${count(-n)}`);
  return (
    <section className="flex flex-col gap-2">
      <div>
        <h3 className="text-lg font-extrabold">{t('fired')}</h3>
        <p className="text-soft text-sm">{t('firedText')}</p>
      </div>
      <FigureTable
        caption={t('fired')}
        heads={[t('rule'), t('before'), t('after'), t('difference')]}
        rows={fired.map(({ rule, before, after }) => ({
          id: rule,
          cells: [
            <span key="rule">
              {rules.find(({ id }) => id === rule)?.reason[language] ?? rule} <code className="text-xs text-soft font-normal whitespace-nowrap">{rule}</code>
            </span>,
            before,
            after,
            <span key="difference" className={after === before ? 'text-soft' : 'font-bold'}>
              {signed(after - before)}
            </span>,
          ],
        }))}
      />
    </section>
  );
}
