import { expect, it } from 'vitest';
import { ageText } from './age-text.ts';

const nowMs = Date.UTC(2026, 10, 29, 12);
it.each<[number, string, string | null]>([
  [10_000, 'en', null],
  [59 * 60_000, 'en', '59 minutes ago'],
  [61 * 60_000, 'en', '1 hour ago'],
  [50 * 3_600_000, 'en', '2 days ago'],
  [50 * 3_600_000, 'zh-CN', '2天前'],
  [-5_000, 'en', null],
])('%i ms ago in %s: %s', (ageMs, locale, text) => expect(ageText({ atMs: nowMs - ageMs, nowMs, locale })).toBe(text));
