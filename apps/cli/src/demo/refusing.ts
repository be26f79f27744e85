// Scenes at the till that must end without a charge.
import type { Claims } from './claims.ts';
import { balances, codeOf, onlyCharged } from './paying.ts';
import { sureLook } from './stage.ts';
import type { Stage } from './stage.ts';

export async function strangersAreRefused(stage: Stage, claims: Claims): Promise<void> {
  await claims.attempt('A stranger is not recognised, sees no name, is not charged, and is invited to enrol', async () => {
    const { terminal, people } = stage;
    const before = await balances(stage);
    const seen: string[] = [];
    let holds = true;
    for (const [index, stranger] of people.strangers.entries()) {
      const created = await terminal.createPayment({ amountMinor: '1200' });
      const { outcome, payment } = await terminal.look(created.id, (count) => stranger.burst({ kind: 'till', seed: 80 + index, count }));
      const named = payment.payer !== null;
      // A stranger who resembles somebody is asked for digits, and does not know them.
      const digits = outcome === 'needs_digits' ? await codeOf(terminal.digits(created.id, '4821')) : undefined;
      const invite = await terminal.invite(created.id, { locale: 'en' });
      holds &&= !named && outcome !== 'identified' && digits !== 'accepted' && invite.state === 'open';
      seen.push(`${outcome}${digits ? ` then ${digits}` : ''}${named ? ', A NAME WAS SHOWN' : ''}`);
      await terminal.cancel(created.id);
    }
    const untouched = sameBalances(before, await balances(stage));
    return { seen: `${seen.join('; ')}; invited; ${untouched ? 'no wallet moved' : 'A WALLET MOVED'}`, holds: holds && untouched };
  });
}

export async function groupsAreRefused(stage: Stage, claims: Claims): Promise<void> {
  await claims.attempt('Two people in view: nobody is picked, one person is asked for', async () => {
    const { terminal, people } = stage;
    const before = await balances(stage);
    const created = await terminal.createPayment({ amountMinor: '1200' });
    const code = await codeOf(terminal.look(created.id, (count) => people.group(count)));
    const after = await terminal.payment(created.id);
    const untouched = sameBalances(before, await balances(stage));
    await terminal.cancel(created.id);
    return { seen: `${code}; ${after.payer === null ? 'no name shown' : 'A NAME WAS SHOWN'}; ${untouched ? 'no wallet moved' : 'A WALLET MOVED'}`, holds: code === 'face_several' && after.payer === null && untouched };
  });
}

export async function replayIsRefused(stage: Stage, claims: Claims): Promise<void> {
  const shopper = stage.shoppers[0];
  if (!shopper) return;
  await claims.attempt('A recorded capture pays nothing: not a second time, not for another payment', async () => {
    const { terminal } = stage;
    const created = await terminal.createPayment({ amountMinor: '1200' });
    const ticket = await terminal.openLook(created.id);
    const frames = await shopper.person.burst({ kind: sureLook(stage), seed: 91, count: ticket.framesWanted });
    const sealed = await terminal.seal({ paymentId: created.id, nonce: ticket.nonce, frames });
    await terminal.sendCapture({ paymentId: created.id, nonce: ticket.nonce, sealed });
    await terminal.cancel(created.id);
    const before = await balances(stage);
    const again = await codeOf(terminal.sendCapture({ paymentId: created.id, nonce: ticket.nonce, sealed }));
    const other = await terminal.createPayment({ amountMinor: '1200' });
    const fresh = await terminal.openLook(other.id);
    const moved = await codeOf(terminal.sendCapture({ paymentId: other.id, nonce: fresh.nonce, sealed }));
    await terminal.cancel(other.id);
    const untouched = onlyCharged({ before, after: await balances(stage), shopper, amountMinor: 0n });
    return { seen: `again: ${again}; under another payment's nonce: ${moved}; ${untouched ? 'nothing moved' : 'MONEY MOVED'}`, holds: again !== 'accepted' && moved !== 'accepted' && untouched };
  });
}

const sameBalances = (before: Map<string, bigint>, after: Map<string, bigint>): boolean => [...before].every(([phone, balance]) => after.get(phone) === balance);
