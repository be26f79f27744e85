// Rules as they are being changed: a version that is not one yet. What is typed is kept as typed; only what is right becomes a rule.
import { riskOutcomeSchema, riskRuleSchema, rulesMax, type RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { isSignalName } from '@sonrisa/protocol/risk-signals.ts';
import { z } from 'zod';
import { compares, readSentence, type Condition, type Sentence } from './sentence.ts';
import { writeSentence, type Fault, type SentenceFault } from './written.ts';

const signal = z.union([z.literal(''), z.string().refine(isSignalName)]);
const conditionSchema = z.object({ signal, compare: z.enum(compares), value: z.string(), times: signal });
const sentenceSchema = z.object({ join: z.enum(['all', 'any']), conditions: z.array(conditionSchema) });
/** `said`: the fields of a sentence; null: `text` is an expression. `asWas`: the expression as it was read, kept until the sentence says something else. */
const draftRuleSchema = z.object({
  key: z.string(),
  id: z.string(),
  /** New ones get their name from their reason, until somebody types one. */
  isNew: z.boolean(),
  idTyped: z.boolean(),
  off: z.boolean(),
  outcome: riskOutcomeSchema.exclude(['allow']),
  en: z.string(),
  zh: z.string(),
  said: sentenceSchema.nullable(),
  text: z.string(),
  asWas: z.string().nullable(),
});
export const draftSchema = z.object({
  /** The version it began with; null: with no rules. */
  base: z.number().int().nullable(),
  began: z.array(riskRuleSchema),
  currency: z.string(),
  rules: z.array(draftRuleSchema),
  nextKey: z.number().int(),
  note: z.string(),
});
export type Draft = z.infer<typeof draftSchema>;
export type DraftRule = z.infer<typeof draftRuleSchema>;

export const blankCondition: Condition = { signal: '', compare: '>', value: '', times: '' };

export function startDraft({ base, rules, currency }: { base: number | null; rules: readonly RiskRule[]; currency: string }): Draft {
  return { base, began: [...rules], currency, rules: rules.map((rule, at) => draftRuleOf(rule, String(at), currency)), nextKey: rules.length, note: '' };
}

function draftRuleOf({ id, when, outcome, reason, off }: RiskRule, key: string, currency: string): DraftRule {
  return { key, id, isNew: false, idTyped: true, off: off === true, outcome, en: reason.en, zh: reason.zh, said: readSentence(when, currency), text: when, asWas: when };
}

export function addRule(draft: Draft): Draft {
  const rule: DraftRule = { key: String(draft.nextKey), id: '', isNew: true, idTyped: false, off: false, outcome: 'ask_pin', en: '', zh: '', said: { join: 'all', conditions: [blankCondition] }, text: '', asWas: null };
  return { ...draft, rules: [...draft.rules, rule], nextKey: draft.nextKey + 1 };
}

export const isFull = ({ rules }: Draft): boolean => rules.length >= rulesMax;

export const removeRule = (draft: Draft, key: string): Draft => ({ ...draft, rules: draft.rules.filter((rule) => rule.key !== key) });

/** `by`: places; it never leaves the list. */
export function moveRule(draft: Draft, key: string, by: number): Draft {
  const from = draft.rules.findIndex((rule) => rule.key === key);
  const to = Math.max(0, Math.min(draft.rules.length - 1, from + by));
  const rules = [...draft.rules];
  rules.splice(to, 0, ...rules.splice(from, 1));
  return { ...draft, rules };
}

export function changeRule(draft: Draft, key: string, change: Partial<DraftRule>): Draft {
  return { ...draft, rules: draft.rules.map((rule) => (rule.key === key ? named({ ...rule, ...change }, draft) : rule)) };
}

const idMax = 40;
const named = (rule: DraftRule, { rules }: Draft): DraftRule => (rule.idTyped ? rule : { ...rule, id: freeId(slugOf(rule.en), rules.filter(({ key }) => key !== rule.key)) });

/** A few words of a sentence as a name. */
export function slugOf(sentence: string): string {
  const words = sentence.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const slug = words.filter((word) => !['a', 'an', 'the'].includes(word)).slice(0, 5).join('-').replace(/^[0-9-]+/, '').slice(0, idMax - 3).replace(/-+$/, '');
  return slug.length < 2 ? '' : slug;
}

function freeId(wanted: string, others: readonly DraftRule[]): string {
  const isTaken = (id: string): boolean => others.some((rule) => rule.id === id);
  if (wanted === '' || !isTaken(wanted)) return wanted;
  for (let n = 2; ; n += 1) if (!isTaken(`${wanted}-${n}`)) return `${wanted}-${n}`;
}

/** The expression of a rule, or what is wrong with its fields. */
export function whenOf({ said, text, asWas }: DraftRule, currency: string): { ok: true; when: string } | { ok: false; faults: SentenceFault[] } {
  if (said === null) {
    const parsed = riskRuleSchema.shape.when.safeParse(text);
    return parsed.success ? { ok: true, when: text } : { ok: false, faults: [{ at: null, field: 'when', fault: text === '' ? 'conditionsMissing' : 'tooLong' }] };
  }
  // What nobody changed stays as it was written, blanks and all.
  if (asWas !== null && sameSentence(readSentence(asWas, currency), said)) return { ok: true, when: asWas };
  return writeSentence(said, currency);
}

const sameSentence = (one: Sentence | null, other: Sentence): boolean => JSON.stringify(one) === JSON.stringify(other);

export type RuleField = 'when' | 'id' | 'en' | 'zh' | `${number}.signal` | `${number}.value`;
export type RuleFault = { key: string; field: RuleField; fault: Fault | 'idBad' | 'idTaken' | 'reasonMissing' | 'reasonBad'; max?: number };

/** What has to be put right before any of it can be sent, in the order of the page. */
export function faultsOf(draft: Draft): RuleFault[] {
  return draft.rules.flatMap((rule) => {
    const { key } = rule;
    const when = whenOf(rule, draft.currency);
    const faults = when.ok ? [] : when.faults.map(({ at, field, ...what }): RuleFault => ({ key, field: at === null || field === 'when' ? 'when' : `${at}.${field}`, ...what }));
    for (const language of ['en', 'zh'] as const) {
      const text = rule[language].trim();
      if (text === '') faults.push({ key, field: language, fault: 'reasonMissing' });
      else if (!riskRuleSchema.shape.reason.shape[language].safeParse(text).success) faults.push({ key, field: language, fault: 'reasonBad' });
    }
    if (!riskRuleSchema.shape.id.safeParse(rule.id).success) faults.push({ key, field: 'id', fault: 'idBad' });
    else if (rule.isNew && draft.rules.some((other) => other.key !== key && other.id === rule.id)) faults.push({ key, field: 'id', fault: 'idTaken' });
    return faults;
  });
}

/** As they would be sent; null while something is wrong. */
export function rulesOf(draft: Draft): RiskRule[] | null {
  if (faultsOf(draft).length > 0) return null;
  return draft.rules.map((rule) => ruleOf(rule, draft.currency));
}

function ruleOf(rule: DraftRule, currency: string): RiskRule {
  const when = whenOf(rule, currency);
  return { id: rule.id, when: when.ok ? when.when : rule.text, outcome: rule.outcome, reason: { en: rule.en.trim(), zh: rule.zh.trim() }, ...(rule.off ? { off: true as const } : {}) };
}

/** Against the version it began with; a beginning without rules is a change of its own. */
export function isChanged(draft: Draft): boolean {
  if (draft.base === null) return true;
  const rules = rulesOf(draft);
  return rules === null || JSON.stringify(rules) !== JSON.stringify(draft.began);
}

export type RuleState = 'new' | 'changed' | 'same';
export function stateOf(rule: DraftRule, draft: Draft): RuleState {
  const began = draft.began.find(({ id }) => id === rule.id);
  if (rule.isNew || !began) return 'new';
  if (!whenOf(rule, draft.currency).ok) return 'changed';
  return JSON.stringify(ruleOf(rule, draft.currency)) === JSON.stringify(began) ? 'same' : 'changed';
}
