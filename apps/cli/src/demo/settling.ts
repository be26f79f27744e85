// Scenes in the back office: refunds, and the books at the end of the day.
import type { TrialBalance } from '@sonrisa/protocol/back-office-api.ts';
import type { Claims } from './claims.ts';
import { codeOf, isPaid, yuan } from './paying.ts';
import { amountOf, balanceOf, payByFace, sureLook } from './stage.ts';
import type { Stage } from './stage.ts';

export async function refundsGoBack(stage: Stage, claims: Claims): Promise<void> {
  const shopper = stage.shoppers[0];
  if (!shopper) return;
  await claims.attempt('A refund returns all or a part, never more than was paid, the fee in proportion', async () => {
    const { offices } = stage;
    const before = await balanceOf(stage, shopper);
    const whole = await payByFace(stage, { shopper, amountMinor: 4_000n, kind: sureLook(stage), seed: 101 });
    const part = await payByFace(stage, { shopper, amountMinor: 6_000n, kind: sureLook(stage), seed: 102 });
    if (!isPaid(whole) || !isPaid(part)) return { seen: 'the payments to be refunded did not go through', holds: false };
    const full = await stage.timings.measure('refund', () => offices.refund(whole.payment.id, { reason: 'the cake was sold out' }));
    const third = await offices.refund(part.payment.id, { amount: amountOf(stage, 2_000n), reason: 'one of three was stale' });
    const excess = await codeOf(offices.refund(part.payment.id, { amount: amountOf(stage, 4_001n), reason: 'too much' }));
    const spent = before - (await balanceOf(stage, shopper));
    const seen = `full: ${full.state}, fee back ${yuan(BigInt(full.feeReturnedMinor))}; part: ${third.state}, ${yuan(BigInt(third.refundedMinor))}; excess: ${excess}; the shopper is down ${yuan(spent)}`;
    return { seen, holds: full.state === 'refunded' && third.state === 'partially_refunded' && excess === 'refund_exceeds_payment' && spent === 4_000n };
  });
}

/** The claim, and the trial balance itself to print. */
export async function booksBalance(stage: Stage, claims: Claims): Promise<TrialBalance | undefined> {
  let trial: TrialBalance | undefined;
  await claims.attempt('The books balance to the cent', async () => {
    trial = await stage.offices.trialBalance();
    const sums = new Map<string, bigint>();
    for (const row of trial.rows) sums.set(row.currency, (sums.get(row.currency) ?? 0n) + BigInt(row.balanceMinor));
    const wallets = await Promise.all(stage.shoppers.map((shopper) => balanceOf(stage, shopper)));
    const inWallets = wallets.reduce((sum, each) => sum + each, 0n);
    const zero = [...sums.values()].every((sum) => sum === 0n);
    const booked = trial.rows.filter((row) => /wallet/.test(row.accountClass)).reduce((sum, row) => sum + BigInt(row.balanceMinor), 0n);
    const seen = `${trial.coherent ? 'coherent' : `NOT coherent: ${trial.findings.join('; ')}`}; debits equal credits: ${zero ? 'yes' : 'NO'}; phones show ${yuan(inWallets)}, the books ${yuan(booked)}`;
    return { seen, holds: trial.coherent && zero && inWallets === booked };
  });
  return trial;
}
