// What stands in the way of closing the account, and the closing itself.
import type { Closing } from '@sonrisa/protocol/close-account-api.ts';
import type { OwnerProof } from '@sonrisa/protocol/owner-proof.ts';
import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { ApiError } from '../../api.ts';
import { useProving } from '../own/use-proving.ts';
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
  const lost = (error: unknown): boolean => error instanceof ApiError && (error.answerLost || error.code === 'unauthorised');
  const close = async (proof: OwnerProof): Promise<void> => {
    const closing = tools.client.close(model.session ?? '', { receiptId, proof }, tools.newKey());
    const receipt = await closing.catch(async (error: unknown) => {
      const found = lost(error) ? await tools.client.closedReceipt(receiptId).catch(() => null) : null;
      if (found === null) throw error;
      return found;
    });
    send({ type: 'account_closed', receipt });
    queries.clear();
  };
  return useProving(close, () => queries.invalidateQueries({ queryKey: ['closing'] }));
}
