// Draws pages with PDFKit: text alone. Lines are laid out here, because one line may need several files of the font, and Chinese
// may break between any two characters.
import PDFDocument from 'pdfkit';
import type { PageBlock, Pages } from '../owners/index.ts';
import type { PdfFonts } from './pdf-fonts.ts';

type Style = { readonly size: number; readonly before: number; readonly colour: string };
type Run = { readonly font: string; readonly text: string };
type Word = { readonly runs: readonly Run[]; readonly width: number; readonly isSpace: boolean };

const marginPt = 54;
const lineHeight = 1.45;
const titleStyle: Style = { size: 20, before: 0, colour: '#1c1714' };
const styles: Readonly<Record<PageBlock['kind'], Style>> = {
  heading: { size: 14, before: 16, colour: '#b4540a' },
  subheading: { size: 11, before: 10, colour: '#1c1714' },
  text: { size: 10, before: 2, colour: '#1c1714' },
  small: { size: 8, before: 3, colour: '#6b625c' },
  code: { size: 8, before: 3, colour: '#1c1714' },
};
/** Stands for a character that no file of the font has. */
const missing = '\u25a1';

export async function drawPdf(fonts: PdfFonts, { title, locale, madeAtMs, blocks }: Pages): Promise<Buffer> {
  // No font of its own: PDFKit would load Helvetica, which has no Chinese.
  const doc = new PDFDocument({ size: 'A4', margin: marginPt, font: '', lang: locale, info: { Title: title, Creator: 'Sonrisa', CreationDate: new Date(madeAtMs) } });
  const parts: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (part: Buffer) => parts.push(part));
    doc.on('end', () => resolve(Buffer.concat(parts)));
    doc.on('error', reject);
  });
  const page = createPage(doc, fonts);
  page.block(title, titleStyle);
  for (const { kind, text } of blocks) for (const [index, line] of text.trimEnd().split('\n').entries()) page.block(line, index === 0 ? styles[kind] : { ...styles[kind], before: 0 });
  doc.end();
  return done;
}

function createPage(doc: PDFKit.PDFDocument, fonts: PdfFonts) {
  const registered = new Set<string>();
  const use = (font: string, size: number): void => {
    if (!registered.has(font)) doc.registerFont(font, fonts.read(font));
    registered.add(font);
    doc.font(font).fontSize(size);
  };
  // Most words come again, and Chinese has one for each character.
  const widths = new Map<string, number>();
  const widthOf = ({ font, text }: Run, size: number): number => {
    const key = `${font} ${text}`;
    const known = widths.get(key);
    if (known !== undefined) return known * size;
    use(font, size);
    const width = doc.widthOfString(text);
    widths.set(key, width / size);
    return width;
  };
  const measured = (runs: readonly Run[], size: number): number => runs.reduce((sum, run) => sum + widthOf(run, size), 0);
  let y = marginPt;

  function line(words: readonly Word[], { size, colour }: Style): void {
    if (y + size * lineHeight > doc.page.height - marginPt) {
      doc.addPage();
      y = marginPt;
    }
    let x = marginPt;
    doc.fillColor(colour);
    for (const { font, text, width } of stretches(words.flatMap(({ runs }) => runs), (run) => widthOf(run, size))) {
      use(font, size);
      doc.text(text, x, y, { lineBreak: false });
      x += width;
    }
    y += size * lineHeight;
  }

  function block(text: string, style: Style): void {
    y += y === marginPt ? 0 : style.before;
    const widthMax = doc.page.width - 2 * marginPt;
    const words = wordsOf(text, fonts).flatMap((word) => measuredWords(word, { widthMax, measure: (runs) => measured(runs, style.size) }));
    let current: Word[] = [];
    let width = 0;
    for (const word of words) {
      if (width + word.width > widthMax && current.length > 0) {
        line(current, style);
        [current, width] = [[], 0];
        if (word.isSpace) continue;
      }
      current.push(word);
      width += word.width;
    }
    line(current, style);
  }
  return { block };
}

// What stands together in one font is drawn at once.
function stretches(runs: readonly Run[], widthOf: (run: Run) => number): (Run & { width: number })[] {
  const joined: { font: string; text: string; width: number }[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last?.font !== run.font) joined.push({ ...run, width: widthOf(run) });
    else {
      last.text += run.text;
      last.width += widthOf(run);
    }
  }
  return joined;
}

// One that is wider than a line, as a hash is, goes character by character.
function measuredWords(runs: readonly Run[], { widthMax, measure }: { widthMax: number; measure: (runs: readonly Run[]) => number }): Word[] {
  const width = measure(runs);
  const isSpace = runs.every(({ text }) => text.trim() === '');
  if (width <= widthMax) return [{ runs, width, isSpace }];
  return runs.flatMap(({ font, text }) => [...text].map((letter) => ({ runs: [{ font, text: letter }], width: measure([{ font, text: letter }]), isSpace: letter === ' ' })));
}

/** What must not be torn apart: a word of letters, a space, one Chinese character with the punctuation that may not begin a line. */
function wordsOf(text: string, fonts: PdfFonts): Run[][] {
  const pieces = text.match(/ +|[\p{Script=Han}\u3000-\u303f\uff00-\uffef“”‘’][，。、；：？！）》」』”’]*|[^ \p{Script=Han}\u3000-\u303f\uff00-\uffef]+/gu) ?? [];
  return pieces.map((piece) => runsOf(piece, fonts));
}

function runsOf(text: string, fonts: PdfFonts): Run[] {
  const runs: { font: string; text: string }[] = [];
  for (const letter of text) {
    const own = fonts.nameFor(letter.codePointAt(0) ?? 0);
    const font = own ?? fonts.nameFor(missing.codePointAt(0) ?? 0);
    if (font === undefined) continue;
    const shown = own === undefined ? missing : letter;
    const last = runs.at(-1);
    if (last?.font === font) last.text += shown;
    else runs.push({ font, text: shown });
  }
  return runs;
}
