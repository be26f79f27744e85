// Signals as the engine takes them; what there is to look at: packages/protocol/src/risk-signals.ts.
import type { Environment } from '@marcbachmann/cel-js';
import { riskSignals, type RiskSignal } from '@sonrisa/protocol/risk-signals.ts';

type Kinds = { int: number; minor: string; double: number; bool: boolean; text: string };

type Fields = typeof riskSignals;
export type Signals = { [Group in keyof Fields]: { [Name in keyof Fields[Group]]: Fields[Group][Name] extends { kind: infer Kind extends keyof Kinds } ? Kinds[Kind] : never } };

export const limitsUnknown: Signals['limits'] = { verdict: 'within', firstPayment: false, dayMinor: '0', monthMinor: '0', aloneSince: 0, aloneSinceMinor: '0' };

const celTypes = { int: 'int', minor: 'int', double: 'double', bool: 'bool', text: 'string' } as const;
const groups = Object.entries(riskSignals) as [keyof Fields, Record<string, RiskSignal>][];

/** Declares every signal, so that a rule is checked against the types before it is ever run. */
export function declareSignals(environment: Environment): Environment {
  for (const [name, fields] of groups) {
    environment.registerVariable({ name, schema: Object.fromEntries(Object.entries(fields).map(([each, { kind }]) => [each, celTypes[kind]])) });
  }
  return environment;
}

/** Signals as the rules read them: whole numbers are bigints, what is missing or of another type has its unknown value. */
export function contextOf(signals: unknown): Record<string, Record<string, unknown>> {
  return Object.fromEntries(groups.map(([group, fields]) => [group, Object.fromEntries(Object.entries(fields).map(([name, { kind, unknown }]) => {
    const value = (signals as Record<string, Record<string, unknown>> | null)?.[group]?.[name];
    return [name, cel(kind, typeof value === typeof unknown ? value : unknown)];
  }))]));
}

function cel(kind: keyof Kinds, value: unknown): unknown {
  return kind === 'int' ? BigInt(Math.trunc(value as number)) : kind === 'minor' ? BigInt(value as string) : value;
}

/** Every signal by its full name, with what it says: for people. */
export function listSignals(signals: Signals): { name: string; says: string; value: string | number | boolean }[] {
  return groups.flatMap(([group, fields]) => Object.entries(fields).map(([name, { says, unknown }]) => {
    const value = (signals as Record<string, Record<string, string | number | boolean>>)[group]?.[name];
    return { name: `${group}.${name}`, says, value: value ?? unknown };
  }));
}
