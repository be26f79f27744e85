// What the back office may ask of the risk engine: rule sets, where they decide, and why a payment was decided as it was.
import { z } from 'zod';
import { wireAmountSchema } from './amount.ts';
import { idSchema } from './ids.ts';
import { textSchema } from './text.ts';

/** From nothing asked to nothing allowed: each asks for more than the one before it. */
export const riskOutcomes = ['allow', 'ask_digits', 'ask_pin', 'confirm_on_phone', 'refuse'] as const;
export const riskOutcomeSchema = z.enum(riskOutcomes);
export type RiskOutcome = z.infer<typeof riskOutcomeSchema>;

export const rulesMax = 100;
export const ruleLengthMax = 500;
export const storesMax = 1_000;

const words = textSchema({ max: 200 });
/** `when`: an expression of the Common Expression Language over the signals, of type bool. `off`: kept, and checked, but judges nothing. */
export const riskRuleSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'small letters, digits and hyphens'),
  when: textSchema({ max: ruleLengthMax }),
  outcome: riskOutcomeSchema.exclude(['allow']),
  reason: z.strictObject({ en: words, zh: words }),
  off: z.literal(true).optional(),
});
export type RiskRule = z.infer<typeof riskRuleSchema>;

export const riskRuleSetSchema = z.strictObject({
  rules: z.array(riskRuleSchema).max(rulesMax).refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'two rules have one id'),
});
export type RiskRuleSet = z.infer<typeof riskRuleSetSchema>;

const note = textSchema({ max: 200 });
const version = z.number().int().positive();
export const addRuleSetSchema = riskRuleSetSchema.extend({ note });
export const ruleSetHeadSchema = z.object({ version, note: z.string(), madeBy: z.string(), madeAtMs: z.number(), rules: z.number().int() });
export const ruleSetsSchema = z.object({ ruleSets: z.array(ruleSetHeadSchema) });
export const ruleSetSchema = ruleSetHeadSchema.extend({ rules: z.array(riskRuleSchema) });

/** `shadow`: decides nothing, its outcomes are recorded. `stores`: decides in those stores alone. */
const candidateSchema = z.discriminatedUnion('stage', [
  z.strictObject({ stage: z.literal('shadow'), version }),
  z.strictObject({ stage: z.literal('stores'), version, storeIds: z.array(idSchema('store')).min(1).max(storesMax) }),
]);
export type RiskCandidate = z.infer<typeof candidateSchema>;
export const rollOutSchema = z.strictObject({ active: version, candidate: candidateSchema.nullable(), reason: note });
export const rollBackSchema = z.strictObject({ reason: note });
/** Which rules decide where; `number` grows with every change, `goesBackTo` is the one a rollback brings back. */
export const riskRollOutSchema = z.object({
  number: z.number().int(), active: version, candidate: candidateSchema.nullable(), goesBackTo: z.number().int().nullable(), reason: z.string(), setBy: z.string(), atMs: z.number(),
});
export type RiskRollOut = z.infer<typeof riskRollOutSchema>;
export const riskRollOutsSchema = z.object({ rollOuts: z.array(riskRollOutSchema) });

const reasonSchema = z.object({ rule: z.string(), outcome: riskOutcomeSchema, en: z.string(), zh: z.string(), broken: z.boolean() });
const judgedSchema = z.object({ version, outcome: riskOutcomeSchema, reasons: z.array(reasonSchema) });
const signalValue = z.union([z.string(), z.number(), z.boolean()]);
export const riskDecisionSchema = z.object({
  id: z.string(),
  paymentId: z.string(),
  atMs: z.number(),
  storeId: z.string(),
  terminalId: z.string(),
  decided: judgedSchema,
  /** What was asked of the shopper: the stricter of the error budget's rung and the rules. */
  asked: z.object({ rung: z.string(), digits: z.boolean(), pin: z.boolean(), phone: z.boolean(), refused: z.boolean() }),
  shadow: judgedSchema.nullable(),
  signals: z.array(z.object({ name: z.string(), says: z.string(), value: signalValue })),
  /** The same signals judged by the same rules again, now. */
  replay: z.object({ outcome: riskOutcomeSchema, same: z.boolean() }),
});
export type RiskDecision = z.infer<typeof riskDecisionSchema>;
export const riskDecisionsSchema = z.object({ decisions: z.array(riskDecisionSchema) });

/** The newest decisions a comparison goes through, in pages. */
export const comparedMax = 100_000;
/** `before`: what an earlier page called `next`. */
export const comparisonQuerySchema = z.object({
  decisions: z.coerce.number().int().min(1).max(10_000).default(1_000),
  before: z.string().regex(/^[0-9]{1,18}$/).optional(),
});
/** `against`: the version in charge, unless another is named. */
export const backTestQuerySchema = comparisonQuerySchema.extend({ against: z.coerce.number().int().positive().max(2_147_483_647).optional() });

/** Rules that are no version yet, over recorded decisions; a page. */
export const draftBackTestSchema = riskRuleSetSchema.extend({
  against: version.max(2_147_483_647),
  decisions: comparisonQuerySchema.shape.decisions,
  before: comparisonQuerySchema.shape.before,
});
/** What amounts in rules are minor units of. */
export const riskTermsSchema = z.object({ currency: z.string() });

/** Sums of different currencies are never one. */
const sums = z.array(wireAmountSchema);
const changeExampleSchema = z.object({
  paymentId: z.string(),
  atMs: z.number(),
  store: z.object({ id: z.string(), name: z.string(), nameZh: z.string() }),
  amount: wireAmountSchema,
  /** Rules that fired then and now. */
  firedBefore: z.array(z.string()),
  firedAfter: z.array(z.string()),
});
/** Decisions that went from one outcome to another. `reported`: of them, payments whose shopper said "not me". */
const outcomeChangeSchema = z.object({
  from: riskOutcomeSchema, to: riskOutcomeSchema, decisions: z.number().int(), reported: z.number().int(), amounts: sums, examples: z.array(changeExampleSchema),
});
export type OutcomeChange = z.infer<typeof outcomeChangeSchema>;
export const outcomeDiffSchema = z.object({
  decisions: z.number().int(),
  same: z.number().int(),
  stricter: z.number().int(),
  milder: z.number().int(),
  amounts: sums,
  changes: z.array(outcomeChangeSchema),
  fired: z.array(z.object({ rule: z.string(), before: z.number().int(), after: z.number().int() })),
});
export type OutcomeDiff = z.infer<typeof outcomeDiffSchema>;
/** One page. `recorded`: how many decisions there are to go through, on the first page only; `next` null: this was the last. */
export const outcomeDiffPageSchema = outcomeDiffSchema.extend({ recorded: z.number().int().nullable(), next: z.string().nullable() });
export type OutcomeDiffPage = z.infer<typeof outcomeDiffPageSchema>;

export const operatorStoresSchema = z.object({ stores: z.array(z.object({ id: idSchema('store'), name: z.string(), nameZh: z.string(), merchant: z.string(), merchantZh: z.string() })) });
export type OperatorStore = z.infer<typeof operatorStoresSchema>['stores'][number];
export const placeStoreSchema = z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) });
export const storePlaceSchema = z.object({ id: idSchema('store'), latitude: z.number(), longitude: z.number() });
