// One condition of a rule: what to look at, in words; how it is compared; with what, in its unit.
import { everydayUnitMinor, isCurrency } from '@sonrisa/ledger/money.ts';
import { riskSignals, signalNames, signalOf, type SignalName } from '@sonrisa/protocol/risk-signals.ts';
import { X } from 'lucide-react';
import { useId, type ReactNode, type SelectHTMLAttributes } from 'react';
import { useTranslation } from 'react-i18next';
import { intlLocale } from '../../../i18n/language.ts';
import { useLanguage } from '../../../i18n/setup.ts';
import { moneyText } from '../../../ui/money-text.ts';
import { decimal } from './decimal.ts';
import { comparable, comparesOf, isInPercent, type Compare, type Condition } from './sentence.ts';
import { compareNames } from './use-sentence.ts';

/** `faults`: what is wrong, as it is said at the field; null: nothing, or not to be said yet. */
type RowProps = {
  condition: Condition;
  n: number;
  currency: string;
  faults: { signal: string | null; value: string | null };
  onChange: (condition: Condition, typing?: 'value') => void;
  onLeave: (field: 'signal' | 'value') => void;
  onRemove: (() => void) | null;
};

const look = 'w-full min-h-12 rounded-2xl border-2 border-edge bg-card px-3 font-semibold aria-invalid:border-warn';

export function ConditionRow(props: RowProps) {
  const { t } = useTranslation(['rules', 'signals']);
  const { condition, n, faults, onChange } = props;
  const { signal } = condition;
  const id = useId();
  const about = signal === '' ? null : signalOf(signal);
  return (
    <fieldset data-testid="condition" className="grid gap-x-3 gap-y-2 items-start rounded-2xl bg-sunk p-4 pt-2 max-sm:p-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,1.8fr)]">
      <legend className="sr-only">{t('condition', { n })}</legend>
      <div className="min-w-0 col-span-full">
        <span className="flex items-center justify-between">
          <label htmlFor={`${id}-signal`} className="text-sm font-bold py-1">{t('signal')}</label>
          {props.onRemove ? <Remove n={n} onRemove={props.onRemove} /> : null}
        </span>
        <Pick id={`${id}-signal`} testId="signal" fault={faults.signal} describedBy={about ? `${id}-says` : undefined} value={signal} onBlur={() => props.onLeave('signal')} onPick={(picked) => onChange(withSignal(condition, picked as SignalName | ''))}>
          <option value="">{t('signalPick')}</option>
          {Object.keys(riskSignals).map((group) => (
            <optgroup key={group} label={t(`signals:group_${group}`)}>
              {signalNames.filter((each) => each.startsWith(`${group}.`)).map((each) => <option key={each} value={each}>{t(`signals:${each}`)}</option>)}
            </optgroup>
          ))}
        </Pick>
        {signal === '' ? null : <p id={`${id}-says`} className="mt-1 text-sm text-soft">{t(`signals:${signal}.says`)}</p>}
      </div>
      {about === null ? null : (
        <div className="min-w-0">
          <label htmlFor={`${id}-compare`} className="block text-sm font-bold py-1">{t('compare')}</label>
          <Pick id={`${id}-compare`} testId="compare" fault={null} value={condition.compare} onPick={(compare) => onChange({ ...condition, compare: compare as Compare })}>
            {comparesOf(about).map((each) => <option key={each} value={each}>{t(`compare_${compareNames[each]}`)}</option>)}
          </Pick>
        </div>
      )}
      {about === null || about.kind === 'bool' ? null : <Value {...props} id={id} />}
    </fieldset>
  );
}

function Remove({ n, onRemove }: { n: number; onRemove: () => void }) {
  const { t } = useTranslation('rules');
  return (
    <button type="button" data-testid="remove-condition" onClick={onRemove} className="min-h-11 px-3 -mr-3 inline-flex items-center gap-1.5 rounded-full text-sm font-bold text-soft hover:text-ink hover:bg-card">
      <X aria-hidden="true" className="size-4" /> {t('removeCondition', { n })}
    </button>
  );
}

function Value({ condition, currency, faults, onChange, onLeave, id }: RowProps & { id: string }) {
  const { t } = useTranslation(['rules', 'signals']);
  const { language } = useLanguage();
  const signal = condition.signal as SignalName;
  const { kind, unit, words } = signalOf(signal);
  const others = signalNames.filter((each) => comparable(signal, each));
  const unitText = unit === 'money' ? t('unitMoney', { currency }) : unit === 'none' ? '' : t(`signals:unit_${unit}`);
  const set = (value: string): void => onChange({ ...condition, value }, 'value');
  const field = { id: `${id}-value`, 'data-testid': 'value', 'aria-invalid': faults.value !== null, 'aria-describedby': faults.value === null ? undefined : `${id}-value-fault`, onBlur: () => onLeave('value') };
  const units = unit === 'units' && decimal.test(condition.value) && isCurrency(currency) ? (BigInt(Math.round(Number(condition.value.replace(',', '.')) * 100)) * everydayUnitMinor(currency)) / 100n : null;
  return (
    <div className="min-w-0">
      <label htmlFor={`${id}-value`} className="block text-sm font-bold py-1">{t('value')}</label>
      {kind === 'text' ? (
        <select {...field} className={look} value={condition.value} onChange={(event) => set(event.target.value)}>
          <option value="">{t('signalPick')}</option>
          {(words ?? []).map((word) => <option key={word} value={word}>{t(`signals:word_${word}`)}</option>)}
        </select>
      ) : (
        <span className="flex flex-wrap items-center gap-2">
          <input {...field} className={`${look} min-w-20 max-w-40 tabular-nums`} inputMode={kind === 'int' && condition.times === '' ? 'numeric' : 'decimal'} autoComplete="off" maxLength={16} value={condition.value} onChange={(event) => set(event.target.value)} />
          {others.length === 0 ? (
            <span className="shrink-0 font-semibold text-soft">{unitText}</span>
          ) : (
            <select aria-label={t('unit')} data-testid="unit" className={`${look} min-w-0 flex-1 ${condition.times === '' ? 'basis-32' : 'basis-72'}`} value={condition.times} onChange={(event) => onChange({ ...condition, times: event.target.value as SignalName | '' })}>
              <option value="">{unitText}</option>
              {others.map((each) => <option key={each} value={each}>{t(isInPercent(signal) ? 'ofPercent' : 'ofTimes', { signal: t(`signals:${each}`) })}</option>)}
            </select>
          )}
        </span>
      )}
      {units === null ? null : <p className="mt-1 text-sm text-soft">{t('unitsHere', { amount: moneyText({ amountMinor: String(units), currency }, intlLocale(language)) })}</p>}
      <FaultLine id={`${id}-value-fault`} fault={faults.value} />
    </div>
  );
}

/** What still fits the signal stays. */
function withSignal(condition: Condition, signal: SignalName | ''): Condition {
  if (signal === '') return { ...condition, signal };
  const fits = condition.signal !== '' && signalOf(condition.signal).unit === signalOf(signal).unit && signalOf(condition.signal).kind === signalOf(signal).kind && signalOf(signal).kind !== 'text';
  const allowed = comparesOf(signalOf(signal));
  const compare = allowed.includes(condition.compare) ? condition.compare : (allowed[0] ?? '>');
  return { signal, compare, value: fits ? condition.value : '', times: fits && condition.times !== '' && comparable(signal, condition.times) ? condition.times : '' };
}

type PickProps = Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> & { id: string; testId: string; fault: string | null; describedBy?: string | undefined; onPick: (value: string) => void; children: ReactNode };

/** A choice with what is wrong with it beneath. */
export function Pick({ id, testId, fault, describedBy, onPick, children, ...select }: PickProps) {
  const describes = [fault === null ? null : `${id}-fault`, describedBy].filter(Boolean).join(' ');
  return (
    <>
      <select {...select} id={id} data-testid={testId} className={look} aria-invalid={fault !== null} aria-describedby={describes || undefined} onChange={(event) => onPick(event.target.value)}>
        {children}
      </select>
      <FaultLine id={`${id}-fault`} fault={fault} />
    </>
  );
}

export const FaultLine = ({ id, fault }: { id: string; fault: string | null }) =>
  fault === null ? null : (
    // Where no field is wrong alone, the focus comes here.
    <p id={id} data-testid="fault" tabIndex={-1} className="mt-1 text-sm font-bold text-warn [overflow-wrap:anywhere]">
      {fault}
    </p>
  );
