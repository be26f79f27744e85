// A plot in plain SVG: a frame, two axes with ticks, lines and bands in it, a legend.

export type Axis = { readonly label: string; readonly from: number; readonly to: number; readonly log: boolean; readonly ticks: readonly { readonly at: number; readonly text: string }[] };

export type Line = {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[];
  readonly dashed?: boolean;
};

const width = 860;
const height = 460;
const left = 80;
const top = 20;
const plotWidth = 540;
const plotHeight = 370;

export function plot(input: { readonly title: string; readonly x: Axis; readonly y: Axis; readonly lines: readonly Line[] }): string {
  const { title, x, y, lines } = input;
  const place = { x: (value: number) => left + plotWidth * along(x, value), y: (value: number) => top + plotHeight * (1 - along(y, value)) };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}" font-family="system-ui,sans-serif" font-size="13" fill="#1d2733">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...x.ticks.map(({ at, text }) => `<path d="M${px(place.x(at))} ${top}v${plotHeight}" stroke="#e2e8f0"/><text x="${px(place.x(at))}" y="${top + plotHeight + 18}" text-anchor="middle">${escapeXml(text)}</text>`),
    ...y.ticks.map(({ at, text }) => `<path d="M${left} ${px(place.y(at))}h${plotWidth}" stroke="#e2e8f0"/><text x="${left - 8}" y="${px(place.y(at) + 4)}" text-anchor="end">${escapeXml(text)}</text>`),
    `<rect x="${left}" y="${top}" width="${plotWidth}" height="${plotHeight}" fill="none" stroke="#94a3b8"/>`,
    `<text x="${left + plotWidth / 2}" y="${height - 20}" text-anchor="middle">${escapeXml(x.label)}</text>`,
    `<text transform="translate(20 ${top + plotHeight / 2}) rotate(-90)" text-anchor="middle">${escapeXml(y.label)}</text>`,
    ...lines.map((line) => drawLine(line, place)),
    ...lines.map(({ name, colour, dashed }, row) => `<path d="M${left + plotWidth + 20} ${top + 12 + 24 * row}h24" stroke="${colour}" stroke-width="2.5"${dashes(dashed)}/><text x="${left + plotWidth + 52}" y="${top + 16 + 24 * row}">${escapeXml(name)}</text>`),
    '</svg>',
  ].join('\n');
}

/** Powers of ten from 10^low to 10^high. */
export function decades(low: number, high: number): Axis['ticks'] {
  return Array.from({ length: high - low + 1 }, (_, step) => ({ at: 10 ** (low + step), text: `1e${low + step}` }));
}

export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

// 0..1 along the axis; what lies outside is drawn at its end.
function along({ from, to, log }: Axis, value: number): number {
  const share = log ? Math.log(Math.max(value, Number.MIN_VALUE) / from) / Math.log(to / from) : (value - from) / (to - from);
  return Math.min(1, Math.max(0, share));
}

function drawLine({ points, colour, dashed }: Line, place: { x(value: number): number; y(value: number): number }): string {
  const at = (x: number, y: number): string => `${px(place.x(x))} ${px(place.y(y))}`;
  const banded = points.flatMap(({ x, low, high }) => (low === undefined || high === undefined ? [] : [{ x, low, high }]));
  const edge = [...banded.map(({ x, high }) => at(x, high)), ...banded.toReversed().map(({ x, low }) => at(x, low))];
  const band = edge.length === 0 ? '' : `<path d="M${edge.join('L')}Z" fill="${colour}" opacity="0.15"/>`;
  return `${band}<path d="M${points.map(({ x, y }) => at(x, y)).join('L')}" fill="none" stroke="${colour}" stroke-width="2"${dashes(dashed)}/>`;
}

const dashes = (dashed: boolean | undefined): string => (dashed ? ' stroke-dasharray="6 4"' : '');
const px = (value: number): string => value.toFixed(1);
