// What the server says of rules that were sent, by the rule it is about.
import type { ProblemErrors } from '../../../api.ts';

/** `rule`: which of those that were sent; null: none of them. */
export type ServerFault = { rule: number | null; field: 'when' | 'id' | 'en' | 'zh'; message: string };

const aboutRule = /^rules\.([0-9]+)(?:\.(.+))?$/;

export function serverFaultsOf(errors: ProblemErrors): ServerFault[] {
  return errors.map(({ path, message }) => {
    const [, at, field] = aboutRule.exec(path) ?? [];
    if (at === undefined) return { rule: null, field: 'when', message };
    // The rule is named by where it is said.
    return { rule: Number(at), field: fields[field ?? ''] ?? 'when', message: message.replace(/^[a-z][a-z0-9-]{1,39}: /, '') };
  });
}

const fields: Record<string, ServerFault['field']> = { id: 'id', 'reason.en': 'en', 'reason.zh': 'zh' };
