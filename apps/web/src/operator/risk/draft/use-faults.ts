// What is wrong with the fields of a draft, and when it is said: what was left or is to be sent is named at once, what nobody came
// to yet is not. What the server said of a rule is said until the rule is another.
import type { RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProblemErrors } from '../../../api.ts';
import { decimalText } from '../../../ui/money-text.ts';
import { faultsOf, rulesOf, type Draft, type RuleFault, type RuleField } from './draft.ts';
import { serverFaultsOf } from './server-faults.ts';

type Said = { key: string; rule: string; field: string; message: string };

export type Faults = {
  all: readonly RuleFault[];
  at: (key: string, field: RuleField) => string | null;
  /** How many of a rule. */
  countOf: (key: string) => number;
  /** What the server said of no rule. */
  general: readonly string[];
  leave: (key: string, field: RuleField) => void;
  sayAll: () => void;
  /** The rules the server found fault with. */
  refused: (rules: readonly RiskRule[], errors: ProblemErrors) => string[];
};

const exampleMinor = '20050';
/** What is said at a field moves what is beneath: not away from under the finger that left the field for it. */
const clickMs = 300;

export function useFaults(draft: Draft): Faults {
  const { t } = useTranslation('rules');
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [saysAll, setSaysAll] = useState(false);
  const [said, setSaid] = useState<{ ofRules: Said[]; general: string[] }>({ ofRules: [], general: [] });
  const all = faultsOf(draft);
  const rules = rulesOf(draft);
  const now = new Map(draft.rules.map(({ key }, at) => [key, JSON.stringify(rules?.[at])]));
  const ofServer = said.ofRules.filter(({ key, rule }) => now.get(key) === rule);
  return {
    all,
    general: said.general,
    at: (key, field) => {
      const fault = all.find((each) => each.key === key && each.field === field);
      if (fault) return saysAll || left.has(`${key} ${field}`) ? t(`fault_${fault.fault}`, { max: fault.max, example: decimalText({ amountMinor: exampleMinor, currency: draft.currency }) }) : null;
      const message = ofServer.find((each) => each.key === key && each.field === field)?.message;
      return message === undefined ? null : t('serverSays', { message });
    },
    countOf: (key) => (saysAll ? all : all.filter((each) => left.has(`${each.key} ${each.field}`))).filter((each) => each.key === key).length + ofServer.filter((each) => each.key === key).length,
    leave: (key, field) => void setTimeout(() => setLeft((before) => new Set(before).add(`${key} ${field}`)), clickMs),
    sayAll: () => setSaysAll(true),
    refused: (sent, errors) => {
      const faults = serverFaultsOf(errors);
      const ofRules = faults.flatMap(({ rule, field, message }) => (rule === null ? [] : [{ key: draft.rules[rule]?.key ?? '', rule: JSON.stringify(sent[rule]), field, message }]));
      setSaid({ ofRules, general: faults.filter(({ rule }) => rule === null).map(({ message }) => message) });
      return ofRules.map(({ key }) => key);
    },
  };
}
