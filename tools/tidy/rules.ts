// Every rule, in the order its findings are printed.
import { banRules, fileNameRule, imageRule } from './bans.ts';
import { deadFileRule } from './dead-files.ts';
import { importRule } from './imports.ts';
import { linkRule, namedPathRule } from './links.ts';
import { explainedRule, lockRule, manifestRule, pinRule } from './manifests.ts';
import { migrationRule } from './migrations.ts';
import { sizeRule } from './sizes.ts';
import { createTree } from './source.ts';
import type { Rule, SourceFile } from './source.ts';

export const rules: readonly Rule[] = [
  importRule, ...banRules, fileNameRule, imageRule, sizeRule, deadFileRule,
  manifestRule, pinRule, lockRule, explainedRule, linkRule, namedPathRule, migrationRule,
];

/** One line a finding: `path:line: rule: what to do`. */
export function tidy(files: readonly SourceFile[]): string[] {
  const tree = createTree(files);
  return rules.flatMap(({ name, check }) => check(tree).map(({ path, line, todo }) => `${path}:${line}: ${name}: ${todo}`));
}
