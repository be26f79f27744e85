// A rule's condition as a sentence of fields instead of an expression: what is compared, how, and with what. What is typed stays as it
// was typed; what cannot be said this way stays an expression.
import { isSignalName, signalOf, type RiskSignal, type SignalName } from '@sonrisa/protocol/risk-signals.ts';
import { decimalText } from '../../../ui/money-text.ts';
import { shifted, textOfFraction } from './decimal.ts';

export const compares = ['>', '>=', '<', '<=', '==', '!=', 'is', 'is_not'] as const;
export type Compare = (typeof compares)[number];
/** `times`: the signal that `value` is a share or a multiple of; empty: `value` stands for itself. */
export type Condition = { signal: SignalName | ''; compare: Compare; value: string; times: SignalName | '' };
export type Sentence = { join: 'all' | 'any'; conditions: Condition[] };

const numeric: readonly Compare[] = ['>', '>=', '<', '<=', '==', '!='];
export const comparesOf = ({ kind }: RiskSignal): readonly Compare[] => (kind === 'bool' ? ['is', 'is_not'] : kind === 'text' ? ['==', '!='] : numeric);

/** Signals that this one may be held against. */
export const comparable = (one: SignalName, other: SignalName): boolean =>
  one !== other && signalOf(one).unit === signalOf(other).unit && signalOf(one).kind === signalOf(other).kind && ['int', 'minor'].includes(signalOf(one).kind);

/** Counts are held against counts in per cent, everything else in times. */
export const isInPercent = (signal: SignalName): boolean => !['money', 'hours', 'seconds', 'oclock'].includes(signalOf(signal).unit);

/** Null: no sentence says this. */
export function readSentence(when: string, currency: string): Sentence | null {
  const tokens = tokensOf(when);
  if (tokens === null) return null;
  const joins = new Set(tokens.filter((token) => token === '&&' || token === '||'));
  if (joins.size > 1) return null;
  const conditions: Condition[] = [];
  for (const term of split(tokens)) {
    const condition = readTerm(term, currency);
    if (condition === null) return null;
    conditions.push(condition);
  }
  return { join: joins.has('||') ? 'any' : 'all', conditions };
}

const token = /\s*("[^"\\]*"|[0-9]+(?:\.[0-9]+)?|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|&&|\|\||>=|<=|==|!=|[><!*])\s*/y;

function tokensOf(when: string): string[] | null {
  const found: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < when.length) {
    const next = token.exec(when)?.[1];
    if (next === undefined) return null;
    found.push(next);
  }
  return found;
}

function split(tokens: readonly string[]): string[][] {
  const terms: string[][] = [[]];
  for (const each of tokens) {
    if (each === '&&' || each === '||') terms.push([]);
    else terms.at(-1)?.push(each);
  }
  return terms;
}

function readTerm(term: readonly string[], currency: string): Condition | null {
  const bare = term[0] === '!' ? term.slice(1) : term;
  if (bare.length === 1) return yesOrNo(bare[0] ?? '', term[0] !== '!');
  const at = term.findIndex((each) => (numeric as readonly string[]).includes(each));
  const [left, right] = [readSide(term.slice(0, at)), readSide(term.slice(at + 1))];
  if (at < 0 || !left || !right) return null;
  const compare = term[at] as Compare;
  if (left.signal === '') return right.signal === '' ? null : readCompared(right, mirrored[compare], left, currency);
  return readCompared(left, compare, right, currency);
}

const mirrored: Record<Compare, Compare> = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '==': '==', '!=': '!=', is: 'is', is_not: 'is_not' };

function yesOrNo(name: string, holds: boolean): Condition | null {
  return isSignalName(name) && signalOf(name).kind === 'bool' ? { signal: name, compare: holds ? 'is' : 'is_not', value: '', times: '' } : null;
}

/** A signal, perhaps times a whole number, or a value. */
type Side = { signal: SignalName | ''; factor: bigint; value: string };

function readSide(tokens: readonly string[]): Side | null {
  const [first = '', times, last = ''] = tokens;
  if (tokens.length === 1) return isSignalName(first) ? { signal: first, factor: 1n, value: '' } : { signal: '', factor: 1n, value: first };
  if (tokens.length !== 3 || times !== '*') return null;
  const [name, number] = isSignalName(first) ? [first, last] : [last, first];
  return isSignalName(name) && /^[1-9][0-9]{0,11}$/.test(number) ? { signal: name, factor: BigInt(number), value: '' } : null;
}

function readCompared(left: Side, compare: Compare, right: Side, currency: string): Condition | null {
  const signal = left.signal as SignalName;
  const about = signalOf(signal);
  if (right.signal !== '') {
    const value = comparable(signal, right.signal) ? textOfFraction({ part: right.factor, of: left.factor }, isInPercent(signal)) : null;
    return value === null ? null : { signal, compare, value, times: right.signal };
  }
  if (left.factor !== 1n) return null;
  if (about.kind === 'bool') return right.value !== 'true' && right.value !== 'false' ? null : (compare === '==' || compare === '!=') ? yesOrNo(signal, (right.value === 'true') === (compare === '==')) : null;
  const value = typedOf(about, right.value, currency);
  return value === null || !comparesOf(about).includes(compare) ? null : { signal, compare, value, times: '' };
}

// As somebody would type what the expression says.
function typedOf({ kind, unit, words }: RiskSignal, literal: string, currency: string): string | null {
  const isWhole = /^[0-9]+$/.test(literal);
  if (kind === 'text') return words?.find((word) => JSON.stringify(word) === literal) ?? null;
  if (kind === 'minor') return isWhole ? decimalText({ amountMinor: literal, currency }) : null;
  if (kind === 'int') return isWhole ? literal : null;
  return /^[0-9]+(\.[0-9]+)?$/.test(literal) ? shifted(literal, unit === 'percent' ? 2 : 0) : null;
}
