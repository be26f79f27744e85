// `npm run sim -- sms`: a million abusive requests for text messages beside a day of honest people; writes sim/SMS.md.
//   --requests N   default 1,000,000
//   --people N     honest people a day, default 6,000
//   --seed N       default 1
import { parseArgs } from 'node:util';
import { attacks } from './attacks.ts';
import { budgetOnly, findingsOf, guarded, unguarded } from './findings.ts';
import { cityOf } from './people.ts';
import { writeSmsReport } from './report.ts';
import { runSms, type SmsResult } from './run.ts';

/** Of what people need: a day and a half's messages, and two fifths of them in one hour. */
const budgetOf = (peoplePerDay: number) => ({ perHourMax: Math.round(peoplePerDay / 2), perDayMax: Math.round((peoplePerDay * 10) / 3) });
const beyond = ['local pool', 'large pool'];

export async function smsCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { requests: { type: 'string', default: '1000000' }, people: { type: 'string', default: '6000' }, seed: { type: 'string', default: '1' } } });
  const [requests, peoplePerDay, seed] = [Number(values.requests), Number(values.people), Number(values.seed)];
  if (![requests, peoplePerDay, seed].every((value) => Number.isSafeInteger(value) && value > 0)) {
    console.error('usage: npm run sim -- sms [--requests N] [--people N] [--seed N]');
    return 2;
  }
  const budget = budgetOf(peoplePerDay);
  const run = async (attackName: string, policy = guarded(budget)): Promise<SmsResult> => {
    console.error(`${attackName} …`);
    return runSms({ attackName, policy, peoplePerDay, requests, seed });
  };
  const names = attacks.map((make) => make({ city: cityOf(peoplePerDay), random: () => 0.5, requests }).name);
  const results: SmsResult[] = [];
  for (const name of names) results.push(await run(name));
  const controls = { unguarded: await run('pool', unguarded), budgetOnly: await run('pool', budgetOnly(budget)) };
  const within = results.filter(({ attack }) => !beyond.includes(attack));
  const wrong = findingsOf({ results: within, controls, budget });
  const verdict = wrong.length === 0 ? 'Within budget and at least 99 % of the honest people served under each attack; without the protection neither.' : wrong.join('\n');
  console.log(writeSmsReport(new URL('../SMS.md', import.meta.url), { budget, results: within, beyond: results.filter(({ attack }) => beyond.includes(attack)), controls, verdict }));
  return wrong.length === 0 ? 0 : 1;
}
