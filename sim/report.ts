// The tables of a budget run, as Markdown: on the screen and in sim/RESULTS.md.
import { writeFileSync } from 'node:fs';
import { machineFacts } from '../bench/results.ts';
import type { Rate } from './budget.ts';
import type { PackResult } from './run-budget.ts';

export function renderPack({ packId, budget, people, photos, photosGiven, enrolledProbes, galleries, burst }: PackResult): string {
  const refused = photosGiven - photos;
  const rows = galleries.map(({ people: size, drawn, coverage, fnir, fpir, wrongPayer, bypassed }) => [
    `${size.toLocaleString('en')}${drawn === 'scores' ? ' †' : ''}`,
    percent(coverage.face), percent(coverage.face_digits), percent(coverage.face_pin), percent(coverage.face_digits_pin), percent(coverage.phone),
    percent(1 - fnir), percent(fnir), tiny(fpir), rate(wrongPayer), rate(bypassed),
  ]);
  const head = ['people', 'face', 'digits', 'PIN', 'digits + PIN', 'phone', 'without the phone', 'FNIR', 'FPIR', 'wrong payer', 'budget bypassed'];
  return [
    `### ${packId}, budget ${tiny(budget)}`,
    `${people.toLocaleString('en')} people, ${photos.toLocaleString('en')} photos with an embedding (${refused} without: refused); the curve of one half of the people, searches among the other half, and the other way round; ${enrolledProbes.toLocaleString('en')} photos of enrolled shoppers, one photo against one template of one photo.`,
    table(head, rows),
    ...(burst ? [`Bursts: a probe and a template of ${burst.framesEach} photos each, fused as plain means, of the ${burst.people} people who have ${2 * burst.framesEach} photos (${burst.impostorPairs.toLocaleString('en')} impostor comparisons), at thresholds of the single-photo curve:`,
      table(['claimed FMR (upper bound)', 'threshold', 'FMR of bursts', 'FNMR of bursts'], burst.rows.map(({ claimed, threshold, fmr, fnmr }) => [tiny(claimed), threshold.toFixed(3), tiny(fmr), percent(fnmr)]))] : []),
  ].join('\n\n');
}

const reading = `Shares of one look of an enrolled shopper. *phone*: no rung holds, or somebody else is in the way. *FPIR*: share of looks of people who are not
enrolled that would show a name. *wrong payer*: per payment, as if all looks and tries were used, of people who are not
enrolled: estimate by the scores there are, and in brackets the upper 95 % bound over pairs of people (Poisson; none seen: rule of three). *budget bypassed*: the control: the best face is taken above the score one
stranger in ten thousand reaches. † larger than the data: each probe's scores drawn again with replacement.`;

export function writeResults(file: URL, { dataSet, packs, verdict }: { readonly dataSet: string; readonly packs: readonly PackResult[]; readonly verdict: string }): string {
  const text = `# What the error budget does\n\nWritten by \`npm run sim -- budget\`. ${machineFacts()} Photos: ${dataSet}.\n\n${reading}\n\n${packs.map(renderPack).join('\n\n')}\n\n${verdict}\n`;
  writeFileSync(file, text);
  return text;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => [head, head.map(() => '---:'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const tiny = (value: number): string => (value === 0 ? '0' : value >= 0.001 ? String(Number(value.toPrecision(2))) : value.toExponential(1));
const rate = ({ estimate, bound }: Rate): string => `${tiny(estimate)} (${tiny(bound)})`;
