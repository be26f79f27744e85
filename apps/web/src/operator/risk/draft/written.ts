// A sentence as the expression that is kept, or what is wrong with which of its fields.
import { ruleLengthMax } from '@sonrisa/protocol/risk-api.ts';
import { signalOf, type RiskSignal } from '@sonrisa/protocol/risk-signals.ts';
import { minorOf } from '../../../ui/minor-of.ts';
import { decimal, fractionOf, shifted } from './decimal.ts';
import { isInPercent, type Condition, type Sentence } from './sentence.ts';

export type Fault = 'signalMissing' | 'valueMissing' | 'wordMissing' | 'valueNotWhole' | 'valueNotNumber' | 'valueNotMoney' | 'valueTooLarge' | 'valueZero' | 'conditionsMissing' | 'tooLong';
/** `at`: which condition; null: the sentence as a whole. */
export type SentenceFault = { at: number | null; field: 'signal' | 'value' | 'when'; fault: Fault; max?: number };
export type Written = { ok: true; when: string } | { ok: false; faults: SentenceFault[] };

type Literal = { ok: true; text: string } | { ok: false; fault: Fault; max?: number };

export function writeSentence({ join, conditions }: Sentence, currency: string): Written {
  if (conditions.length === 0) return { ok: false, faults: [{ at: null, field: 'when', fault: 'conditionsMissing' }] };
  const terms = conditions.map((condition) => writeTerm(condition, currency));
  const faults = terms.flatMap((term, at): SentenceFault[] => (term.ok ? [] : [{ at, field: term.fault === 'signalMissing' ? 'signal' : 'value', fault: term.fault, ...(term.max === undefined ? {} : { max: term.max }) }]));
  if (faults.length > 0) return { ok: false, faults };
  const when = terms.map((term) => (term.ok ? term.text : '')).join(join === 'all' ? ' && ' : ' || ');
  return when.length > ruleLengthMax ? { ok: false, faults: [{ at: null, field: 'when', fault: 'tooLong', max: ruleLengthMax }] } : { ok: true, when };
}

function writeTerm({ signal, compare, value, times }: Condition, currency: string): Literal {
  if (signal === '') return { ok: false, fault: 'signalMissing' };
  const about = signalOf(signal);
  if (about.kind === 'bool') return { ok: true, text: compare === 'is_not' ? `!${signal}` : signal };
  const typed = value.trim();
  if (typed === '') return { ok: false, fault: about.kind === 'text' ? 'wordMissing' : 'valueMissing' };
  if (times !== '') return writeShare({ signal, compare, value: typed, times }, isInPercent(signal));
  const literal = literalOf(about, typed, currency);
  return literal.ok ? { ok: true, text: `${signal} ${compare} ${literal.text}` } : literal;
}

// Whole numbers on both sides: amounts never meet a fraction.
function writeShare({ signal, compare, value, times }: Condition, percent: boolean): Literal {
  if (!decimal.test(value)) return { ok: false, fault: 'valueNotNumber' };
  const { part, of } = fractionOf(value, percent);
  if (part === 0n) return { ok: false, fault: 'valueZero' };
  if (of === 1n) return { ok: true, text: `${signal} ${compare} ${part === 1n ? '' : `${part} * `}${times}` };
  return { ok: true, text: `${signal} * ${of} ${compare} ${times}${part === 1n ? '' : ` * ${part}`}` };
}

function literalOf({ kind, unit, max, words }: RiskSignal, typed: string, currency: string): Literal {
  if (kind === 'text') return words?.includes(typed) ? { ok: true, text: JSON.stringify(typed) } : { ok: false, fault: 'wordMissing' };
  if (kind === 'minor') {
    const minor = minorOf(typed, currency);
    return minor === null ? { ok: false, fault: 'valueNotMoney' } : { ok: true, text: minor };
  }
  if (kind === 'int' ? !/^[0-9]{1,9}$/.test(typed) : !decimal.test(typed)) return { ok: false, fault: kind === 'int' ? 'valueNotWhole' : 'valueNotNumber' };
  if (max !== undefined && Number(typed.replace(',', '.')) > max) return { ok: false, fault: 'valueTooLarge', max };
  const text = shifted(typed, unit === 'percent' ? -2 : 0);
  // A double without a point would be an int, which is never compared with one.
  return { ok: true, text: kind === 'int' || text.includes('.') ? text : `${text}.0` };
}
