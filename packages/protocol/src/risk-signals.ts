// What the risk rules may look at: every signal by name, its type, its unit, what it says, and its value when nothing is known. A
// decision recorded before a signal existed is replayed with that value. Nothing here is a picture, a template or a name.

/** `minor` is an amount: text in JSON, which would round it as a number; an int in a rule. */
export type SignalKind = 'int' | 'minor' | 'double' | 'bool' | 'text';
/** Signals of one unit can be compared with each other. `percent`: a share of one. `oclock`: an hour of the day. */
export type SignalUnit = 'money' | 'units' | 'oclock' | 'hours' | 'seconds' | 'payments' | 'looks' | 'faces' | 'people' | 'times' | 'percent' | 'score' | 'km' | 'kmh' | 'none';
/** `max`: what it never goes above. `words`: all that a text may be. */
export type RiskSignal = { readonly kind: SignalKind; readonly unknown: string | number | boolean; readonly unit: SignalUnit; readonly max?: number; readonly words?: readonly string[]; readonly says: string };

export const riskSignals = {
  payment: {
    amountMinor: { kind: 'minor', unknown: '0', unit: 'money', says: 'amount of this payment, minor units' },
    units: { kind: 'double', unknown: 0, unit: 'units', says: 'the same in units that buy something small in any currency: yuan, euro, a hundred yen' },
    hour: { kind: 'int', unknown: 12, unit: 'oclock', max: 23, says: 'hour of the day in the time zone of the store, 0 to 23' },
  },
  capture: {
    facesMax: { kind: 'int', unknown: 1, unit: 'faces', says: 'most faces in any frame' },
    nearestOtherRatio: { kind: 'double', unknown: 0, unit: 'percent', says: "height of the largest other face over the payer's" },
    onlooker: { kind: 'bool', unknown: false, unit: 'none', says: 'somebody else was in view in at least half of the frames' },
    light: { kind: 'text', unknown: 'good', unit: 'none', words: ['good', 'dim', 'glare'], says: 'good, dim or glare' },
    padKnown: { kind: 'bool', unknown: false, unit: 'none', says: 'the model pack has nets that score presentation attacks' },
    padScore: { kind: 'double', unknown: 1, unit: 'score', max: 1, says: 'their score, 1 looks like a person' },
    looks: { kind: 'int', unknown: 1, unit: 'looks', says: 'looks this payment has taken' },
    livenessRefusals: { kind: 'int', unknown: 0, unit: 'looks', says: 'looks of this payment refused for liveness, repeated frames among them' },
    repeatedFrames: { kind: 'int', unknown: 0, unit: 'looks', says: 'of those, looks whose frames had been shown before' },
    simulated: { kind: 'bool', unknown: false, unit: 'none', says: 'a sandbox terminal: liveness was not checked' },
    candidates: { kind: 'int', unknown: 1, unit: 'people', says: 'people the face was compared with' },
    margin: { kind: 'double', unknown: 0, unit: 'score', max: 1, says: 'score above the threshold of its rung' },
  },
  person: {
    accountAgeH: { kind: 'int', unknown: 0, unit: 'hours', says: 'hours since the account was opened' },
    faceAgeH: { kind: 'int', unknown: 0, unit: 'hours', says: 'hours since the face was enrolled' },
    lookAlike: { kind: 'bool', unknown: false, unit: 'none', says: 'somebody who looks alike is enrolled too' },
    paid: { kind: 'int', unknown: 0, unit: 'payments', max: 50, says: 'payments of the last 90 days, 50 at most' },
    usualMinor: { kind: 'minor', unknown: '0', unit: 'money', says: 'their mean amount, minor units' },
    paidLastHour: { kind: 'int', unknown: 0, unit: 'payments', says: 'payments of the last hour' },
    paidLastDay: { kind: 'int', unknown: 0, unit: 'payments', says: 'payments of the last 24 hours' },
    spentLastDayMinor: { kind: 'minor', unknown: '0', unit: 'money', says: 'their sum, minor units' },
    refusalsLastDay: { kind: 'int', unknown: 0, unit: 'times', says: 'wrong PINs and declined payments of the last 24 hours' },
    wrongPins: { kind: 'int', unknown: 0, unit: 'times', says: 'wrong PINs in a row at tills' },
    travelKm: { kind: 'double', unknown: 0, unit: 'km', says: 'distance from the store of the last payment, 0 where places are not known' },
    travelKmh: { kind: 'double', unknown: 0, unit: 'kmh', says: 'speed needed for it' },
  },
  terminal: {
    ageH: { kind: 'int', unknown: 0, unit: 'hours', says: 'hours since it was activated' },
    newNetwork: { kind: 'bool', unknown: false, unit: 'none', says: 'it is on a network that it was first seen on less than 24 hours ago, and was on others before' },
    moved: { kind: 'bool', unknown: false, unit: 'none', says: 'it was confirmed less than 24 hours ago that it belongs on its network, and others were known before' },
    clockOffS: { kind: 'int', unknown: 0, unit: 'seconds', max: 300, says: 'seconds its clock was off when a look of this payment was opened, at most 300; 0 where it did not tell' },
    repeatedFramesLastDay: { kind: 'int', unknown: 0, unit: 'looks', says: 'looks of the last 24 hours whose frames had been shown before' },
    cameraChanged: { kind: 'bool', unknown: false, unit: 'none', says: 'less than 24 hours ago its looks began to come through another camera' },
    looksLastHour: { kind: 'int', unknown: 0, unit: 'looks', says: 'looks of the last hour' },
    failedLastHour: { kind: 'int', unknown: 0, unit: 'looks', says: 'of those, looks that led to nobody' },
  },
  merchant: {
    paidLastWeek: { kind: 'int', unknown: 0, unit: 'payments', says: 'payments of the last seven days at this store, 300 a terminal at most' },
    refundsLastWeek: { kind: 'int', unknown: 0, unit: 'payments', says: 'of those, refunded or disputed' },
    paidAllStores: { kind: 'int', unknown: 0, unit: 'payments', says: "the merchant's payments at all its stores, of the seven days before yesterday at this hour, the newest thousand" },
    refundedAllStores: { kind: 'int', unknown: 0, unit: 'payments', says: 'of those, refunded or disputed' },
  },
  limits: {
    verdict: { kind: 'text', unknown: 'within', unit: 'none', words: ['within', 'confirmation_due', 'limit_first_payment', 'limit_payment', 'limit_day', 'limit_month', 'limit_category', 'limit_merchant'], says: 'within, confirmation_due, or the code of the limit this payment breaks' },
    firstPayment: { kind: 'bool', unknown: false, unit: 'none', says: 'one of the first payments by face of this account' },
    dayMinor: { kind: 'minor', unknown: '0', unit: 'money', says: 'spent today before this payment, minor units' },
    monthMinor: { kind: 'minor', unknown: '0', unit: 'money', says: 'spent this month before it' },
    aloneSince: { kind: 'int', unknown: 0, unit: 'payments', says: 'payments by face alone since the last second factor' },
    aloneSinceMinor: { kind: 'minor', unknown: '0', unit: 'money', says: 'their sum' },
  },
} as const satisfies Record<string, Record<string, RiskSignal>>;

type Fields = typeof riskSignals;
export type SignalGroup = keyof Fields;
/** As rules write it: `payment.hour`. */
export type SignalName = { [Group in SignalGroup]: `${Group}.${keyof Fields[Group] & string}` }[SignalGroup];

export const signalNames = Object.entries(riskSignals).flatMap(([group, fields]) => Object.keys(fields).map((name) => `${group}.${name}` as SignalName));

export const isSignalName = (name: string): name is SignalName => (signalNames as readonly string[]).includes(name);

export function signalOf(name: SignalName): RiskSignal {
  const [group = '', field = ''] = name.split('.');
  return (riskSignals as Record<string, Record<string, RiskSignal>>)[group]![field]!;
}
