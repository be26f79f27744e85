// Whether one more message goes out: limits by the number, by who asks, by country and all together, and what falling
// conversion adds to them. Pure; the counts come from whoever keeps them.
import { knownForMs, watchedMs, type Breaker, type LimitedScope, type Policy, type Scope, type Window } from './policy.ts';
import type { Subjects } from './subjects.ts';

export type Count = { readonly sent: number; readonly entered: number };
/** Counts of a subject in the `windowMs` before now. */
export type CountOf = (scope: Scope, windowMs: number) => Count;
/**
 * What falling conversion has done. `low`: too few codes are typed in, so whom we do not know gets one each; `spent`: strangers have
 * used up their share of the budget, so only networks with a history do; `off`: conversion is not watched.
 */
export type Watch = 'off' | 'calm' | 'low' | 'spent';
export type Wanted = { readonly scope: Scope; readonly windowMs: number };

/**
 * Why not. `number`: it has had its messages; whoever asks is told nothing. `asker`: the address, network, device, invitation or
 * till has. `range`, `country`, `budget`: numbers like it, its country, all together. `stranger`: too few codes are typed in,
 * so only those we know get one. `country_closed`: no messages go there.
 */
export type Refusal = 'number' | 'asker' | 'range' | 'country' | 'budget' | 'stranger' | 'country_closed';
export type Decision = { readonly is: 'send' } | { readonly is: 'refused'; readonly why: Refusal; readonly scope: Scope };

const askers = ['device', 'invite', 'till', 'address', 'network'] as const;
const known = ['device', 'address', 'network', 'provider'] as const;

/** What `decide` will ask for, so that a store can read it in one go. */
export function wantedCounts(policy: Policy, subjects: Subjects): Wanted[] {
  const wanted: Wanted[] = [];
  for (const scope of ['phone', 'range', ...askers] as const) {
    if (subjects[scope] !== undefined) for (const { windowMs } of policy.windows[scope]) wanted.push({ scope, windowMs });
  }
  if (policy.countriesPerDayMax && !policy.breaker) wanted.push({ scope: 'country', windowMs: watchedMs.day });
  for (const windowMs of Object.values(watchedMs)) wanted.push({ scope: 'installation', windowMs });
  if (policy.breaker) {
    for (const windowMs of Object.values(watchedMs)) wanted.push({ scope: 'country', windowMs });
    for (const scope of known) if (subjects[scope] !== undefined) wanted.push({ scope, windowMs: knownForMs });
  }
  return wanted;
}

/** Before anything is counted. */
export const isClosed = ({ countriesPerDayMax }: Policy, { country = '' }: Subjects): boolean => countriesPerDayMax !== undefined && !countriesPerDayMax.has(country);

export function decide(policy: Policy, { subjects, countOf }: { subjects: Subjects; countOf: CountOf }): Decision {
  const country = subjects.country ?? '';
  const isFull = (scope: LimitedScope) => subjects[scope] !== undefined && policy.windows[scope].some((window) => full(window, countOf(scope, window.windowMs)));
  for (const scope of askers) if (isFull(scope)) return refused('asker', scope);
  if (countOf('installation', watchedMs.hour).sent >= policy.perHourMax) return refused('budget', 'installation');
  if (countOf('installation', watchedMs.day).sent >= policy.perDayMax) return refused('budget', 'installation');
  const ofCountry = policy.countriesPerDayMax?.get(country);
  if (ofCountry !== undefined && countOf('country', watchedMs.day).sent >= ofCountry) return refused('country', 'country');
  const stranger = strangerRefused(policy, { subjects, countOf });
  if (stranger) return refused('stranger', stranger);
  // Last, so that how long a number was asked for changes nothing before it.
  if (isFull('range')) return refused('range', 'range');
  if (isFull('phone')) return refused('number', 'phone');
  return { is: 'send' };
}

function full({ max, of, entersEarn }: Window, { sent, entered }: Count): boolean {
  return of === 'sent' ? sent >= max : sent - entered >= max + (entersEarn === true ? entered : 0);
}

// Watched, over an hour and a day: too few of the codes typed in, beyond what may be on its way. Then an address and a network get as many
// codes as were typed in from there, and one more; past the strangers' share of the budget, a network has that one only where
// its provider's other networks convert.
function strangerRefused(policy: Policy, { subjects, countOf }: { subjects: Subjects; countOf: CountOf }): Scope | undefined {
  const { breaker } = policy;
  if (!breaker || subjects.invite !== undefined || subjects.till !== undefined) return undefined;
  const tripped = (['country', 'installation'] as const).find((scope) => isLow(breaker, (windowMs) => countOf(scope, windowMs)));
  const spent = isShareSpent(policy, breaker, countOf);
  if (tripped === undefined && !spent) return undefined;
  if (subjects.device !== undefined && countOf('device', knownForMs).entered > 0) return undefined;
  const hasRoom = (scope: 'address' | 'network' | 'provider', free: number) => {
    const { sent, entered } = countOf(scope, knownForMs);
    return subjects[scope] !== undefined && sent - entered < entered + free;
  };
  // Carriers hand an address to somebody else every day; the network stays theirs.
  return hasRoom('address', 1) && hasRoom('network', spent && !hasRoom('provider', 0) ? 0 : 1) ? undefined : (tripped ?? 'installation');
}

/** Of the installation as a whole; a country may be low by itself. */
export function watchOf(policy: Policy, countOf: CountOf): Watch {
  const { breaker } = policy;
  if (!breaker) return 'off';
  if (isShareSpent(policy, breaker, countOf)) return 'spent';
  return isLow(breaker, (windowMs) => countOf('installation', windowMs)) ? 'low' : 'calm';
}

/** Too few of the codes of an hour or of a day were typed in, beyond what may be on its way. */
export function isLow({ unenteredFreeMax, unenteredPerEnteredMax }: Breaker, countIn: (windowMs: number) => Count): boolean {
  return (['hour', 'day'] as const).some((span) => {
    const { sent, entered } = countIn(watchedMs[span]);
    return sent - entered > unenteredFreeMax[span] + entered * unenteredPerEnteredMax[span];
  });
}

function isShareSpent({ perHourMax, perDayMax }: Policy, { strangersShareMax }: Breaker, countOf: CountOf): boolean {
  const { hour, day } = watchedMs;
  return isSpent(countOf('installation', hour), perHourMax * strangersShareMax) || isSpent(countOf('installation', day), perDayMax * strangersShareMax);
}

const isSpent = ({ sent, entered }: Count, max: number): boolean => sent - entered >= max;

const refused = (why: Refusal, scope: Scope): Decision => ({ is: 'refused', why, scope });
