// The set of the demo: a running Sonrisa, one terminal, the back offices, and people who have enrolled.
import type { PaymentView } from '@sonrisa/protocol/terminal-api.ts';
import { ApiRefusal } from './api.ts';
import { openOffices } from './office-client.ts';
import type { OfficeClient } from './office-client.ts';
import type { LookKind, People, Person } from './people.ts';
import { createPhone } from './phone-client.ts';
import type { Owner, PhoneClient } from './phone-client.ts';
import { activateTerminal } from './terminal-client.ts';
import type { TerminalClient } from './terminal-client.ts';
import type { Timings } from './timings.ts';

export type Shopper = Owner & { readonly person: Person };

export type Stage = {
  readonly url: string;
  readonly terminal: TerminalClient;
  readonly offices: OfficeClient;
  readonly phone: PhoneClient;
  readonly people: People;
  readonly shoppers: Shopper[];
  readonly timings: Timings;
};

export async function openStage(input: { url: string; activationCode: string; people: People; timings: Timings }): Promise<Stage> {
  const { url, people, timings } = input;
  return {
    url,
    people,
    timings,
    shoppers: [],
    terminal: await activateTerminal({ url, activationCode: input.activationCode }),
    offices: await openOffices({ url }),
    phone: await createPhone({ url }),
  };
}

export const startBalanceMinor = 50_000n;

/** Enrols one person through the public API, the code read from the sandbox outbox, and fills the wallet. */
export async function enrolShopper(stage: Stage, index: number, topUpMinor: bigint = startBalanceMinor): Promise<Shopper> {
  const person = stage.people.shoppers[index];
  if (!person) throw new RangeError(`there is no person ${index}`);
  const owner = await stage.timings.measure('enrol (SMS code, consent, face, PIN)', () =>
    stage.phone.enrol({
      phone: phoneNumberOf(index),
      name: person.name,
      pin: pinOf(index),
      takeBurst: (count) => person.burst({ kind: 'enrolment', seed: index + 1, count }),
    }),
  );
  if (topUpMinor > 0n) await stage.timings.measure('top up', () => stage.phone.topUp(owner.session, amountOf(stage, topUpMinor)));
  const shopper = { ...owner, person };
  stage.shoppers.push(shopper);
  return shopper;
}

// Numbers of the Chinese mobile plan; the last four differ between people, as they mostly do in life.
export const phoneNumberOf = (index: number): string => `+86138${String(10_000_000 + index * 7_919 + 1_234).slice(0, 8)}`;

const pinOf = (index: number): string => String(273_915 + index * 1_117);

export const amountOf = (stage: Stage, amountMinor: bigint) => ({ amountMinor: String(amountMinor), currency: stage.terminal.profile.currency });

export type PaidTry = {
  readonly payment: PaymentView;
  /** `refused`: the picture itself was not good enough; `refusal` says why. */
  readonly outcome: 'identified' | 'needs_digits' | 'not_recognised' | 'refused';
  readonly refusal?: string;
  readonly askedForDigits: boolean;
  readonly askedForPin: boolean;
};

/** One whole try at the till: whatever the budget or the store asks for is given. */
export async function payByFace(stage: Stage, input: { shopper: Shopper; amountMinor: bigint; kind?: LookKind; seed: number }): Promise<PaidTry> {
  const { terminal, timings } = stage;
  const { shopper, kind = 'till', seed } = input;
  const created = await timings.measure('create payment', () => terminal.createPayment({ amountMinor: String(input.amountMinor) }));
  const looked = await orRefusal(lookOnce(stage, { paymentId: created.id, person: shopper.person, kind, seed }));
  if (looked instanceof ApiRefusal) return { payment: await terminal.cancel(created.id), outcome: 'refused', refusal: looked.code, askedForDigits: false, askedForPin: false };
  const { beganAtMs, ...outcome } = looked;
  let payment = outcome.payment;
  const askedForDigits = payment.next === 'digits';
  if (askedForDigits) payment = await timings.measure('digits', () => terminal.digits(payment.id, shopper.phone.slice(-4)));
  const askedForPin = payment.next === 'confirm_with_pin';
  if (payment.next === 'confirm' || askedForPin) {
    payment = await timings.measure(askedForPin ? 'confirm with PIN' : 'confirm', () => terminal.confirm(payment, askedForPin ? { pin: shopper.pin } : {}));
    if (!askedForDigits && !askedForPin) timings.note('capture to paid, face alone', performance.now() - beganAtMs);
  }
  return { payment, outcome: outcome.outcome, askedForDigits, askedForPin };
}

/** Time counts from the moment the frames are there: cutting them out of photos is the demo's own work. */
export async function lookOnce(stage: Stage, input: { paymentId: string; person: Person; kind: LookKind; seed: number }) {
  const { terminal, timings } = stage;
  const { paymentId, person, kind, seed } = input;
  const ticket = await timings.measure('open a look', () => terminal.openLook(paymentId));
  const frames = await person.burst({ kind, seed, count: ticket.framesWanted });
  const beganAtMs = performance.now();
  const sealed = await timings.measure('sign and seal the burst', () => terminal.seal({ paymentId, nonce: ticket.nonce, frames }));
  const result = await timings.measure('match (send, open, detect, search, decide)', () => terminal.sendCapture({ paymentId, nonce: ticket.nonce, sealed }));
  return { ...result, beganAtMs };
}

async function orRefusal<Answer>(asked: Promise<Answer>): Promise<Answer | ApiRefusal> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiRefusal) return error;
    throw error;
  }
}

/** A look that is sure to be good enough: with photos nobody has tried before, that is the one that enrolled. */
export const sureLook = (stage: Stage): LookKind => (stage.people.exact ? 'till' : 'enrolment');

export const balanceOf = async (stage: Stage, shopper: Shopper): Promise<bigint> => BigInt((await stage.phone.me(shopper.session)).balance.amountMinor);
