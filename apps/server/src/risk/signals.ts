// What the rules may look at: every signal by name, its type, what it says, and its value when nothing is known. A decision
// recorded before a signal existed is replayed with that value. Nothing here is a picture, a template or a name.
import type { Environment } from '@marcbachmann/cel-js';

type Kinds = { int: number; minor: string; double: number; bool: boolean; text: string };
type Field<Kind extends keyof Kinds> = { readonly kind: Kind; readonly unknown: Kinds[Kind]; readonly says: string };
const field = <Kind extends keyof Kinds>(kind: Kind, unknown: Kinds[Kind], says: string): Field<Kind> => ({ kind, unknown, says });

/** `minor` is an amount: text in JSON, which would round it as a number; an int in a rule. */
export const signalFields = {
  payment: {
    amountMinor: field('minor', '0', 'amount of this payment, minor units'),
    units: field('double', 0, 'the same in units that buy something small in any currency: yuan, euro, a hundred yen'),
    hour: field('int', 12, 'hour of the day in the time zone of the store, 0 to 23'),
  },
  capture: {
    facesMax: field('int', 1, 'most faces in any frame'),
    nearestOtherRatio: field('double', 0, "height of the largest other face over the payer's"),
    onlooker: field('bool', false, 'somebody else was in view in at least half of the frames'),
    light: field('text', 'good', 'good, dim or glare'),
    padKnown: field('bool', false, 'the model pack has nets that score presentation attacks'),
    padScore: field('double', 1, 'their score, 1 looks like a person'),
    looks: field('int', 1, 'looks this payment has taken'),
    livenessRefusals: field('int', 0, 'looks of this payment refused for liveness, repeated frames among them'),
    repeatedFrames: field('int', 0, 'of those, looks whose frames had been shown before'),
    simulated: field('bool', false, 'a sandbox terminal: liveness was not checked'),
    candidates: field('int', 1, 'people the face was compared with'),
    margin: field('double', 0, 'score above the threshold of its rung'),
  },
  person: {
    accountAgeH: field('int', 0, 'hours since the account was opened'),
    faceAgeH: field('int', 0, 'hours since the face was enrolled'),
    lookAlike: field('bool', false, 'somebody who looks alike is enrolled too'),
    paid: field('int', 0, 'payments of the last 90 days, 50 at most'),
    usualMinor: field('minor', '0', 'their mean amount, minor units'),
    paidLastHour: field('int', 0, 'payments of the last hour'),
    paidLastDay: field('int', 0, 'payments of the last 24 hours'),
    spentLastDayMinor: field('minor', '0', 'their sum, minor units'),
    refusalsLastDay: field('int', 0, 'wrong PINs and declined payments of the last 24 hours'),
    wrongPins: field('int', 0, 'wrong PINs in a row at tills'),
    travelKm: field('double', 0, 'distance from the store of the last payment, 0 where places are not known'),
    travelKmh: field('double', 0, 'speed needed for it'),
  },
  terminal: {
    ageH: field('int', 0, 'hours since it was activated'),
    newNetwork: field('bool', false, 'it is on a network that it was first seen on less than 24 hours ago, and was on others before'),
    moved: field('bool', false, 'it was confirmed less than 24 hours ago that it belongs on its network, and others were known before'),
    clockOffS: field('int', 0, 'seconds its clock was off when a look of this payment was opened, at most 300; 0 where it did not tell'),
    repeatedFramesLastDay: field('int', 0, 'looks of the last 24 hours whose frames had been shown before'),
    cameraChanged: field('bool', false, 'less than 24 hours ago its looks began to come through another camera'),
    looksLastHour: field('int', 0, 'looks of the last hour'),
    failedLastHour: field('int', 0, 'of those, looks that led to nobody'),
  },
  merchant: {
    paidLastWeek: field('int', 0, 'payments of the last seven days at this store, 300 a terminal at most'),
    refundsLastWeek: field('int', 0, 'of those, refunded or disputed'),
    paidAllStores: field('int', 0, "the merchant's payments at all its stores, of the seven days before yesterday at this hour, the newest thousand"),
    refundedAllStores: field('int', 0, 'of those, refunded or disputed'),
  },
  limits: {
    verdict: field('text', 'within', 'within, confirmation_due, or the code of the limit this payment breaks'),
    firstPayment: field('bool', false, 'one of the first payments by face of this account'),
    dayMinor: field('minor', '0', 'spent today before this payment, minor units'),
    monthMinor: field('minor', '0', 'spent this month before it'),
    aloneSince: field('int', 0, 'payments by face alone since the last second factor'),
    aloneSinceMinor: field('minor', '0', 'their sum'),
  },
} as const;

type Fields = typeof signalFields;
export type Signals = { [Group in keyof Fields]: { [Name in keyof Fields[Group]]: Fields[Group][Name] extends Field<infer Kind> ? Kinds[Kind] : never } };

export const limitsUnknown: Signals['limits'] = { verdict: 'within', firstPayment: false, dayMinor: '0', monthMinor: '0', aloneSince: 0, aloneSinceMinor: '0' };

const celTypes = { int: 'int', minor: 'int', double: 'double', bool: 'bool', text: 'string' } as const;
const groups = Object.entries(signalFields) as [keyof Fields, Record<string, Field<keyof Kinds>>][];

/** Declares every signal, so that a rule is checked against the types before it is ever run. */
export function declareSignals(environment: Environment): Environment {
  for (const [name, fields] of groups) {
    environment.registerVariable({ name, schema: Object.fromEntries(Object.entries(fields).map(([each, { kind }]) => [each, celTypes[kind]])) });
  }
  return environment;
}

/** Signals as the rules read them: whole numbers are bigints, what is missing or of another type has its unknown value. */
export function contextOf(signals: unknown): Record<string, Record<string, unknown>> {
  return Object.fromEntries(groups.map(([group, fields]) => [group, Object.fromEntries(Object.entries(fields).map(([name, { kind, unknown }]) => {
    const value = (signals as Record<string, Record<string, unknown>> | null)?.[group]?.[name];
    return [name, cel(kind, typeof value === typeof unknown ? value : unknown)];
  }))]));
}

function cel(kind: keyof Kinds, value: unknown): unknown {
  return kind === 'int' ? BigInt(Math.trunc(value as number)) : kind === 'minor' ? BigInt(value as string) : value;
}

/** Every signal by its full name, with what it says: for people. */
export function listSignals(signals: Signals): { name: string; says: string; value: string | number | boolean }[] {
  return groups.flatMap(([group, fields]) => Object.entries(fields).map(([name, { says, unknown }]) => {
    const value = (signals as Record<string, Record<string, string | number | boolean>>)[group]?.[name];
    return { name: `${group}.${name}`, says, value: value ?? unknown };
  }));
}
