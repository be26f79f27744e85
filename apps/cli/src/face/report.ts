// What a calibration report says, as rows and sentences: terminal, Markdown and HTML show the same.
import type { ListResult, NamedError, PackMeasurement, ScoringResult } from '@sonrisa/vault/calibrate/index.ts';

export type Report = {
  readonly measuredOn: string;
  readonly dataSetName: string;
  readonly packs: readonly PackMeasurement[];
};

export type Drawing = { readonly file: string; readonly title: string; readonly svg: string };

export type Rows = { readonly title: string; readonly note?: string; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** Each way of scoring of each pack. */
export function scorings(report: Report): { readonly name: string; readonly result: ScoringResult }[] {
  return report.packs.flatMap(({ packId, cosine, normalised }) => [
    { name: packId, result: cosine },
    ...(normalised ? [{ name: `${packId}, normalised`, result: normalised }] : []),
  ]);
}

export function photoRows(report: Report): Rows {
  return {
    title: 'Photos',
    note: 'No embedding (failure to enrol): no face was found or the file was refused. Gate: what an enrolment would have sent back; these photos are compared all the same.',
    head: ['pack', 'people', 'photos', 'no embedding', 'gate would send back'],
    rows: report.packs.map(({ packId, people, photosGiven, embedded, refusals, gated }) => [
      packId,
      count(people),
      count(photosGiven),
      `${count(photosGiven - embedded)}${reasons(refusals)}`,
      `${count(total(gated))}${reasons(gated)}`,
    ]),
  };
}

/** Each way of scoring the pairs of the list, of each pack. */
export function lists(report: Report): { readonly name: string; readonly list: ListResult }[] {
  return report.packs.flatMap(({ packId, list, normalisedList }) => [
    ...(list ? [{ name: packId, list }] : []),
    ...(normalisedList ? [{ name: `${packId}, normalised`, list: normalisedList }] : []),
  ]);
}

export function accuracyRows(report: Report): Rows {
  return {
    title: 'Accuracy on the listed pairs',
    note: 'Ten folds in the order of the list, the threshold of each chosen on the other nine; one photo against one photo; a pair without an embedding counts as refused. Accuracy: the mean of the two rates after it, with 95 % bounds; LFW’s own list has as many pairs of one person as of two, so this is the figure that compares with published ones. Share of the list: of all its pairs, each weighing alike, whichever kind is the commoner. Normalised: everybody in the photos but the two compared are the strangers.',
    head: ['pack', 'accuracy, both kinds alike', 'accepted of one person', 'refused of two', 'share of the list', 'pairs', 'absent'],
    rows: lists(report).map(({ name, list }) => [
      name,
      withBounds(list.balanced),
      percent(list.balanced.trueMatchRate),
      percent(list.balanced.trueNonMatchRate),
      `${percent(list.accuracy)} ± ${percent(list.standardError)}`,
      `${count(list.pairs)} (${count(list.same)} same)`,
      count(list.absent),
    ]),
  };
}

// The rates are far from the ends and the pairs many: the normal distribution's bounds will do.
const withBounds = ({ accuracy, standardError }: ListResult['balanced']): string =>
  `${percent(accuracy)} [${percent(accuracy - 1.96 * standardError)}, ${percent(Math.min(1, accuracy + 1.96 * standardError))}]`;

export function listErrorRows(report: Report): Rows[] {
  return lists(report).map(({ name, list }) => ({
    title: `${name}: worst errors on the list`,
    note: `Of ${count(list.balanced.wrong.length)} told wrongly with the balanced threshold (${list.balanced.threshold.toFixed(3)}), the furthest from it. Look at them: a label may be wrong, or the face another than the one meant.`,
    head: ['score', 'labelled', 'photo', 'photo'],
    rows: list.worst.map(({ a, b, score, same }) => [score.toFixed(4), same ? 'one person' : 'two people', a, b]),
  }));
}

export function operatingRows(report: Report): Rows {
  return {
    title: 'False non-matches at a false match rate',
    note: 'Each photo with every other. In brackets 95 % bounds by a bootstrap over people, the threshold found anew each time. † past the data: less than one false match expected at this rate.',
    head: ['pack', ...(scorings(report)[0]?.result.operating.map(({ fmrTarget }) => `FMR ${exponent(fmrTarget)}`) ?? [])],
    rows: scorings(report).map(({ name, result }) => [
      name,
      ...result.operating.map(({ fnmr, fnmrBounds, threshold, withinData }) => `${percent(fnmr)} [${percent(fnmrBounds.low)}, ${percent(fnmrBounds.high)}] at ${threshold.toFixed(3)}${withinData ? '' : ' †'}`),
    ]),
  };
}

export function curveRows({ name, result }: { readonly name: string; readonly result: ScoringResult }): Rows {
  return {
    title: `Curve of ${name}`,
    note: `${count(result.scores.impostorCount)} impostor pairs of photos, ${count(result.scores.identityPairCount)} pairs of people, ${count(result.scores.genuineCount)} genuine pairs. No claim below ${exponent(result.fmrFloor)} (rule of three over the pairs of people).${result.strangers === null ? '' : ` Scores relative to the 200 nearest of ${count(result.strangers)} strangers.`}`,
    head: ['threshold', 'FMR measured', 'lower', 'upper', 'FNMR', 'lower', 'upper'],
    rows: result.points.map(({ threshold, fmr, fmrBounds, fnmr, fnmrBounds }) => [
      threshold.toFixed(4), exponent(fmr), exponent(fmrBounds.low), exponent(fmrBounds.high), percent(fnmr), percent(fnmrBounds.low), percent(fnmrBounds.high),
    ]),
  };
}

export function worstRows({ name, result }: { readonly name: string; readonly result: ScoringResult }): Rows[] {
  const rows = (errors: readonly NamedError[]) => errors.map(({ a, b, score }) => [score.toFixed(4), a, b]);
  const head = ['score', 'photo', 'photo'];
  return [
    { title: `${name}: lowest scores of one person`, note: 'One a person. Look at them: a label may be wrong.', head, rows: rows(result.worstGenuine) },
    { title: `${name}: highest scores of two people`, note: 'One a pair of people. The same person under two names spoils a curve.', head, rows: rows(result.worstImpostors) },
  ];
}

/** Whether what each pack claimed before holds on these photos. */
export function claimLines(report: Report): string[] {
  return report.packs.flatMap(({ packId, claimed }) =>
    claimed.map(
      ({ curveId, holds, worstRatio, threshold }) =>
        `The curve ${curveId} of the pack ${packId} ${holds ? 'holds' : 'DOES NOT HOLD'} here: measured is at most ${worstRatio.toFixed(2)} of what it claims with its safety factor (at ${threshold.toFixed(3)}).`,
    ),
  );
}

export const method: readonly string[] = [
  'FMR: share of pairs of photos of different people scoring at least the threshold. FNMR: share of pairs of one person scoring less; photos without a face are not in it.',
  'Bounds: people are drawn with replacement, with all their photos, 1,000 times (vertex bootstrap: Snijders and Borgatti 1999; Owen 2007; Fogliato, Patil and Perona 2024). Where errors are few, the upper bound is the exact Poisson one over pairs of people, with none the rule of three.',
  'Normalised: each score minus the mean, over the standard deviation, of that side’s 200 best scores against strangers, averaged over both sides. Each half of the people is scored with the other half as strangers, so only pairs within a half are counted.',
];

export const count = (value: number): string => value.toLocaleString('en');
export const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(2)} %` : '–');
export const exponent = (value: number): string => (value === 0 ? '0' : Number.isFinite(value) ? value.toExponential(value < 1 && Math.log10(value) % 1 === 0 ? 0 : 2) : '–');

const total = (counts: Readonly<Record<string, number | undefined>>): number => Object.values(counts).reduce<number>((sum, value) => sum + (value ?? 0), 0);

function reasons(counts: Readonly<Record<string, number | undefined>>): string {
  const parts = Object.entries(counts).map(([reason, value]) => `${reason} ${value ?? 0}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
