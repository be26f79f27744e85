// Error rates of presentation attack detection in the terms of ISO/IEC 30107-3: each attack species by itself, never a
// mean over species, since an attacker chooses the one that works. Bounds are exact, and with few presentations very wide.
import { clopperPearson } from '../calibrate/bounds.ts';
import type { Interval } from '../calibrate/bounds.ts';

export const bonaFideSpecies = 'live';

export interface Presentation {
  /** 'live', or what was held up: print, screen, mask … */
  readonly species: string;
  readonly file: string;
  /** 0..1, 1 looks like a person; null: no response. */
  readonly score: number | null;
  /** Why there was none. */
  readonly reason: string | null;
}

export interface Rate extends Interval {
  /** Cases of tries; NaN of none. */
  readonly share: number;
  readonly count: number;
  readonly tries: number;
}

export interface SpeciesRates {
  readonly species: string;
  readonly presentations: number;
  /** Bona fide: BPCER. An attack species: its APCER. Of the presentations that were answered. */
  readonly errors: Rate;
  /** BPNRR, APNRR: of all presentations. */
  readonly nonResponses: Rate;
}

export interface PadRates {
  /** A presentation whose score reaches it counts as a person. */
  readonly threshold: number;
  readonly bonaFide: SpeciesRates;
  /** By name. */
  readonly attacks: readonly SpeciesRates[];
}

export function padRates(presentations: readonly Presentation[], threshold: number): PadRates {
  const species = [...new Set(presentations.map((shown) => shown.species))].filter((name) => name !== bonaFideSpecies).sort();
  const of = (name: string): readonly Presentation[] => presentations.filter((shown) => shown.species === name);
  return {
    threshold,
    bonaFide: ratesOf(bonaFideSpecies, of(bonaFideSpecies), (score) => score < threshold),
    attacks: species.map((name) => ratesOf(name, of(name), (score) => score >= threshold)),
  };
}

function ratesOf(species: string, shown: readonly Presentation[], isError: (score: number) => boolean): SpeciesRates {
  const scores = shown.flatMap(({ score }) => (score === null ? [] : [score]));
  return {
    species,
    presentations: shown.length,
    errors: rateOf(scores.filter(isError).length, scores.length),
    nonResponses: rateOf(shown.length - scores.length, shown.length),
  };
}

function rateOf(count: number, tries: number): Rate {
  return { count, tries, share: tries === 0 ? Number.NaN : count / tries, ...clopperPearson(count, tries) };
}

/** With no error in this many presentations the upper bound reaches 1 %. */
export const presentationsForOnePercent = 368;

/** Below this many even a spotless result leaves more than one in ten possible. */
export const presentationsMin = 36;
