// Trying something that the owner has to prove: what is shown meanwhile, and what went wrong.
import type { OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import { useState } from 'react';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { proofError } from './passkeys.ts';

/** `act` ends where the page goes on: until then, and after it, nothing is to be tapped. `round` is another one after each failure. */
export function useProving(act: (proof: OwnerProof) => Promise<unknown>, onFailure: (error: unknown) => unknown) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const [round, setRound] = useState(0);
  const prove = async (make: () => Promise<OwnerProof>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await act(await make());
    } catch (error) {
      setBusy(false);
      setRound((before) => before + 1);
      setProblem(proofError(error).code);
      await onFailure(error);
    }
  };
  return { busy, problem, round, prove };
}
