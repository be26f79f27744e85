// The decision, pure: what the rules say of the signals, and what the till has to ask for once the error budget's rung and the
// store's limit have had their word. Whoever asks for more wins.
import { riskOutcomes, type RiskOutcome } from '@sonrisa/protocol/risk-api.ts';
import { restsOnPin, type Rung } from '@sonrisa/protocol/receipt.ts';
import type { CompiledRules } from './compile-rules.ts';
import { contextOf } from './signals.ts';

/** `broken`: the rule could not be worked out on these signals. */
export type Fired = { readonly rule: string; readonly outcome: RiskOutcome; readonly broken?: true };
export type Judged = { readonly outcome: RiskOutcome; readonly fired: readonly Fired[] };

/** What is asked when a rule breaks: neither a free way past it, nor a shop that can sell to nobody. */
const outcomeOfBroken: RiskOutcome = 'ask_pin';

/** Every rule that holds is named; the strictest of them decides. `signals`: as recorded, or as just gathered. */
export function decide(rules: CompiledRules, signals: unknown): Judged {
  const context = contextOf(signals);
  const fired = rules.flatMap(({ id, outcome, holds }): Fired[] => {
    try {
      return holds(context) ? [{ rule: id, outcome }] : [];
    } catch {
      return [{ rule: id, outcome: outcomeOfBroken, broken: true }];
    }
  });
  return { outcome: fired.reduce<RiskOutcome>((worst, { outcome }) => stricter(worst, outcome), 'allow'), fired };
}

export function stricter(one: RiskOutcome, other: RiskOutcome): RiskOutcome {
  return strictnessOf(one) >= strictnessOf(other) ? one : other;
}

export const strictnessOf = (outcome: RiskOutcome): number => riskOutcomes.indexOf(outcome);

export type Asked = { readonly digits: boolean; readonly pin: boolean; readonly phone: boolean; readonly refused: boolean };

/**
 * What the shopper does besides looking. Digits count as asked where the rung itself took them. Confirming on the phone stands for
 * a PIN that is asked as well (apps/server/src/payments/phone.ts).
 */
export function askedOf(input: { rung: Rung; overPinLimit: boolean; outcome: RiskOutcome }): Asked {
  const { rung, overPinLimit, outcome } = input;
  const phone = outcome === 'confirm_on_phone';
  const pin = restsOnPin(rung) || overPinLimit || outcome === 'ask_pin';
  const tookDigits = rung === 'face_digits' || rung === 'face_digits_pin';
  return { pin, phone, digits: tookDigits || (outcome === 'ask_digits' && !pin), refused: outcome === 'refuse' };
}
