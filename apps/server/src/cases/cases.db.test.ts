// "That was not me": the money back at once within a cap, the face at rest, a case with evidence that holds no picture.
import { createHash } from 'node:crypto';
import { type IdKind, makeId } from '@sonrisa/protocol/ids.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDisputes } from '../disputes/index.ts';
import { lifted, setLimits } from '../limits/lifted.fixture.ts';
import { createLimits } from '../limits/index.ts';
import { resumeFace } from '../owners/pause-face.ts';
import { createPayments } from '../payments/index.ts';
import { codeOf, openTill, rightPin, type Till } from '../payments/till.fixture.ts';
import { createCases, type Cases, type CasesDeps } from './index.ts';

let till: Till;
let deps: CasesDeps;
let cases: Cases;
beforeAll(async () => {
  till = await openTill('cases');
  await setLimits(till.pool, { ...lifted, notMe: { countMax: 2, sumMaxMinor: '30000', days: 90 } });
  const idFrom = (kind: IdKind, text: string) => makeId(kind, createHash('sha256').update(text).digest().subarray(0, 16));
  const nowMs = () => till.clock.nowMs;
  const none = async () => Promise.reject(new Error('no limit is raised here'));
  deps = {
    db: till.db,
    nowMs,
    newId: (kind) => idFrom(kind, till.next(kind)),
    limits: createLimits({ db: till.db, nowMs, currency: 'CNY', proofs: { checkPin: none, checkPasskey: none, takeNonce: none } }),
    disputes: createDisputes({ db: till.db, books: till.books, bearer: 'platform', nowMs, idFrom }),
  };
  cases = createCases(deps);
});
afterAll(() => till.close());

const pay = async (payerId: string, amountMinor: bigint, pin?: string) => (await till.payments.confirm(await till.press(await till.identified(payerId, amountMinor), { pin }))).id;
const walletOf = (payerId: string) => till.books.walletMinor({ payerId, currency: 'CNY' });

describe('somebody who says it was not them', () => {
  it('has the money at once, however often they say so, and their face rests until an officer has closed the case', async () => {
    const payerId = await till.shopper(50_000n);
    const paymentId = await pay(payerId, 4_000n);
    const answers = await Promise.all(Array.from({ length: 5 }, () => cases.open({ payerId, paymentId })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ state: 'open', refund: 'at_once' });
    expect(await walletOf(payerId)).toBe(50_000n);
    expect(await codeOf(pay(payerId, 100n))).toBe('face_paused');
    till.clock.nowMs += 10 * 60_000;
    expect(await codeOf(resumeFace({ db: till.db, clock: till.deps }, payerId))).toBe('face_case_open');

    const [seen] = await cases.list({ state: 'open', limit: 10 });
    expect(seen).toMatchObject({ paymentId, faceState: 'paused', disputeId: expect.stringMatching(/^dis_/), evidence: { secondFactor: false, terminalId: till.terminalId } });
    expect(seen).toMatchObject({ paymentState: 'disputed', dispute: { paymentId, bearer: 'platform', state: 'open', recoveredMinor: '0' }, evidence: { store: { name: 'Corner', nameZh: '街角' }, terminal: { kind: 'kiosk', mode: 'sandbox', state: 'active' } } });
    expect(seen?.evidence.claims).toMatchObject({ score: 0.98, threshold: 0.96, bound: 1e-7 });
    expect(Object.keys(seen?.evidence.claims ?? {}).join()).not.toMatch(/image|frame|template|embedding|probe/i);
    const closed = await cases.close({ caseId: seen!.id, finding: 'somebody_else', note: 'the twin', closedBy: 'token' });
    expect(closed).toMatchObject({ state: 'closed', finding: 'somebody_else', closedBy: 'token' });
    expect(await codeOf(cases.close({ caseId: seen!.id, finding: 'payer', note: 'again', closedBy: 'token' }))).toBe('case_closed');
    await resumeFace({ db: till.db, clock: till.deps }, payerId);
    expect(await codeOf(pay(payerId, 100n))).toBe('ok');
  });

  it('has it back within a cap of number and sum, shared by cases at once; beyond it an officer looks first', async () => {
    const [often, much] = [await till.shopper(50_000n), await till.shopper(90_000n)];
    const small = [await pay(often, 100n), await pay(often, 100n), await pay(often, 100n), await pay(often, 100n)];
    const refunds = (await Promise.all(small.map((paymentId) => cases.open({ payerId: often, paymentId })))).map(({ refund }) => refund);
    expect(refunds.sort()).toEqual(['at_once', 'at_once', 'capped', 'capped']);
    expect(await walletOf(often)).toBe(50_000n - 200n);
    const large = [await pay(much, 19_000n), await pay(much, 19_000n)];
    expect((await cases.open({ payerId: much, paymentId: large[0]! })).refund).toBe('at_once');
    expect((await cases.open({ payerId: much, paymentId: large[1]! })).refund).toBe('capped');
    expect(await walletOf(much)).toBe(90_000n - 19_000n);
  });

  it('is not paid at once for what their own phone said yes to, nor twice for what the shop gave back, nor for what is not theirs', async () => {
    const payerId = await till.shopper(50_000n);
    await till.db.updateTable('payer').set({ ask_phone_from_minor: 0n }).where('id', '=', payerId).execute();
    const id = await till.identified(payerId, 700n);
    await till.payments.confirm(await till.press(id));
    const [request] = await till.payments.openRequests(payerId);
    await till.payments.approve({ payerId, requestId: request!.id, proof: { pin: rightPin } });
    expect((await cases.open({ payerId, paymentId: id })).refund).toBe('confirmed');
    expect(await walletOf(payerId)).toBe(50_000n - 700n);

    const other = await till.shopper(5_000n);
    const paymentId = await pay(other, 900n);
    expect(await codeOf(cases.open({ payerId, paymentId }))).toBe('payment_not_found');
    await Promise.all([
      codeOf(cases.open({ payerId: other, paymentId })),
      codeOf(till.payments.refund({ merchantId: till.merchantId, paymentId, key: till.next('key'), reason: 'stale' })),
    ]);
    expect(await walletOf(other)).toBe(5_000n);
  });

  it.each(['somebody else', 'themselves'])('has it at once where what the phone said yes to was a look before, at %s', async (whose) => {
    const first = await till.shopper(5_000n);
    const payerId = whose === 'themselves' ? first : await till.shopper(5_000n);
    const asks = (from: bigint | null) => till.db.updateTable('payer').set({ ask_phone_from_minor: from }).where('id', '=', first).execute();
    await asks(0n);
    const paymentId = await till.identified(first, 300n);
    await till.payments.confirm(await till.press(paymentId));
    const [request] = await till.payments.openRequests(first);
    const dying = createPayments({ ...till.deps, books: { ...till.books, postInOrder: async () => Promise.reject(new Error('killed')) } });
    await expect(dying.approve({ payerId: first, requestId: request!.id, proof: { pin: rightPin } })).rejects.toThrow('killed');
    await till.payments.notMe({ terminalId: till.terminalId, paymentId });
    await asks(null);
    await till.lookAt(paymentId, payerId);
    await till.payments.confirm(await till.press(paymentId));
    expect((await till.payments.notices(payerId)).notices).toMatchObject([{ paymentId, confirmedOnPhone: false }]);
    expect((await cases.open({ payerId, paymentId })).refund).toBe('at_once');
    expect(await walletOf(payerId)).toBe(5_000n);
  });

  it('whose process died before the money moved has it a round later, once', async () => {
    const payerId = await till.shopper(5_000n);
    const paymentId = await pay(payerId, 900n);
    const dying = createCases({ ...deps, disputes: { open: async () => Promise.reject(new Error('killed')) } });
    await expect(dying.open({ payerId, paymentId })).rejects.toThrow('killed');
    expect(await walletOf(payerId)).toBe(4_100n);
    expect(await codeOf(pay(payerId, 100n))).toBe('face_paused');
    await Promise.all([cases.finish(), cases.finish()]);
    expect(await walletOf(payerId)).toBe(5_000n);
  });
});
