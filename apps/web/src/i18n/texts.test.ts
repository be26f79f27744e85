import { problemCatalogue } from '@sonrisa/protocol/problem.ts';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseLanguage } from './language.ts';

const folder = join(import.meta.dirname, 'texts');
const files = readdirSync(join(folder, 'en')).filter((name) => name.endsWith('.ts'));

async function textsOf(language: 'en' | 'zh', file: string): Promise<Record<string, string>> {
  const module = (await import(join(folder, language, file))) as Record<string, Record<string, string>>;
  return Object.assign({}, ...Object.values(module)) as Record<string, string>;
}

const placeholders = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1] ?? '').sort();

it('has the same files in both languages', () => {
  expect(readdirSync(join(folder, 'zh')).sort()).toEqual(readdirSync(join(folder, 'en')).sort());
});

describe.each(files)('%s', (file) => {
  it('has the same keys and the same placeholders in both languages, none empty', async () => {
    const [en, zh] = [await textsOf('en', file), await textsOf('zh', file)];
    expect(Object.keys(en).length).toBeGreaterThan(0);
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(en)) {
      expect(placeholders(zh[key] ?? ''), key).toEqual(placeholders(text));
      expect(text.trim(), key).not.toBe('');
      expect(zh[key]?.trim(), key).not.toBe('');
    }
  });
});

it('has a sentence for every code of the catalogue, in both languages, and the Chinese one is Chinese', async () => {
  const [en, zh] = [await textsOf('en', 'problems.ts'), await textsOf('zh', 'problems.ts')];
  for (const code of Object.keys(problemCatalogue)) {
    expect(en[code], code).toMatch(/[.?!]$/);
    expect(zh[code], code).toMatch(/[\u4e00-\u9fff].*[。？！]$/);
  }
});

describe('chooseLanguage', () => {
  it.each([
    [{ kept: 'en', preferred: ['zh-CN'] }, 'en'],
    [{ kept: null, preferred: ['zh-TW', 'en'] }, 'zh'],
    [{ kept: null, preferred: ['de-DE', 'zh-CN', 'en'] }, 'zh'],
    [{ kept: null, preferred: ['de-DE'] }, 'en'],
    [{ kept: 'xx', preferred: ['zh'] }, 'zh'],
  ])('%j → %s', (input, language) => expect(chooseLanguage(input)).toBe(language));
});
