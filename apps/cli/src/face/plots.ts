// The three plots of a calibration report.
import type { PackMeasurement } from '@sonrisa/vault/calibrate/index.ts';
import { scorings } from './report.ts';
import type { Report } from './report.ts';
import { decades, plot } from './svg.ts';
import type { Axis, Line } from './svg.ts';

// Told apart also by people who do not see red and green (Okabe and Ito).
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];

const fmrAxis: Axis = { label: 'false match rate', from: 1e-7, to: 1e-2, log: true, ticks: decades(-7, -2) };
const fnmrTicks = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1].map((at) => ({ at, text: `${Number((at * 100).toPrecision(2))} %` }));
const fnmrAxis: Axis = { label: 'false non-match rate', from: 1e-3, to: 1, log: true, ticks: fnmrTicks };

/** Both error rates, each measured point. */
export function drawDet(report: Report): string {
  return plot({ title: 'DET', x: fmrAxis, y: fnmrAxis, lines: curves(report, ({ fmr, fnmr }) => ({ x: fmr, y: fnmr })) });
}

/** The same with what is claimed: FMR at its upper bound, FNMR with its band. */
export function drawFnmr(report: Report): string {
  const x = { ...fmrAxis, label: 'false match rate, upper 95 % bound' };
  return plot({ title: 'FNMR with bounds', x, y: fnmrAxis, lines: curves(report, ({ fmrBounds, fnmr, fnmrBounds }) => ({ x: fmrBounds.high, y: fnmr, ...fnmrBounds })) });
}

type Point = PackMeasurement['cosine']['points'][number];

function curves(report: Report, pointOf: (point: Point) => Line['points'][number]): Line[] {
  return scorings(report).map(({ name, result }, index) => ({
    name,
    colour: colours[index % colours.length] ?? '#000',
    dashed: name.includes('normalised'),
    points: result.points.map(pointOf).filter(({ x }) => x > 0),
  }));
}

const barsMax = 160;

/** Cosines of pairs of one person and of different people, each as a share of its kind. */
export function drawHistogram({ packId, cosine }: PackMeasurement): string {
  const { scores } = cosine;
  const { grid } = scores;
  const seen = [...scores.impostor.keys()].filter((bin) => (scores.impostor[bin] ?? 0) > 0 || (scores.genuine[bin] ?? 0) > 0);
  const first = seen[0] ?? 0;
  const last = seen.at(-1) ?? 1;
  const perBar = Math.max(1, Math.ceil((last - first + 1) / barsMax));
  const score = (bin: number): number => grid.lowest + bin * grid.width;
  const line = (name: string, colour: string, counts: Float64Array, total: number): Line => ({
    name,
    colour,
    points: Array.from({ length: Math.ceil((last - first + 1) / perBar) }, (_, bar) => {
      const from = first + bar * perBar;
      return { x: score(from + perBar / 2), y: counts.subarray(from, from + perBar).reduce((sum, value) => sum + value, 0) / total };
    }),
  });
  const lines = [line('different people', '#d55e00', scores.impostor, scores.impostorCount), line('one person', '#0072b2', scores.genuine, scores.genuineCount)];
  const most = Math.max(...lines.flatMap(({ points }) => points.map(({ y }) => y)));
  const ticks = Array.from({ length: 6 }, (_, step) => score(first) + ((score(last) - score(first)) * step) / 5).map((at) => ({ at, text: at.toFixed(2) }));
  return plot({
    title: `Scores of ${packId}`,
    x: { label: 'cosine', from: score(first), to: score(last + 1), log: false, ticks },
    y: { label: 'share of pairs', from: 0, to: most, log: false, ticks: [0, 0.5, 1].map((part) => ({ at: part * most, text: `${(100 * part * most).toFixed(1)} %` })) },
    lines,
  });
}
