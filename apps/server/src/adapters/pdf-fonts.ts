// The font that exported pages are written in: Noto Sans SC (fonts/LICENSE), in a hundred files by Unicode range. A document takes those
// it has characters of, and of each only the characters that occur. The files lie beside this one, and beside the bundled program.
import { readFileSync } from 'node:fs';

export type PdfFonts = {
  /** The name of the file that has this character; undefined: none has. */
  nameFor(codePoint: number): string | undefined;
  read(name: string): Buffer;
};

type Range = { readonly from: number; readonly to: number; readonly name: string };

export function loadPdfFonts(): PdfFonts {
  const folder = new URL('./fonts/', import.meta.url);
  const subsets = JSON.parse(readFileSync(new URL('unicode.json', folder), 'utf8')) as Record<string, string>;
  const ranges = Object.entries(subsets).flatMap(([subset, text]) => rangesOf(text, fileNameOf(subset)));
  const known = new Map<number, string | undefined>();
  return {
    nameFor: (codePoint) => {
      if (!known.has(codePoint)) known.set(codePoint, ranges.find(({ from, to }) => codePoint >= from && codePoint <= to)?.name);
      return known.get(codePoint);
    },
    read: (name) => readFileSync(new URL(name, folder)),
  };
}

/** "U+4e00-4e07,U+4e0a" → ranges. */
function rangesOf(text: string, name: string): Range[] {
  return text.split(',').map((part) => {
    const [from = '', to = from] = part.trim().replace(/^U\+/i, '').split('-');
    return { from: parseInt(from, 16), to: parseInt(to, 16), name };
  });
}

/** "[4]" → noto-sans-sc-4-400-normal.woff. Not WOFF2: its glyphs are transformed, and PDFKit cannot take some of them out. */
const fileNameOf = (subset: string): string => `noto-sans-sc-${subset.replace(/[[\]]/g, '')}-400-normal.woff`;
