// The tables of a run against text messages, as Markdown: on the screen and in sim/SMS.md.
import { writeFileSync } from 'node:fs';
import { machineFacts } from '../../bench/results.ts';
import { percent, sentIn, type SmsBudget } from './findings.ts';
import { shares } from './people.ts';
import type { SmsResult } from './run.ts';

type Report = {
  readonly budget: SmsBudget;
  readonly results: readonly SmsResult[];
  readonly beyond: readonly SmsResult[];
  readonly controls: { readonly unguarded: SmsResult; readonly budgetOnly: SmsResult };
  readonly verdict: string;
};

export function writeSmsReport(file: URL, report: Report): string {
  const text = renderSmsReport(report);
  writeFileSync(file, `# Abusive requests for text messages\n\nWritten by \`npm run sim -- sms\`. ${machineFacts()}\n\n${text}\n`);
  return text;
}

export function renderSmsReport({ budget, results, beyond, controls, verdict }: Report): string {
  const [first] = results;
  const people = first?.people ?? 0;
  return [
    `A week of honest people, then a day of ${people.toLocaleString('en')} of them beside ${(first?.requests ?? 0).toLocaleString('en')} abusive requests from eleven in the morning on, through the guard the server asks (\`apps/server/src/sms-guard\`) with a simulated clock and counts in memory. Budget: ${budget.perHourMax.toLocaleString('en')} messages an hour, ${budget.perDayMax.toLocaleString('en')} a day.`,
    `Assumed of the people: ${inWords(shares.invited)} come by a till's invitation, ${inWords(shares.returning)} of the others on a phone that typed a code in within the week; ${inWords(shares.carrier)} behind carriers' gateways, ${inWords(shares.shop)} in shops' Wi-Fi, ${inWords(shares.home)} at home, ${inWords(shares.unseen)} in networks nobody came from (${inWords(shares.unseenOfKnownProvider)} of these of a provider others came from); ${inWords(shares.typedIn)} of the codes are typed in. Served: a code went out at one of three asks in six minutes, the third by a till's invitation for the ${inWords(shares.inShop)} who stand in a shop.`,
    table(results),
    `Beyond what the strangers' share of the budget can hold:`,
    table(beyond),
    'Controls, which must fail: no protection; the hour\'s and the day\'s budget alone.',
    table([{ ...controls.unguarded, what: `${controls.unguarded.what}; no protection` }, { ...controls.budgetOnly, what: `${controls.budgetOnly.what}; the budget alone` }]),
    verdict,
  ].join('\n\n');
}

function table(results: readonly SmsResult[]): string {
  const rows = results.map((result) => [
    result.attack, result.what, percent(result.servedAtOnce), percent(result.served), count(result.sentToPeople), count(result.sentToAttackers), count(sentIn(result)), count(result.busiestHour),
    result.guesses === 0 ? '' : `${count(result.guesses)}, ${result.hits} right`,
    Object.entries(result.refused).map(([why, times]) => `${why} ${count(times)}`).join(', '),
  ]);
  const head = ['attack', 'asks for', 'served at once', 'served', 'to people', 'to attackers', 'messages', 'busiest hour', 'guesses', 'refused because of'];
  return [head, head.map((_, at) => (at > 1 && at < 8 ? '---:' : '---')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const count = (value: number): string => value.toLocaleString('en');
const inWords = (share: number): string => `${Math.round(share * 100)} %`;
