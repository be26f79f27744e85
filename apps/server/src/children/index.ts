// Children by guardian (docs/minors.md): accounts without a phone, a PIN or a session, each under an adult who adds it on their own
// phone, agrees for it, funds it, caps it and ends it. What is decided is pure (decide.ts); face, limits and payments are those of any payer.
import type { AddChild, AllowanceResult, Children as ChildrenView, ChildView, ConsentForChild } from '@sonrisa/protocol/children-api.ts';
import type { MyCase } from '@sonrisa/protocol/cases-api.ts';
import type { LookTicket } from '@sonrisa/protocol/capture.ts';
import type { WireAmount } from '@sonrisa/protocol/amount.ts';
import type { LimitKind, SetLimit } from '@sonrisa/protocol/limits-api.ts';
import type { ConsentText } from '@sonrisa/protocol/phone-api.ts';
import type { PhoneAnswer } from '@sonrisa/protocol/phone-request-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { Cases } from '../cases/index.ts';
import { guardianConsentText } from '../enrolment/index.ts';
import type { Limits } from '../limits/index.ts';
import type { Owners } from '../owners/index.ts';
import type { Payments } from '../payments/index.ts';
import type { Recoveries } from '../recovery/index.ts';
import { addChild, type AddDeps, consentAnew } from './add.ts';
import { type ChildAct, limitRefused } from './decide.ts';
import { type LookDeps, openChildLook, takeChildLook } from './look.ts';
import { closeChild, giveAllowance, giveBackLeft, type MoneyDeps } from './money.ts';
import { childFor, type OfChild } from './record.ts';
import { restGrownFaces, settleTies } from './tie.ts';
import { childrenView, childView, type ViewDeps } from './views.ts';

export { wardsOf, type OfChild } from './record.ts';

/** Every refusal is thrown as a ProblemError; of a child of somebody else `child_not_found`. */
export type Children = {
  list(guardianId: string): Promise<ChildrenView>;
  consentText(locale: 'zh' | 'en'): ConsentText;
  add(input: { guardianId: string; sessionHash: string; child: AddChild }): Promise<ChildView>;
  read(input: OfChild): Promise<ChildView>;
  consent(input: OfChild & ConsentForChild & { sessionHash: string }): Promise<ChildView>;
  openLook(input: Parameters<typeof openChildLook>[1]): Promise<LookTicket>;
  takeLook(input: Parameters<typeof takeChildLook>[1]): Promise<ChildView>;
  allow(input: OfChild & { key: string; amount: WireAmount }): Promise<AllowanceResult>;
  setLimit(input: OfChild & SetLimit & { kind: LimitKind }): Promise<ChildView>;
  cancelRaise(input: OfChild & { kind: LimitKind }): Promise<ChildView>;
  pause(input: OfChild): Promise<ChildView>;
  resume(input: OfChild): Promise<ChildView>;
  eraseFace(input: OfChild): Promise<ChildView>;
  close(input: OfChild): Promise<ChildView>;
  undo(input: OfChild & { paymentId: string }): Promise<PhoneAnswer>;
  notMe(input: OfChild & { paymentId: string }): Promise<MyCase>;
  /** Faces of those who came of age rest; money that came back to closed wallets goes on. */
  sweep(): Promise<{ rested: number; givenBack: number }>;
};

export type ChildrenDeps = AddDeps & LookDeps & Omit<MoneyDeps, 'eraseFace'> & Omit<ViewDeps, 'owners' | 'payments' | 'limits'> & {
  owners: Pick<Owners, 'myFace' | 'pauseFace' | 'resumeFace' | 'deleteFace'>;
  payments: Pick<Payments, 'listForPayer' | 'isShownToGuardian' | 'undo'>;
  limits: Pick<Limits, 'mine' | 'set' | 'cancelRaise'>;
  cases: Pick<Cases, 'open'>;
  recoveries: Pick<Recoveries, 'requireCalm'>;
};

export function createChildren(given: ChildrenDeps): Children {
  const deps = { ...given, eraseFace: given.owners.deleteFace };
  const { owners, limits, recoveries } = deps;
  /** While the guardian's account is being recovered nothing that lets a child pay more begins (`recovery_guards`). */
  const calmly = async <Result>({ guardianId }: { guardianId: string }, work: () => Promise<Result>): Promise<Result> => {
    await recoveries.requireCalm(guardianId);
    return work();
  };
  const view = (of: OfChild): Promise<ChildView> => childView(deps, of);
  /** As for any payer, once it is this guardian's child and nothing stands against it. */
  const doing = async <Result>(of: OfChild, act: ChildAct, work: (childId: string) => Promise<Result>): Promise<Result> => work((await childFor(deps, of, act)).id);
  const thenView = async (of: OfChild, act: ChildAct, work: (childId: string) => Promise<unknown>): Promise<ChildView> => {
    await doing(of, act, work);
    return view(of);
  };
  const takingBack = <Result>({ paymentId, ...of }: OfChild & { paymentId: string }, take: (payment: { payerId: string; paymentId: string }) => Promise<Result>): Promise<Result> =>
    doing(of, 'take_back', async (payerId) => {
      if (!(await deps.payments.isShownToGuardian({ payerId, paymentId }))) throw new ProblemError('payment_not_found');
      return take({ payerId, paymentId });
    });
  return {
    list: (guardianId) => childrenView(deps, guardianId),
    consentText: guardianConsentText,
    add: (input) => calmly(input, async () => view({ guardianId: input.guardianId, childId: await addChild(deps, input) })),
    read: view,
    consent: (input) => calmly(input, () => consentAnew(deps, input).then(() => view(input))),
    openLook: (input) => calmly(input, () => openChildLook(deps, input)),
    takeLook: (input) => takeChildLook(deps, input).then(() => view(input)),
    allow: (input) => calmly(input, () => giveAllowance(deps, input)),
    setLimit: ({ kind, maxMinor, proof, ...of }) =>
      thenView(of, 'limit', async (payerId) => {
        if (limitRefused({ kind, maxMinor })) throw new ProblemError('child_limit_refused');
        // With a proof it may be a raise.
        if (proof !== undefined) await recoveries.requireCalm(of.guardianId);
        await limits.set({ payerId, proverId: of.guardianId, kind, maxMinor, proof });
      }),
    cancelRaise: ({ kind, ...of }) => thenView(of, 'pause', (payerId) => limits.cancelRaise({ payerId, kind })),
    pause: (of) => thenView(of, 'pause', owners.pauseFace),
    resume: (of) => thenView(of, 'resume', owners.resumeFace),
    eraseFace: (of) => thenView(of, 'erase', owners.deleteFace),
    close: (of) => closeChild(deps, of).then(() => view(of)),
    undo: (input) => takingBack(input, deps.payments.undo),
    notMe: (input) => takingBack(input, deps.cases.open),
    sweep: async () => {
      await settleTies(deps);
      return { rested: await restGrownFaces(deps), givenBack: await giveBackLeft(deps) };
    },
  };
}
