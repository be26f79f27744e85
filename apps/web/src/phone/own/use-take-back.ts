// Taking a payment back, in its two ways.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { codeOf } from '../../api.ts';
import type { SentenceCode } from '../../i18n/texts/en/problems.ts';
import { usePhone } from '../phone-context.ts';

export type TakenBack = 'undone' | 'at_once' | 'capped' | 'confirmed';

/** `childId`: whose payment it is, where it is a child's. */
export function useTakeBack(paymentId: string, childId?: string) {
  const { model, tools } = usePhone();
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<SentenceCode | null>(null);
  const [done, setDone] = useState<TakenBack | null>(null);
  const session = model.session ?? '';
  const run = async (how: (idempotencyKey: string) => Promise<TakenBack>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      setDone(await how(tools.newKey()));
    } catch (error) {
      setProblem(codeOf(error));
    }
    await Promise.all(['me', 'notices', 'my-face', 'limits', 'children', 'child'].map((each) => queries.invalidateQueries({ queryKey: [each] })));
    setBusy(false);
  };
  return {
    busy, problem, done,
    undo: () =>
      void run(async (idempotencyKey) => {
        await (childId === undefined ? tools.own.undo(session, paymentId, idempotencyKey) : tools.children.undo(session, { childId, paymentId }, idempotencyKey));
        return 'undone';
      }),
    notMe: () =>
      void run(async (idempotencyKey) => (await (childId === undefined ? tools.own.notMe(session, paymentId, idempotencyKey) : tools.children.notMe(session, { childId, paymentId }, idempotencyKey))).refund),
  };
}
