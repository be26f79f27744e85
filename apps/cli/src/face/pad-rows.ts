// What a report on presentation attacks says, as rows and sentences: terminal, Markdown and HTML show the same. There is
// no figure over all species on purpose: an attacker does not hold up an average.
import type { PadMeasurement } from '@sonrisa/vault/calibrate/index.ts';
import { bonaFideSpecies, padRates, presentationsForOnePercent, presentationsMin } from '@sonrisa/face/pad/rates.ts';
import type { Rate, SpeciesRates } from '@sonrisa/face/pad/rates.ts';
import { percent } from './report.ts';
import type { Rows } from './report.ts';

export type PadReport = { readonly measuredOn: string; readonly dataSetName: string; readonly threshold: number; readonly measured: PadMeasurement };

export function ratesRows({ measured, threshold }: PadReport): Rows {
  const { bonaFide, attacks } = padRates(measured.presentations, threshold);
  return {
    title: `Error rates at the threshold ${threshold}`,
    note: 'In brackets the exact 95 % bounds. APCER (attacks) and BPCER (live) are of the presentations that were answered, APNRR and BPNRR (no face found, or not a picture) of all.',
    head: ['species', 'shown', 'taken for the other', '', 'no response', ''],
    rows: [bonaFide, ...attacks].map((row) => ratesRow(row)),
  };
}

function ratesRow({ species, presentations, errors, nonResponses }: SpeciesRates): string[] {
  const live = species === bonaFideSpecies;
  return [species, String(presentations), live ? 'BPCER' : 'APCER', bounded(errors), live ? 'BPNRR' : 'APNRR', bounded(nonResponses)];
}

const bounded = ({ share, low, high, count, tries }: Rate): string => (tries === 0 ? 'nothing to count' : `${percent(share)} (${percent(low)} to ${percent(high)}); ${count} of ${tries}`);

const thresholds: readonly number[] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

export function thresholdRows({ measured, threshold }: PadReport): Rows {
  const all = [...new Set([...thresholds, threshold])].sort((a, b) => a - b).map((at) => padRates(measured.presentations, at));
  const [first] = all;
  return {
    title: 'Other thresholds',
    note: 'Each with the upper 95 % bound. Chosen on these very photos a threshold looks better than it is.',
    head: ['threshold', 'BPCER', ...(first?.attacks.map(({ species }) => `APCER ${species}`) ?? [])],
    rows: all.map(({ threshold: at, bonaFide, attacks }) => [`${at}${at === threshold ? ' (in use)' : ''}`, ...[bonaFide, ...attacks].map(({ errors }) => (errors.tries === 0 ? '–' : `${percent(errors.share)} (up to ${percent(errors.high)})`))]),
  };
}

export function scoreRows({ measured, threshold }: PadReport): Rows {
  return {
    title: 'Every photo',
    note: 'Score: 1 looks like a person.',
    head: ['species', 'photo', 'score', 'counts as'],
    rows: measured.presentations.map(({ species, file, score, reason }) => [species, file, score === null ? '–' : score.toFixed(4), score === null ? `no response: ${reason}` : score >= threshold ? 'a person' : 'an attack']),
  };
}

/** What must be read before any figure. */
export function warnings({ measured, threshold }: PadReport): string[] {
  const { bonaFide, attacks } = padRates(measured.presentations, threshold);
  const few = [bonaFide, ...attacks].filter(({ errors }) => errors.tries < presentationsMin);
  return [
    ...few.map(({ species, errors }) => `TOO FEW: ${species} has ${errors.tries} answered ${errors.tries === 1 ? 'photo' : 'photos'}. Its true rate may be anything up to ${percent(errors.high)}: this is a try-out, no measurement (${presentationsMin} spotless ones bound it at 10 %, ${presentationsForOnePercent} at 1 %).`),
    ...(bonaFide.presentations === 0 ? ['NO LIVE PHOTOS: nothing says how many people these nets send back.'] : []),
    'These are photos of one frame each. At a till the nets see several frames of a burst, and the active challenge stands beside them. An attack that is not in this folder was not tried: nothing here says "mask-proof" or "deepfake-proof", and it is no certification.',
  ];
}

export const padMethod: readonly string[] = [
  'Terms are those of ISO/IEC 30107-3. Species are never averaged: the worst one is the one that will be used. Bounds: Clopper and Pearson 1934, two-sided, as if every photo were independent; several photos of one person, one print or one screen are not, and then the true bounds are wider.',
  'Each net takes its own cut-out of the whole photo around the detector’s box; its score is the softmax share of the class that stands for a person, averaged over the nets. Another detector draws another box and gives other scores. The camera’s orientation (EXIF) is applied first.',
];

export function netLines({ measured }: PadReport): string[] {
  return measured.nets.map(({ file, origin, licence, cropScale }) => `${file.split('/').at(-1)}, cut at ${cropScale} × the box: ${origin}; ${licence}.`);
}
