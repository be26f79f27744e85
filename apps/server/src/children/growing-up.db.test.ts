// The end of a childhood: what rests on the birthday, and what the guardian sees no more.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertBooksCoherent } from '../books/index.ts';
import { type AtTill, codeOf, familiesAt, openTillAt } from './families.fixture.ts';

let at: AtTill;
beforeAll(async () => {
  at = await openTillAt('growing_up');
});
afterAll(async () => {
  await assertBooksCoherent(at.server.pool);
  await at.server.stop();
});
const { newAdult, of, add, give, newChild, atTill, exportedChild } = familiesAt(() => at);

describe('the end', () => {
  it('of childhood: the face rests, nothing more is given, the guardian closes the wallet', async () => {
    const { server } = at;
    const guardian = await newAdult('parent');
    const childId = await newChild(guardian, 'grown', { bornOn: '2008-11-25' });
    expect(codeOf(await (await atTill('grown', '100')).press())).toBe('ok');
    expect(await exportedChild(guardian, childId)).toMatchObject({ state: 'on', data: { face: { looks: [{ result: 'paid' }] } } });
    const before = server.clock.ms;
    server.clock.ms += 2 * 24 * 3_600_000;
    await server.runRound('children');
    expect((await of(guardian, 'GET', `/${childId}`)).body).toMatchObject({ state: 'of_age', ageYears: 18, face: { state: 'paused' } });
    expect((await atTill('grown', '100')).result.body).toMatchObject({ code: 'face_paused' });
    for (const answer of [await give(guardian, childId, '1'), await of(guardian, 'POST', `/${childId}/resume`)]) expect(codeOf(answer)).toBe('child_of_age');
    // What is kept about a grown-up is no guardian's, before the wallet is closed and afterwards.
    expect(await exportedChild(guardian, childId)).toEqual({ id: childId, name: '小米', bornOn: '2008-11-25', state: 'of_age', balance: { amountMinor: '9900', currency: 'CNY' }, data: null });
    expect((await of(guardian, 'POST', `/${childId}/close`)).body).toMatchObject({ state: 'closed' });
    expect(await exportedChild(guardian, childId)).toMatchObject({ state: 'closed', data: null });
    server.clock.ms = before;
  });

  it('of childhood is the end of what the guardian sees: no look, and of payments only those from before, while they can be reported', async () => {
    const { server } = at;
    const guardian = await newAdult('seeing');
    const childId = await newChild(guardian, 'seen', { bornOn: '2008-11-25' });
    const leapChild = (await add(guardian, { name: '小麦', bornOn: '2012-02-29' })).body.id;
    const [first, second] = [await atTill('seen', '100'), await atTill('seen', '200')];
    for (const { press } of [first, second]) expect(codeOf(await press())).toBe('ok');
    await server.runRound('children');
    const until = async (id: string) => (await server.pool.query<{ guardian_until: Date }>('SELECT guardian_until FROM payer WHERE id = $1', [id])).rows[0]?.guardian_until.toISOString();
    expect([await until(childId), await until(leapChild)]).toEqual(['2026-11-24T16:00:00.000Z', '2030-02-28T16:00:00.000Z']);
    const page = async () => (await of(guardian, 'GET', `/${childId}`)).body;
    const noticed = async () => (await server.ask('GET', '/api/phone/me/notices', { token: guardian.session })).body.notices.map(({ paymentId }: { paymentId: string }) => paymentId);
    const before = server.clock.ms;
    expect(await page()).toMatchObject({ payments: [{ id: second.paymentId }, { id: first.paymentId }], face: { looks: [{}, {}], unusedUntilMs: expect.any(Number) } });

    // From the first moment on, before any round comes by: nobody pays by the guardian's consent, and the look is not the guardian's to see.
    server.clock.ms = Date.parse('2026-11-24T16:00:00Z');
    expect((await atTill('seen', '300')).result.body).toMatchObject({ code: 'face_paused' });
    const grown = { state: 'of_age', limits: [], payments: [{ id: second.paymentId }, { id: first.paymentId }], face: { looks: [], unusedUntilMs: null, consents: [{ agreedToFace: true }] } };
    expect(await page()).toMatchObject(grown);
    await server.runRound('children');
    expect(await page()).toMatchObject({ ...grown, face: { ...grown.face, state: 'paused' } });
    const notMe = (paymentId: string) => of(guardian, 'POST', `/${childId}/payments/${paymentId}/not-me`);
    expect((await notMe(first.paymentId)).status).toBe(201);

    // One that was begun after the end, by an earlier version: the end is moved before it.
    await server.pool.query(`UPDATE payer SET guardian_until = (SELECT created_at FROM payment WHERE id = $2) WHERE id = $1`, [childId, second.paymentId]);
    expect((await page()).payments.map(({ id }: { id: string }) => id)).toEqual([first.paymentId]);
    expect(await noticed()).toEqual([first.paymentId]);
    expect(codeOf(await notMe(second.paymentId))).toBe('payment_not_found');
    await server.runRound('children');
    expect(await noticed()).toEqual([second.paymentId, first.paymentId]);

    // Nobody can report it any more: it is the grown-up's alone.
    server.clock.ms = before + 119 * 24 * 3_600_000;
    await server.pool.query(`UPDATE session SET expires_at = $2 WHERE payer_id = $1`, [guardian.payerId, new Date(server.clock.ms + 365 * 24 * 3_600_000)]);
    const later = async () => [(await page()).payments.length, (await noticed()).length];
    expect(await later()).toEqual([2, 2]);
    server.clock.ms += 2 * 24 * 3_600_000;
    expect(await later()).toEqual([0, 0]);
    server.clock.ms = before;
  });
});
