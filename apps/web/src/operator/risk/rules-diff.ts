// How the rules of one version differ from those of another.
import type { RiskRule } from '@sonrisa/protocol/risk-api.ts';

export type RulesDiff = { added: RiskRule[]; removed: RiskRule[]; changed: { was: RiskRule; is: RiskRule }[]; kept: RiskRule[]; /** Rules of both stand in another order. */ moved: boolean };

export function rulesDiff({ was, is }: { was: readonly RiskRule[]; is: readonly RiskRule[] }): RulesDiff {
  const before = new Map(was.map((rule) => [rule.id, rule]));
  const common = (one: readonly RiskRule[], other: readonly RiskRule[]): string => one.filter(({ id }) => other.some((rule) => rule.id === id)).map(({ id }) => id).join(' ');
  const diff: RulesDiff = { added: [], removed: was.filter(({ id }) => is.every((rule) => rule.id !== id)), changed: [], kept: [], moved: common(was, is) !== common(is, was) };
  for (const rule of is) {
    const old = before.get(rule.id);
    if (!old) diff.added.push(rule);
    else if (sameRule(old, rule)) diff.kept.push(rule);
    else diff.changed.push({ was: old, is: rule });
  }
  return diff;
}

const sameRule = (a: RiskRule, b: RiskRule): boolean => a.when === b.when && a.outcome === b.outcome && a.reason.en === b.reason.en && a.reason.zh === b.reason.zh && a.off === b.off;
