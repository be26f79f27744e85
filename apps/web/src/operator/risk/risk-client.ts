// The risk part of the operator API.
import * as api from '@sonrisa/protocol/risk-api.ts';
import type { z } from 'zod';
import type { Api } from '../../api.ts';

/** As many as the server gives at once. */
const listMax = 200;

export type RuleSetHead = z.infer<typeof api.ruleSetHeadSchema>;
export type RuleSet = z.infer<typeof api.ruleSetSchema>;
export type PageAsked = { decisions: number; before: string | null };

export function createRiskClient({ request }: Api) {
  const root = '/api/operator/risk';
  const paged = ({ decisions, before }: PageAsked): string => `decisions=${decisions}${before === null ? '' : `&before=${before}`}`;
  return {
    ruleSets: async (token: string): Promise<RuleSetHead[]> => (await request({ method: 'GET', path: `${root}/rule-sets?limit=${listMax}`, schema: api.ruleSetsSchema, token })).ruleSets,
    addRules: (token: string, json: { rules: readonly api.RiskRule[]; note: string }, idempotencyKey: string): Promise<RuleSet> =>
      request({ method: 'POST', path: `${root}/rule-sets`, schema: api.ruleSetSchema, token, json, idempotencyKey }),
    terms: (token: string) => request({ method: 'GET', path: `${root}/terms`, schema: api.riskTermsSchema, token }),
    ruleSet: (token: string, version: number): Promise<RuleSet> => request({ method: 'GET', path: `${root}/rule-sets/${version}`, schema: api.ruleSetSchema, token }),
    /** Newest first; the first one holds. */
    rollOuts: async (token: string): Promise<api.RiskRollOut[]> => (await request({ method: 'GET', path: `${root}/roll-outs?limit=${listMax}`, schema: api.riskRollOutsSchema, token })).rollOuts,
    stores: async (token: string): Promise<api.OperatorStore[]> => (await request({ method: 'GET', path: `${root}/stores`, schema: api.operatorStoresSchema, token })).stores,
    backTest: (token: string, { version, against }: { version: number; against: number }, page: PageAsked): Promise<api.OutcomeDiffPage> =>
      request({ method: 'GET', path: `${root}/rule-sets/${version}/back-test?against=${against}&${paged(page)}`, schema: api.outcomeDiffPageSchema, token }),
    backTestDraft: (token: string, { rules, against }: { rules: readonly api.RiskRule[]; against: number }, { decisions, before }: PageAsked): Promise<api.OutcomeDiffPage> =>
      request({ method: 'POST', path: `${root}/back-test`, schema: api.outcomeDiffPageSchema, token, json: { rules, against, decisions, ...(before === null ? {} : { before }) } }),
    candidate: (token: string, page: PageAsked): Promise<api.OutcomeDiffPage> => request({ method: 'GET', path: `${root}/roll-out/candidate?${paged(page)}`, schema: api.outcomeDiffPageSchema, token }),
    setRollOut: (token: string, json: { active: number; candidate: api.RiskCandidate | null; reason: string }, idempotencyKey: string): Promise<api.RiskRollOut> =>
      request({ method: 'PUT', path: `${root}/roll-out`, schema: api.riskRollOutSchema, token, json, idempotencyKey }),
    rollBack: (token: string, json: { reason: string }, idempotencyKey: string): Promise<api.RiskRollOut> =>
      request({ method: 'POST', path: `${root}/roll-back`, schema: api.riskRollOutSchema, token, json, idempotencyKey }),
  };
}
