// Merchants, their stores and keys, and what two people decide on: that part of the operator API.
import { activationCodeSchema } from '@sonrisa/protocol/back-office-api.ts';
import { proposalSchema, proposalsSchema, type Proposal, type ProposeFees } from '@sonrisa/protocol/money-api.ts';
import * as api from '@sonrisa/protocol/set-up-api.ts';
import type { Api } from '../../api.ts';

/** As many as the server gives at once. */
const listMax = 200;

export function createShopsClient({ request }: Api) {
  const root = '/api/operator';
  return {
    people: async (token: string): Promise<api.PersonSeen[]> => (await request({ method: 'GET', path: `${root}/people`, schema: api.peopleSchema, token })).people,
    proposals: async (token: string, state: 'waiting' | 'decided'): Promise<Proposal[]> =>
      (await request({ method: 'GET', path: `${root}/proposals?state=${state}`, schema: proposalsSchema, token })).proposals,
    decide: (token: string, id: string, what: 'approve' | 'refuse', idempotencyKey: string): Promise<Proposal> =>
      request({ method: 'POST', path: `${root}/proposals/${id}/${what}`, schema: proposalSchema, token, json: {}, idempotencyKey }),
    /** `owner`: `platform`, or the id of a merchant. */
    proposeAccount: (token: string, owner: string, json: { holder: string; number: string; bic: string | null; currency: string }, idempotencyKey: string): Promise<Proposal> =>
      request({ method: 'PUT', path: owner === 'platform' ? `${root}/bank-account` : `${root}/merchants/${owner}/bank-account`, schema: proposalSchema, token, json, idempotencyKey }),
    proposeFees: (token: string, merchantId: string, json: ProposeFees, idempotencyKey: string): Promise<Proposal> =>
      request({ method: 'PUT', path: `${root}/merchants/${merchantId}/fees`, schema: proposalSchema, token, json, idempotencyKey }),
    merchants: async (token: string): Promise<api.Merchant[]> => (await request({ method: 'GET', path: `${root}/merchants?limit=${listMax}`, schema: api.merchantsSchema, token })).merchants,
    merchant: (token: string, id: string): Promise<api.MerchantDetails> => request({ method: 'GET', path: `${root}/merchants/${encodeURIComponent(id)}`, schema: api.merchantDetailsSchema, token }),
    addMerchant: (token: string, json: api.NewMerchant, idempotencyKey: string) => request({ method: 'POST', path: `${root}/merchants`, schema: api.merchantSchema, token, json, idempotencyKey }),
    addStore: (token: string, merchantId: string, json: api.NewStore, idempotencyKey: string) =>
      request({ method: 'POST', path: `${root}/merchants/${merchantId}/stores`, schema: api.storeSchema, token, json, idempotencyKey }),
    addKey: (token: string, merchantId: string, json: { label: string }, idempotencyKey: string): Promise<api.MintedKey> =>
      request({ method: 'POST', path: `${root}/merchants/${merchantId}/keys`, schema: api.mintedKeySchema, token, json, idempotencyKey }),
    revokeKey: (token: string, merchantId: string, keyId: string, idempotencyKey: string) =>
      request({ method: 'POST', path: `${root}/merchants/${merchantId}/keys/${keyId}/revoke`, schema: api.merchantKeySchema, token, json: {}, idempotencyKey }),
    issueCode: (token: string, storeId: string, idempotencyKey: string) =>
      request({ method: 'POST', path: `${root}/stores/${storeId}/activation-codes`, schema: activationCodeSchema, token, json: {}, idempotencyKey }),
  };
}
