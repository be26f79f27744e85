// Paying with a code from the shopper's phone: the way that is always open, whatever was tried before. A code is consumed with
// the step that names its payer; the same request sent again goes on with that payment instead of asking for a new code.
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { refuseOverLimit } from './admit.ts';
import { answerInSteps } from './answers.ts';
import { settleApproved } from './confirm.ts';
import { maskedName } from './masked-name.ts';
import type { OfTerminal, PaymentsDependencies } from './pay.ts';
import { askPhone, whyAskPhone } from './phone.ts';
import { type PaymentRow, readOwn, refuseExpired, stepIn } from './record.ts';
import { phaseOf } from './state.ts';
import { viewOf } from './views.ts';

export type CodeInput = OfTerminal & { key: string; code: string };

export function payWithCode(deps: PaymentsDependencies, input: CodeInput): Promise<PaymentView> {
  const { terminalId, paymentId, key, code } = input;
  return answerInSteps(deps.db, { principal: `terminal:${terminalId}`, key, input: ['code', paymentId, code] }, async () => {
    const first = await readOwn(deps.db, input);
    await refuseExpired(deps.db, first, deps.nowMs());
    if (phaseOf(first.state) === 'over') throw new ProblemError('payment_state_conflict', { facts: { state: first.state } });
    if (phaseOf(first.state) === 'open') await takeCode(deps, { row: first, code });
    const row = await readOwn(deps.db, input);
    if (row.way !== 'code') throw new ProblemError('payment_state_conflict', { facts: { state: row.state } });
    // Nobody is asked to confirm on the phone what is too much all the same.
    if (row.state === 'identified') await refuseOverLimit(deps, row);
    const reason = row.state === 'identified' ? await whyAskPhone(deps, row) : null;
    if (reason !== null) return viewOf(deps, await askPhone(deps, { row, reason }));
    if (row.state !== 'awaiting_phone') await settleApproved(deps, row);
    const after = await readOwn(deps.db, input);
    if (phaseOf(after.state) === 'paid' || after.state === 'awaiting_phone') return viewOf(deps, after);
    throw new ProblemError('payment_state_conflict', { facts: { state: after.state } });
  });
}

async function takeCode(deps: PaymentsDependencies, { row, code }: { row: PaymentRow; code: string }): Promise<void> {
  const atMs = deps.nowMs();
  const checked = await deps.checkCode(code);
  // Taken for this payment before, by a run whose answer was lost.
  if ('ref' in checked && row.code_ref === checked.ref) return;
  if (!checked.ok) throw new ProblemError(checked.code);
  const { ref, payerId } = checked;
  await deps.db.transaction().execute(async (trx) => {
    const payer = await trx.selectFrom('payer').select(['id', 'name']).where('id', '=', payerId).executeTakeFirstOrThrow();
    await deps.useCode(trx, checked);
    await stepIn(trx, {
      paymentId: row.id,
      event: 'code_shown',
      atMs,
      set: { payer_id: payer.id, payer_masked_name: maskedName(payer.name), receipt_claims: null, risk_outcome: null, digits_tries: 0, look_nonce: null, way: 'code', code_ref: ref, last_problem: null },
    });
  });
}
