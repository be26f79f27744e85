// A card with a heading, and the tables inside it: rows of names and figures.
import type { ReactNode } from 'react';
import { intlLocale } from '../i18n/language.ts';
import { useLanguage } from '../i18n/setup.ts';
import { Card } from '../ui/Card.tsx';

export function Panel(props: { title: string; text?: string; testId: string; children: ReactNode }) {
  return (
    <Card className="flex flex-col gap-4 min-w-0" testId={props.testId}>
      <div>
        <h2 className="text-xl font-extrabold">{props.title}</h2>
        {props.text === undefined ? null : <p className="text-soft text-sm">{props.text}</p>}
      </div>
      {props.children}
    </Card>
  );
}

/** The first column is text, the others are figures unless they say otherwise. */
export function FigureTable(props: { caption: string; heads: readonly string[]; texts?: readonly number[]; rows: readonly { id: string; cells: readonly ReactNode[] }[] }) {
  const { language } = useLanguage();
  const number = new Intl.NumberFormat(intlLocale(language));
  const isText = (at: number): boolean => at === 0 || (props.texts ?? []).includes(at);
  return (
    // On a narrow screen it is scrolled, by the keyboard too.
    <div className="overflow-x-auto -mx-2" tabIndex={0} role="group" aria-label={props.caption}>
      <table className="w-full text-left">
        <caption className="sr-only">{props.caption}</caption>
        <thead className="text-sm text-soft border-b border-line">
          <tr>
            {props.heads.map((head, at) => (
              <th key={head} scope="col" className={`px-2 py-2 font-bold align-bottom ${isText(at) ? '' : 'text-right'}`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {props.rows.map(({ id, cells }) => (
            <tr key={id}>
              {cells.map((cell, at) =>
                at === 0 ? (
                  <th key={at} scope="row" className="px-2 py-2.5 font-semibold text-left">
                    {cell}
                  </th>
                ) : (
                  <td key={at} className={`px-2 py-2.5 ${isText(at) ? '[overflow-wrap:anywhere]' : 'text-right tabular-nums whitespace-nowrap'}`}>
                    {typeof cell === 'number' ? number.format(cell) : cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
