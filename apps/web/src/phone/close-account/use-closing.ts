// What stands in the way of closing the account, and the closing itself.
import type { Closing } from '@sonrisa/protocol/close-account-api.ts';
import type { OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { usePhone } from '../phone-context.ts';

export function useClosing(): UseQueryResult<Closing> {
  const { model, tools } = usePhone();
  const session = model.session ?? '';
  return useQuery({ queryKey: ['closing', session], queryFn: () => tools.client.closing(session), enabled: session !== '' });
}

/** `receiptId` stays the same however often it is tried: a closing whose answer got lost is found by it. */
export function useClose(receiptId: string) {
  const { model, send, tools } = usePhone();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const [round, setRound] = useState(0);
  const close = async (make: () => Promise<OwnerProof>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      send({ type: 'account_closed', receipt: await tools.client.close(model.session ?? '', { receiptId, proof: await make() }, tools.newKey()) });
      queries.clear();
    } catch (error) {
      const receipt = error instanceof ApiError && (error.answerLost || error.code === 'unauthorised') ? await tools.client.closedReceipt(receiptId).catch(() => null) : null;
      if (receipt) return send({ type: 'account_closed', receipt });
      setBusy(false);
      setRound((before) => before + 1);
      // Anything that is no answer of the server is the browser's: somebody did not go through with it.
      setProblem(error instanceof ApiError ? codeOf(error) : 'passkey_invalid');
      await queries.invalidateQueries({ queryKey: ['closing'] });
    }
  };
  return { busy, problem, round, close };
}
