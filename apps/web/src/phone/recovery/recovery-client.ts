// Getting an account back, as this app asks for it: before there is a session, and from a phone that is signed in.
import { enrolmentViewSchema, startedEnrolmentSchema, type EnrolmentView } from '@sonrisa/protocol/phone-api.ts';
import {
  accountSchema,
  askedRecoverySchema,
  askedReferenceSchema,
  begunIdentitySchema,
  recoveredSchema,
  recoverySchema,
  type Account,
  type AskedRecovery,
  type FinishIdentity,
  type OwnRecovery,
  type Recovery,
  type SignIn,
} from '@sonrisa/protocol/recovery-api.ts';
import type { RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import { z } from 'zod';
import type { Api } from '../../api.ts';
import type { Enrolment } from '../state.ts';

export type RecoveryClient = ReturnType<typeof createRecoveryClient>;
type Who = { id: string; token: string };

export function createRecoveryClient(api: Api) {
  const root = '/api/phone';
  const post = <T>(path: string, schema: z.ZodType<T>, more: { token?: string; json?: unknown; idempotencyKey?: string } = {}): Promise<T> => api.request({ method: 'POST', path: `${root}${path}`, schema, ...more });
  return {
    signIn: (who: Who, json: SignIn): Promise<EnrolmentView> => post(`/enrolments/${who.id}/sign-in`, enrolmentViewSchema, { token: who.token, json }),
    notMine: (who: Who): Promise<EnrolmentView> => post(`/enrolments/${who.id}/not-mine`, enrolmentViewSchema, { token: who.token }),
    ask: (who: Who, json: { oldPhone?: string; pin?: string }): Promise<AskedRecovery> => post(`/enrolments/${who.id}/recovery`, askedRecoverySchema, { token: who.token, json }),
    mine: (token: string): Promise<Recovery> => api.request({ method: 'GET', path: `${root}/recoveries/mine`, schema: recoverySchema, token }),
    finishMine: (token: string, pin: string, idempotencyKey: string) => post('/recoveries/mine/finish', recoveredSchema, { token, json: { pin }, idempotencyKey }),
    cancelMine: (token: string) => post('/recoveries/mine/cancel', z.unknown(), { token }),
    stop: (token: string) => post('/recoveries/stop', z.unknown(), { json: { token } }),
    account: (token: string): Promise<Account> => api.request({ method: 'GET', path: `${root}/me/account`, schema: accountSchema, token }),
    async numberCode(session: string): Promise<Enrolment> {
      const { token, device: _device, ...view } = await post('/me/number-code', startedEnrolmentSchema, { token: session });
      return { token, view };
    },
    askOwn: (session: string, json: OwnRecovery): Promise<Account> => post('/me/recoveries', accountSchema, { token: session, json }),
    finishOwn: (session: string, id: string, pin: string | null): Promise<Account> => post(`/me/recoveries/${id}/finish`, accountSchema, { token: session, json: pin === null ? {} : { pin } }),
    cancelOwn: (session: string, id: string): Promise<Account> => post(`/me/recoveries/${id}/cancel`, accountSchema, { token: session }),
    reference: (session: string, proof: RaiseProof) => post('/me/identity/reference', askedReferenceSchema, { token: session, json: { proof } }),
    beginIdentity: (session: string, proof: RaiseProof) => post('/me/identity/visits', begunIdentitySchema, { token: session, json: { proof } }),
    finishIdentity: (session: string, json: FinishIdentity): Promise<Account> => post('/me/identity/visits/finish', accountSchema, { token: session, json }),
    checkIdentity: (session: string, json: { proof: RaiseProof; name: string; bornOn: string; documentNumber: string }): Promise<Account> => post('/me/identity', accountSchema, { token: session, json }),
  };
}
