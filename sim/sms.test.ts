// A short day of the simulation, with its controls: the guard is the server's.
import { beforeAll, describe, expect, it } from 'vitest';
import { attacks } from './sms/attacks.ts';
import { createAgenda } from './sms/events.ts';
import { budgetOnly, findingsOf, guarded, sentIn, servedWanted, unguarded } from './sms/findings.ts';
import { cityOf } from './sms/people.ts';
import { runSms, type SmsResult } from './sms/run.ts';

const size = { peoplePerDay: 200, requests: 2_000, seed: 3 };
const budget = { perHourMax: 100, perDayMax: 700 };
const names = attacks.map((make) => make({ city: cityOf(size.peoplePerDay), random: () => 0.5, requests: 1 }).name).filter((name) => !name.endsWith('pool'));

describe('abusive requests for text messages', () => {
  let results: SmsResult[];
  let controls: { unguarded: SmsResult; budgetOnly: SmsResult };
  beforeAll(async () => {
    const run = (attackName: string, policy = guarded(budget)) => runSms({ ...size, attackName, policy });
    results = [];
    for (const name of names) results.push(await run(name));
    controls = { unguarded: await run('one address', unguarded), budgetOnly: await run('one address', budgetOnly(budget)) };
  });

  it('stay within budget and leave honest people served; without protection neither', () => {
    expect(findingsOf({ results, controls, budget })).toEqual([]);
    expect(sentIn(controls.unguarded)).toBeGreaterThan(size.requests);
  });

  it('tells when the budget is not kept, people are not served, or a control holds', () => {
    const [first] = results;
    if (!first) throw new Error('no results');
    expect(findingsOf({ results: [{ ...first, sentToAttackers: 10_000 }], controls, budget })).toHaveLength(1);
    expect(findingsOf({ results: [{ ...first, served: servedWanted - 0.001 }], controls, budget })).toHaveLength(1);
    expect(findingsOf({ results: [], controls: { unguarded: first, budgetOnly: first }, budget })).toHaveLength(2);
  });

  it('are the same with the same seed', async () => {
    const again = await runSms({ ...size, attackName: 'one number', policy: guarded(budget) });
    expect(again).toEqual(results.find(({ attack }) => attack === 'one number'));
  });
});

it('an agenda gives events by time, equal ones in the order they came', () => {
  const agenda = createAgenda<string>();
  for (const [atMs, what] of [[3, 'c'], [1, 'a'], [2, 'b'], [1, 'a2'], [9, 'late']] as const) agenda.add({ atMs, what });
  const order = Array.from({ length: 5 }, () => agenda.nextUntil(5)?.what);
  expect(order).toEqual(['a', 'a2', 'b', 'c', undefined]);
});
