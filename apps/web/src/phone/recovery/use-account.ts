// The account of this phone, read anew while it is looked at; each answer of a change is the whole of it.
import type { RaiseProof } from '@sonrisa/protocol/limits-api.ts';
import { recoveryChallenge, type Account, type RecoveryPurpose } from '@sonrisa/protocol/recovery-api.ts';
import { sealPin } from '@sonrisa/protocol/seal.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { proofError, signChallenge } from '../own/passkeys.ts';
import { usePhone } from '../phone-context.ts';

const readEveryMs = 5_000;

export function useAccount() {
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  return useQuery({ queryKey: ['account', session], queryFn: () => tools.recovery.account(session), enabled: session !== '', refetchInterval: readEveryMs });
}

/** Runs one request after another: what is shown meanwhile, and what went wrong. */
export function useWork() {
  const { model } = usePhone();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [round, setRound] = useState(0);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const run = <T>(work: () => Promise<T>, then: (done: T) => void): void => {
    setBusy(true);
    setProblem(null);
    work()
      .then(then)
      .catch((error: unknown) => (setRound((before) => before + 1), setProblem(proofError(error).code)))
      .finally(() => setBusy(false));
  };
  const show = (account: Account): void => void queries.setQueryData(['account', model.session ?? ''], account);
  return { busy, round, problem, run, show };
}

/** How an owner proves a change of their account here. */
export function useProofs(account: Account) {
  const { model, tools } = usePhone();
  const { payerId, passkeyIds } = account;
  const sealFor = async (subjectId: string, pin: string): Promise<string> => {
    if (!model.keys) throw new ApiError('internal');
    return sealPin({ pin, subjectId, sealedAtMs: tools.now(), serverKey: model.keys.serverKey.jwk });
  };
  return {
    sealFor,
    byPin: async (pin: string): Promise<RaiseProof> => ({ pin: await sealFor(payerId, pin) }),
    async byPasskey(purpose: RecoveryPurpose, enrolmentId: string) {
      const { nonce } = await tools.own.limitNonce(model.session ?? '');
      return { nonce, passkey: await signChallenge(await recoveryChallenge({ payerId, purpose, enrolmentId, nonce }), passkeyIds) };
    },
  };
}
