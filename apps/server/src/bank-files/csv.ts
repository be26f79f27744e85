// CSV that opens well in a spreadsheet: a byte order mark for the language, and no cell that a spreadsheet would run as a formula.
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { StatementUnreadable } from './unreadable.ts';

export type CsvRow = Readonly<Record<string, string>>;

export function writeCsv(columns: readonly string[], rows: readonly CsvRow[]): string {
  return stringify([...rows], { header: true, columns: [...columns], bom: true, escape_formulas: true, record_delimiter: 'windows' });
}

/** Rows by the names of the first line. Throws StatementUnreadable. */
export function readCsv(text: string): CsvRow[] {
  try {
    return parse(text, { bom: true, columns: true, skip_empty_lines: true, trim: true }) as CsvRow[];
  } catch (error) {
    throw new StatementUnreadable(`the file is not CSV: ${(error as Error).message}`, { cause: error });
  }
}
