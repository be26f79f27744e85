// A week of honest people, then a day of them and an attack, through the guard the server asks. The clock and the store are
// simulated, the decisions are not.
import { createSeededRandom } from '@sonrisa/face/calibrate/seeded-random.ts';
import type { Slice } from '../../apps/server/src/sms-guard/counts.ts';
import { createSmsGuard, type Policy } from '../../apps/server/src/sms-guard/index.ts';
import { createMemoryCounts } from '../../apps/server/src/sms-guard/testing/memory-counts.ts';
import { attacks, type Attack } from './attacks.ts';
import { createAgenda } from './events.ts';
import { arrivals, cityOf, createPeople, shares, typeInMs, type Asker, type Person } from './people.ts';

export type SmsRun = { readonly attackName: string; readonly policy: Policy; readonly peoplePerDay: number; readonly requests: number; readonly seed: number };

export type SmsResult = {
  readonly attack: string;
  readonly what: string;
  readonly requests: number;
  readonly people: number;
  /** Of the people of the attack's day: a code at the first ask, and within their three asks in six minutes. */
  readonly servedAtOnce: number;
  readonly served: number;
  readonly sentToPeople: number;
  readonly sentToAttackers: number;
  readonly busiestHour: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Guesses at codes that had gone out, and how many were right. */
  readonly guesses: number;
  readonly hits: number;
};

const dayMs = 24 * 60 * 60_000;
const hourMs = 60 * 60_000;
const warmUpDays = 7;
/** Before noon, when honest people begin to come. */
const attackFromHour = 11;
/** Whoever is refused asks again after a minute, and five minutes later; then by a till's invitation, whoever stands in a shop. */
const askAgainMs = [60_000, 300_000] as const;
const codeTries = 3;
const startMs = Date.UTC(2026, 0, 5);

type What = { is: 'asks'; person: Person } | { is: 'types'; person: Person; counted: readonly Slice[] } | { is: 'attacker types'; counted: readonly Slice[] };

export async function runSms({ attackName, policy, peoplePerDay, requests, seed }: SmsRun): Promise<SmsResult> {
  const random = createSeededRandom(seed);
  const city = cityOf(peoplePerDay);
  const people = createPeople(city, random);
  const attack = attacks.map((make) => make({ city, random, requests })).find(({ name }) => name === attackName);
  if (!attack) throw new Error(`there is no attack "${attackName}"`);
  const clock = { ms: startMs };
  const store = createMemoryCounts();
  const guard = createSmsGuard({ policy, nowMs: () => clock.ms, mark: (text) => text });
  const agenda = createAgenda<What>();
  const attackFromMs = startMs + warmUpDays * dayMs + attackFromHour * hourMs;
  const tally = newTally(attackFromMs);

  const ask = ({ phone, country, address, deviceId, inviteId }: Asker) => guard.ask(store, { phone: { e164: phone, country }, from: { address, deviceId, inviteId } });
  const personAsks = async (person: Person) => {
    person.asks += 1;
    const asked = await ask(person.asker);
    if (asked.is === 'refused') {
      const againMs = askAgainMs[person.asks - 1];
      if (person.asks === askAgainMs.length && person.inShop) person.asker = people.invited(person.asker);
      if (againMs !== undefined) agenda.add({ atMs: clock.ms + againMs, what: { is: 'asks', person } });
      return;
    }
    tally.sent(clock.ms, 'people');
    if (person.codes === 0 && person.counts) tally.serve(person.asks);
    person.codes += 1;
    if (random() < shares.typedIn) agenda.add({ atMs: clock.ms + typeInMs.least + random() * (typeInMs.most - typeInMs.least), what: { is: 'types', person, counted: asked.counted } });
    else if (person.codes === 1) agenda.add({ atMs: clock.ms + 60_000, what: { is: 'asks', person } });
  };
  const handle = async (what: What) => {
    if (what.is === 'asks') return personAsks(what.person);
    await guard.entered(store, what.counted);
    if (what.is === 'types') people.typedIn(what.person.asker);
  };
  const runUntil = async (untilMs: number) => {
    for (let event = agenda.nextUntil(untilMs); event; event = agenda.nextUntil(untilMs)) {
      clock.ms = event.atMs;
      await handle(event.what);
    }
    clock.ms = untilMs;
  };

  for (let day = 0; day <= warmUpDays + 1; day += 1) {
    for (const ofDayMs of arrivals(peoplePerDay, random)) {
      const atMs = startMs + day * dayMs + Math.floor(ofDayMs);
      const counts = atMs >= attackFromMs && atMs < attackFromMs + dayMs;
      if (counts) tally.come();
      if (atMs < attackFromMs + dayMs) agenda.add({ atMs, what: { is: 'asks', person: { asker: people.next(), inShop: people.isInShop(), counts, asks: 0, codes: 0 } } });
    }
    if (day < warmUpDays) await runUntil(startMs + (day + 1) * dayMs);
  }
  for (let index = 0; index < requests; index += 1) {
    await runUntil(attackFromMs + Math.floor((index * dayMs) / requests));
    const asked = await ask(attack.asker(index));
    if (asked.is === 'refused') tally.refuse(asked.why);
    else {
      tally.sent(clock.ms, 'attackers');
      if (attack.typesIn) agenda.add({ atMs: clock.ms + typeInMs.least, what: { is: 'attacker types', counted: asked.counted } });
      if (attack.guesses) tally.guess(codeOf(random), Array.from({ length: codeTries }, () => codeOf(random)));
    }
  }
  await runUntil(attackFromMs + dayMs + 2 * hourMs);
  return tally.result(attack, { requests });
}

const codeOf = (random: () => number): number => Math.floor(random() * 1e6);

function newTally(fromMs: number) {
  const [sent, hours, refused] = [{ people: 0, attackers: 0 }, new Map<number, number>(), {} as Record<string, number>];
  let [people, servedAtOnce, served, guesses, hits] = [0, 0, 0, 0, 0];
  return {
    come: () => {
      people += 1;
    },
    sent: (atMs: number, to: keyof typeof sent) => {
      if (atMs < fromMs) return;
      sent[to] += 1;
      const hour = Math.floor((atMs - fromMs) / hourMs);
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    },
    serve: (asks: number) => {
      served += 1;
      if (asks === 1) servedAtOnce += 1;
    },
    refuse: (why: string) => {
      refused[why] = (refused[why] ?? 0) + 1;
    },
    guess: (code: number, tries: readonly number[]) => {
      guesses += tries.length;
      if (tries.includes(code)) hits += 1;
    },
    result: ({ name, what }: Attack, { requests }: { requests: number }): SmsResult => ({
      attack: name, what, requests, people,
      servedAtOnce: servedAtOnce / people,
      served: served / people,
      sentToPeople: sent.people,
      sentToAttackers: sent.attackers,
      busiestHour: Math.max(0, ...hours.values()),
      refused, guesses, hits,
    }),
  };
}
