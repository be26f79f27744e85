// Migrations say what must be true afterwards, and before where they change rows. Files that ran somewhere cannot be
// changed any more (the migrator knows their checksums), so the rule begins behind the last that ran without it.
import { lineOf } from './source.ts';
import type { Finding, Rule, SourceFile } from './source.ts';

const migration = /^apps\/(server|vault)\/src\/db\/migrations\/(\d{4})-[^/]+\.sql$/;
/** The last without the rule, of either program. */
const oldMax = { server: 82, vault: 50 };

export const migrationRule: Rule = {
  name: 'migration',
  reason: 'a migration that went wrong is found out before its transaction ends, or by the customers',
  check: (tree) => tree.files.flatMap((file) => {
    const [, app, number] = migration.exec(file.path) ?? [];
    return app === undefined || Number(number) <= oldMax[app as keyof typeof oldMax] ? [] : findings(file);
  }),
};

function findings({ path, text }: SourceFile): Finding[] {
  const found: Finding[] = [];
  const changed = firstChangeOfRows(text);
  const excuse = /^-- Nothing to assert: \S.{9,}$/m.test(text);
  if (!asserts(text, 'After') && !(excuse && changed === undefined)) {
    found.push({ path, line: 1, todo: 'end with "-- After: …" and a DO block that ASSERTs it; or, where no row changes, with "-- Nothing to assert: <the reason>"' });
  }
  if (changed !== undefined && !asserts(text, 'Before')) {
    found.push({ path, line: changed, todo: 'rows change hands here: open with "-- Before: …" and a DO block that ASSERTs what is relied on' });
  }
  return found;
}

// The comment and, behind it, a DO block that asserts something.
const asserts = (text: string, when: 'Before' | 'After'): boolean => new RegExp(`^-- ${when}: \\S[\\s\\S]*?^DO \\$\\$[\\s\\S]*?\\bASSERT\\b[\\s\\S]*?^END \\$\\$`, 'm').test(text);

// Outside the bodies of functions: those run later. The first rows of a new table (INSERT … VALUES, DEFAULT VALUES) change nobody's.
function firstChangeOfRows(text: string): number | undefined {
  const own = text.replace(/\$\$[\s\S]*?\$\$|--[^\n]*|'[^'\n]*'/g, (part) => part.replace(/[^\n]/g, ' '));
  const change = /^\s*(UPDATE\s+\w|DELETE\s+FROM\b|TRUNCATE\b|DROP\s+TABLE\b|INSERT\s+INTO\b(?![^;]*\bVALUES\b)|WITH\s+\w+\s+AS\b)|\bDROP\s+COLUMN\b|\bALTER\s+COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE\b/im.exec(own);
  return change ? lineOf(own, change.index + change[0].search(/\S/)) : undefined;
}
