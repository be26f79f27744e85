import { describe, expect, it } from 'vitest';
import { replaceSection } from './results.ts';

describe('replaceSection', () => {
  const document = '# Benchmarks\n\nIntro.\n\n## One\n\nold\n\n## Two\n\nkept\n';

  it('changes its own section only', () => {
    expect(replaceSection(document, 'One', '## One\n\nnew\n')).toBe('# Benchmarks\n\nIntro.\n\n## One\n\nnew\n\n## Two\n\nkept\n');
    expect(replaceSection(document, 'Two', '## Two\n\nnew\n')).toBe('# Benchmarks\n\nIntro.\n\n## One\n\nold\n\n## Two\n\nnew\n');
  });

  it('adds a section that is not there yet, and is the same twice', () => {
    const added = replaceSection(document, 'Three', '## Three\n\nnew\n');
    expect(added).toBe(`${document}\n## Three\n\nnew\n`);
    expect(replaceSection(added, 'Three', '## Three\n\nnew\n')).toBe(added);
  });
});
