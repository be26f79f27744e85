// How many text messages go out, as data: by whom they are for, by who asks, and all together. A message counts as *unentered*
// until its code was typed in: people who enrol use up next to nothing, whoever cannot read the phones they name uses up all.
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export const scopes = ['phone', 'device', 'invite', 'till', 'address', 'network', 'provider', 'range', 'country', 'installation'] as const;
export type Scope = (typeof scopes)[number];
export type LimitedScope = Exclude<Scope, 'provider' | 'country' | 'installation'>;

/**
 * At most `max` in any `windowMs`. Of `sent`: whatever became of them. Of `unentered`: those whose code was not typed in (yet);
 * with `entersEarn`, each that was typed in allows one more.
 */
export type Window = { readonly windowMs: number; readonly max: number; readonly of: 'sent' | 'unentered'; readonly entersEarn?: boolean };

export type Policy = {
  readonly windows: Readonly<Record<LimitedScope, readonly Window[]>>;
  /** ISO 3166 country → messages a day; undefined: every country, without a number of its own. */
  readonly countriesPerDayMax: ReadonlyMap<string, number> | undefined;
  readonly perHourMax: number;
  readonly perDayMax: number;
  /** Undefined: conversion is not watched. */
  readonly breaker: Breaker | undefined;
};

/** What falling conversion does. Both levels look at the country and at the installation, and spare whom we know. */
export type Breaker = {
  /** So many unentered are normal, whatever the share: they may still be on their way. */
  readonly unenteredFreeMax: { readonly hour: number; readonly day: number };
  /** Beyond those, so many unentered for one that was typed in. */
  readonly unenteredPerEnteredMax: { readonly hour: number; readonly day: number };
  /** Past this share of the hour's or the day's messages unentered, strangers get none. */
  readonly strangersShareMax: number;
};

/** A slice is counted whole while a part of it lies in the window: a limit may hold longer than it says, never shorter. */
export const sliceMs: Readonly<Record<Scope, number>> = {
  phone: minuteMs, device: 10 * minuteMs, invite: 10 * minuteMs, till: 10 * minuteMs, address: 10 * minuteMs,
  network: 10 * minuteMs, provider: 10 * minuteMs, range: 10 * minuteMs, country: 10 * minuteMs, installation: 10 * minuteMs,
};

export const phoneWindows: readonly Window[] = [
  { windowMs: 10 * minuteMs, max: 3, of: 'sent' },
  { windowMs: dayMs, max: 10, of: 'sent' },
];
/** How far back an address, its networks or a device is known by the codes that were typed in from there. */
export const knownForMs = 7 * dayMs;
export const countsKeptMs = 8 * dayMs;
export const watchedMs = { hour: hourMs, day: dayMs } as const;

type Budget = Pick<Policy, 'perHourMax' | 'perDayMax' | 'countriesPerDayMax'>;

/** Where messages cost money. */
export function fullPolicy(budget: Budget): Policy {
  return {
    ...budget,
    windows: {
      phone: phoneWindows,
      device: [
        { windowMs: hourMs, max: 4, of: 'unentered' },
        { windowMs: dayMs, max: 8, of: 'unentered' },
        { windowMs: dayMs, max: 20, of: 'sent' },
      ],
      invite: [{ windowMs: hourMs, max: 5, of: 'sent' }],
      till: [
        { windowMs: hourMs, max: 60, of: 'sent' },
        { windowMs: dayMs, max: 600, of: 'sent' },
      ],
      // A shop's Wi-Fi and a carrier's gateway are one address for many: each that converts makes room for another.
      address: [
        { windowMs: hourMs, max: 8, of: 'unentered', entersEarn: true },
        { windowMs: dayMs, max: 20, of: 'unentered', entersEarn: true },
      ],
      network: [
        { windowMs: hourMs, max: 30, of: 'unentered', entersEarn: true },
        { windowMs: dayMs, max: 60, of: 'unentered', entersEarn: true },
      ],
      // Ten thousand numbers in a row: fraud on bought numbers types its codes in, so all are counted.
      range: [
        { windowMs: dayMs, max: 15, of: 'unentered', entersEarn: true },
        { windowMs: dayMs, max: Math.max(20, Math.floor(budget.perDayMax / 200)), of: 'sent' },
      ],
    },
    breaker: {
      unenteredFreeMax: { hour: Math.max(20, Math.floor(budget.perHourMax / 50)), day: Math.max(40, Math.floor(budget.perHourMax / 25)) },
      unenteredPerEnteredMax: { hour: 1 / 2, day: 1 / 3 },
      strangersShareMax: 1 / 2,
    },
  };
}

/** A sandbox's messages cost nothing and all come from one machine: the limits of a number, and the hour's. */
export function sandboxPolicy({ perHourMax }: { perHourMax: number }): Policy {
  const none: readonly Window[] = [];
  return {
    windows: { phone: phoneWindows, device: none, invite: none, till: none, address: none, network: none, range: none },
    countriesPerDayMax: undefined,
    perHourMax,
    perDayMax: Number.MAX_SAFE_INTEGER,
    breaker: undefined,
  };
}
