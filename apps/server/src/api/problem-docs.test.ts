// docs/problems.md lists exactly the catalogue, with the same status, and the page at /docs/problems shows each code.
import { readFileSync } from 'node:fs';
import { problemCatalogue } from '@sonrisa/protocol/problem.ts';
import { describe, expect, it } from 'vitest';
import { problemsPage } from './docs.ts';

const documented = readFileSync(new URL('../../../../docs/problems.md', import.meta.url), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const [, code, status, , again] = /^\| `([a-z_]+)` \| (\d{3}) \| (.+) \| (yes|no) \|$/.exec(line) ?? [];
    return code === undefined ? [] : [{ code, status: Number(status), again: again === 'yes' }];
  });

describe('the documented problem codes', () => {
  it('are those of the catalogue, each once, with the same status and the same "again"', () => {
    const catalogue = Object.entries(problemCatalogue).map(([code, { status, transient }]) => ({ code, status, again: transient }));
    const byCode = (a: { code: string }, b: { code: string }) => (a.code < b.code ? -1 : 1);
    expect([...documented].sort(byCode)).toEqual([...catalogue].sort(byCode));
  });

  it('have a place on the page that a problem points to', () => {
    const page = problemsPage();
    for (const code of Object.keys(problemCatalogue)) expect(page).toContain(`<tr id="${code}">`);
  });
});
