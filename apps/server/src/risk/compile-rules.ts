// A rule set made ready to decide. Every expression is parsed and checked against the types of the signals before it counts:
// a rule that names no signal, or is not a bool, never gets as far as a payment. One that is off is checked too: it may be on again.
import { Environment } from '@marcbachmann/cel-js';
import { ruleLengthMax, type RiskRule, type RiskRuleSet } from '@sonrisa/protocol/risk-api.ts';
import { declareSignals } from './signals.ts';

/** `holds` throws when the expression fails on these signals, a division by zero say. */
export type CompiledRule = Pick<RiskRule, 'id' | 'outcome' | 'reason'> & { readonly holds: (context: Record<string, unknown>) => boolean };
export type CompiledRules = readonly CompiledRule[];
export type RuleError = { readonly path: string; readonly message: string };
export type Compiled = { readonly ok: true; readonly rules: CompiledRules } | { readonly ok: false; readonly errors: readonly RuleError[] };

const limits = { maxAstNodes: 200, maxDepth: 20, maxListElements: 50, maxMapEntries: 1, maxCallArguments: 4 };
// A regular expression may take longer than a payment waits; comprehensions would multiply the limits above.
const noCalls = /\b(matches|map|filter|all|exists|exists_one)\s*\(/;

export function compileRules({ rules }: RiskRuleSet): Compiled {
  const environment = declareSignals(new Environment({ limits }));
  const errors: RuleError[] = [];
  const compiled = rules.flatMap((rule, index) => {
    const made = compileOne(environment, rule);
    if (typeof made !== 'string') return rule.off ? [] : [made];
    errors.push({ path: `rules.${index}.when`, message: made });
    return [];
  });
  return errors.length === 0 ? { ok: true, rules: compiled } : { ok: false, errors };
}

function compileOne(environment: Environment, { id, when, outcome, reason }: RiskRule): CompiledRule | string {
  if (when.length > ruleLengthMax) return `${id}: longer than ${ruleLengthMax} characters`;
  const call = noCalls.exec(when)?.[1];
  if (call !== undefined) return `${id}: ${call}() cannot be used in a rule`;
  try {
    const checked = environment.check(when);
    if (!checked.valid) return `${id}: ${firstLine(checked.error)}`;
    if (checked.type !== 'bool') return `${id}: a rule is a bool, this is ${checked.type ?? 'nothing'}`;
    const run = environment.parse(when);
    return { id, outcome, reason, holds: (context) => run(context) === true };
  } catch (error) {
    return `${id}: ${firstLine(error)}`;
  }
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
