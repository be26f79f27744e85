// Words that people type and that are stored: no control characters, which no database or printer wants, and no half of a
// surrogate pair, which is no character at all. Nothing is trimmed or replaced: what cannot be kept is refused.
import { z } from 'zod';

const oneLine = /^[^\p{Cc}\p{Cs}]*$/u;
const severalLines = /^(?:[^\p{Cc}\p{Cs}]|\n)*$/u;

/** Lengths in UTF-16 units. `lines: 'several'` allows line feeds. */
export const textSchema = ({ min = 1, max, lines = 'one' }: { min?: number; max: number; lines?: 'one' | 'several' }) =>
  z.string().min(min).max(max).regex(lines === 'one' ? oneLine : severalLines, 'text without control characters or broken ones');
