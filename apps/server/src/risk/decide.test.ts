import { riskOutcomes, riskRuleSetSchema, type RiskOutcome, type RiskRule } from '@sonrisa/protocol/risk-api.ts';
import { rungSchema } from '@sonrisa/protocol/receipt.ts';
import { describe, expect, it, test } from 'vitest';
import { builtInRules } from './built-in-rules.ts';
import { createBackTest } from './back-test.ts';
import { compileRules, type CompiledRules } from './compile-rules.ts';
import { askedOf, decide, strictnessOf } from './decide.ts';
import type { Recorded } from './recorded.ts';

function ready(rules: readonly Partial<RiskRule>[] | undefined = undefined): CompiledRules {
  const set = rules ? { rules: rules.map((rule, i) => ({ id: `rule-${i}`, when: 'false', outcome: 'ask_pin' as const, reason: { en: 'so', zh: '是' }, ...rule })) } : builtInRules;
  const compiled = compileRules(set);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  return compiled.rules;
}

describe('the built-in rules', () => {
  const rules = ready();
  const table: [says: string, signals: object, outcome: RiskOutcome, fired: string[]][] = [
    ['nothing known, nothing asked', {}, 'allow', []],
    ['two faces near', { capture: { facesMax: 2, nearestOtherRatio: 0.4, onlooker: true } }, 'confirm_on_phone', ['two-faces-near']],
    ['somebody passing at the back', { capture: { facesMax: 2, nearestOtherRatio: 0.2 } }, 'allow', []],
    ['over the shoulder', { capture: { facesMax: 2, nearestOtherRatio: 0.3, onlooker: true } }, 'ask_pin', ['watched']],
    ['dim light', { capture: { light: 'dim' } }, 'ask_pin', ['dim-light']],
    ['glare is no risk', { capture: { light: 'glare' } }, 'allow', []],
    ['dim, and two faces near: the stricter', { capture: { light: 'dim', facesMax: 3, nearestOtherRatio: 0.35 } }, 'confirm_on_phone', ['two-faces-near', 'dim-light']],
    ['a spoof score nobody measured', { capture: { padKnown: false, padScore: 0 } }, 'allow', []],
    ['a low spoof score', { capture: { padKnown: true, padScore: 0.2 } }, 'refuse', ['spoof-suspected']],
    ['a doubtful spoof score', { capture: { padKnown: true, padScore: 0.7 } }, 'confirm_on_phone', ['spoof-possible']],
    ['liveness failed twice', { capture: { livenessRefusals: 2 } }, 'ask_pin', ['liveness-refused']],
    ['pictures of an earlier look', { capture: { livenessRefusals: 1, repeatedFrames: 1 } }, 'confirm_on_phone', ['frames-repeated']],
    ['a new face, a bun', { person: { faceAgeH: 1 }, payment: { amountMinor: '10000', units: 100.0 } }, 'allow', []],
    ['a new face, a wedding cake', { person: { faceAgeH: 1 }, payment: { amountMinor: '10001', units: 100.01 } }, 'ask_pin', ['new-face']],
    ['an old face, a wedding cake', { person: { faceAgeH: 24 }, payment: { amountMinor: '10001', units: 100.01 } }, 'allow', []],
    ['a look-alike', { person: { lookAlike: true } }, 'ask_digits', ['look-alike']],
    ['ten payments an hour', { person: { paidLastHour: 10 } }, 'ask_pin', ['many-payments']],
    ['five times the habit', { person: { faceAgeH: 99, paid: 5, usualMinor: '2000' }, payment: { amountMinor: '10001', units: 100.01 } }, 'ask_pin', ['unusual-amount']],
    ['no habit yet', { person: { faceAgeH: 99, paid: 4, usualMinor: '2000' }, payment: { amountMinor: '10001', units: 100.01 } }, 'allow', []],
    ['an amount beyond what doubles tell apart', { person: { faceAgeH: 99, paid: 5, usualMinor: '1801439850948199' }, payment: { amountMinor: '9007199254740995', units: 9e13 } }, 'allow', []],
    ['one more minor unit', { person: { faceAgeH: 99, paid: 5, usualMinor: '1801439850948199' }, payment: { amountMinor: '9007199254740996', units: 9e13 } }, 'ask_pin', ['unusual-amount']],
    ['by car', { person: { travelKm: 30, travelKmh: 120 } }, 'allow', []],
    ['by fast train', { person: { travelKm: 300, travelKmh: 280 } }, 'confirm_on_phone', ['fast-travel']],
    ['by no means', { person: { travelKm: 300, travelKmh: 3000 } }, 'refuse', ['impossible-travel']],
    ['next door, a second later', { person: { travelKm: 1, travelKmh: 3600 } }, 'allow', []],
    ['refused ten times', { person: { refusalsLastDay: 10 } }, 'ask_pin', ['recent-refusals']],
    ['another network', { terminal: { newNetwork: true } }, 'ask_pin', ['new-network']],
    ['moved today', { terminal: { moved: true } }, 'ask_pin', ['terminal-moved']],
    ['a clock a minute off', { terminal: { clockOffS: 60 } }, 'allow', []],
    ['a clock further off', { terminal: { clockOffS: 61 } }, 'ask_pin', ['clock-off']],
    ['old pictures at this terminal', { terminal: { repeatedFramesLastDay: 3 } }, 'ask_pin', ['frames-repeated-here']],
    ['old pictures once or twice', { terminal: { repeatedFramesLastDay: 2 } }, 'allow', []],
    ['another camera', { terminal: { cameraChanged: true } }, 'ask_pin', ['camera-changed']],
    ['a terminal that fails often', { terminal: { looksLastHour: 20, failedLastHour: 17 } }, 'ask_pin', ['terminal-failing']],
    ['a terminal that fails at times', { terminal: { looksLastHour: 20, failedLastHour: 16 } }, 'allow', []],
    ['many refunds', { merchant: { paidLastWeek: 49, refundsLastWeek: 10 } }, 'ask_pin', ['refund-pattern']],
    ['many refunds at all stores', { merchant: { paidAllStores: 149, refundedAllStores: 30 } }, 'ask_pin', ['refund-pattern-merchant']],
    ['few refunds at all stores', { merchant: { paidAllStores: 150, refundedAllStores: 30 } }, 'allow', []],
    ['few refunds', { merchant: { paidLastWeek: 50, refundsLastWeek: 10 } }, 'allow', []],
  ];
  it.each(table)('%s', (_says, signals, outcome, fired) => {
    expect(decide(rules, { ...signals, person: { faceAgeH: 1_000, ...(signals as { person?: object }).person } })).toEqual({ outcome, fired: fired.map((rule) => expect.objectContaining({ rule })) });
  });
  it('each of them fires somewhere in the table, and none is refused by the schema', () => {
    expect(riskRuleSetSchema.safeParse(builtInRules).success).toBe(true);
    expect(new Set(table.flatMap(([, , , fired]) => fired))).toEqual(new Set(builtInRules.rules.map(({ id }) => id)));
  });
});

test('a rule that breaks asks for the PIN, and does not hide the others', () => {
  const rules = ready([{ when: 'payment.amountMinor / (payment.amountMinor - payment.amountMinor) > 1', outcome: 'refuse' }, { when: 'true', outcome: 'ask_digits' }]);
  expect(decide(rules, {})).toEqual({ outcome: 'ask_pin', fired: [{ rule: 'rule-0', outcome: 'ask_pin', broken: true }, { rule: 'rule-1', outcome: 'ask_digits' }] });
});

test.each([
  ['capture.faces > 1', 'No such key'],
  ['capture.facesMax', 'a rule is a bool'],
  ['capture.light > 3', 'light'],
  ['secrets.pin == "1"', 'Unknown variable'],
  ['capture.facesMax >', 'Unexpected'],
  ['capture.light.matches("(a+)+$")', 'matches() cannot'],
  ['[1,2].all(x, x > 0)', 'all() cannot'],
  [`${'1 + '.repeat(110)}1 == 111`, 'maxAstNodes'],
])('%s is no rule', (when, says) => {
  const compiled = compileRules({ rules: [{ id: 'bad', when, outcome: 'refuse', reason: { en: 'x', zh: 'x' } }] });
  expect(compiled).toMatchObject({ ok: false, errors: [{ path: 'rules.0.when' }] });
  if (!compiled.ok && says !== 'light') expect(compiled.errors[0]?.message).toContain(says);
});

test('what is asked is never less than the rung, the limit or the rules want', () => {
  for (const rung of rungSchema.options) {
    for (const overPinLimit of [false, true]) {
      const allowed = askedOf({ rung, overPinLimit, outcome: 'allow' });
      expect(allowed).toEqual({ digits: rung.includes('digits'), pin: overPinLimit || rung.includes('pin'), phone: false, refused: false });
      for (const outcome of riskOutcomes) {
        const asked = askedOf({ rung, overPinLimit, outcome });
        expect(asked.pin).toBe(allowed.pin || outcome === 'ask_pin');
        expect(asked.digits || asked.pin || asked.phone || strictnessOf(outcome) < strictnessOf('ask_digits') || outcome === 'refuse').toBe(true);
        expect([asked.phone, asked.refused]).toEqual([outcome === 'confirm_on_phone', outcome === 'refuse']);
      }
    }
  }
});

test('a back-test says what changed, which way, for how much, and by which rule', () => {
  const test = createBackTest({ before: ready([{ when: 'capture.facesMax > 1' }]), after: ready([{ when: 'capture.facesMax > 2', outcome: 'refuse' }, { when: 'payment.hour == 3' }]) });
  for (let i = 0; i < 40; i += 1) test.add(recorded(i, { capture: { facesMax: 1 + (i % 4) }, payment: { hour: i } }));
  const { changes, ...counted } = test.diff();
  expect(counted).toEqual({
    decisions: 40, same: 10, stricter: 20, milder: 10,
    amounts: [{ amountMinor: '4000', currency: 'CNY' }],
    fired: [{ rule: 'rule-0', before: 30, after: 20 }, { rule: 'rule-1', before: 0, after: 1 }],
  });
  expect(changes).toMatchObject([
    { from: 'ask_pin', to: 'refuse', decisions: 20, reported: 1, amounts: [{ amountMinor: '2000', currency: 'CNY' }] },
    { from: 'ask_pin', to: 'allow', decisions: 10, reported: 0, amounts: [{ amountMinor: '1000', currency: 'CNY' }] },
  ]);
  expect(changes.map(({ examples }) => examples.map(({ paymentId }) => paymentId))).toEqual([['pay_2', 'pay_3', 'pay_6', 'pay_7', 'pay_10'], ['pay_1', 'pay_5', 'pay_9', 'pay_13', 'pay_17']]);
  expect(changes[0]?.examples[0]).toMatchObject({ firedBefore: ['rule-0'], firedAfter: ['rule-0'], store: { name: 'Corner' } });
});

const recorded = (i: number, signals: unknown): Recorded => ({
  id: String(i), paymentId: `pay_${i}`, atMs: 0, store: { id: 'sto_1', name: 'Corner', nameZh: '街角' }, amount: { amountMinor: '100', currency: 'CNY' }, reported: i === 2, signals,
  decided: { version: 1, judged: { outcome: 'allow', fired: [] } }, shadow: null,
});
