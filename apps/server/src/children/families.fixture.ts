// FOR TESTS: guardians and their children over the real API of a test server.
import { activate, enrol, freshKey, newSigner, recognised, sealedPin, shownNonce, startTestServer, type Ask, type TestServer } from '../testing/test-server.ts';

export const pin = '294615';
export const root = '/api/phone/me/children';
export type Adult = Awaited<ReturnType<typeof enrol>> & { digits: string };
export type AtTill = { readonly server: TestServer; readonly till: string };

export async function openTillAt(name: string): Promise<AtTill> {
  const server = await startTestServer({ name });
  return { server, till: (await activate(server)).token };
}

export const codeOf = ({ status, body }: { status: number; body: { code?: string } | null }) => (status < 300 ? 'ok' : body?.code);

/** `at`: asked each time, since tests begin before their server does. */
export function familiesAt(at: () => AtTill) {
  let lastPhone = 13_500_000_000;
  const newAdult = async (face: string, topUpMinor = '50000') => ({ ...(await enrol(at().server, { phone: `+86${++lastPhone}`, name: '王芳', pin, face, topUpMinor })), digits: String(lastPhone).slice(-4) });
  const of = (guardian: Pick<Adult, 'session'>, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, more: Ask = {}) => at().server.ask(method, `${root}${path}`, { token: guardian.session, key: freshKey(), ...more });

  async function newChildBody(guardian: Adult, more: object = {}) {
    const consent = (await of(guardian, 'GET', '/consent?locale=zh')).body;
    return {
      name: '小米', bornOn: '2016-05-04',
      consent: { version: consent.version, locale: 'zh', agreedToService: true, agreedToFace: true },
      limits: { payment: '3000', day: '6000', month: '50000' }, categories: ['food', 'goods'],
      proof: { pin: await sealedPin(at().server, { pin, subjectId: guardian.payerId }) },
      ...more,
    };
  }
  const add = async (guardian: Adult, more: object = {}) => of(guardian, 'POST', '', { json: await newChildBody(guardian, more) });
  const look = async (guardian: Adult, childId: string, face: string) => {
    const opened = await of(guardian, 'POST', `/${childId}/looks`, { json: { signer: await newSigner() } });
    return opened.status === 201 ? of(guardian, 'PUT', `/${childId}/looks/${opened.body.nonce}/capture`, { bytes: Buffer.from(face) }) : opened;
  };
  const give = (guardian: Adult, childId: string, amountMinor: string) => of(guardian, 'POST', `/${childId}/allowance`, { json: { amount: { amountMinor, currency: 'CNY' } } });
  /** Added, looked at, with money. */
  async function newChild(guardian: Adult, face: string, more: object = {}) {
    const added = await add(guardian, more);
    if (added.status !== 201) throw new Error(added.text);
    const childId: string = added.body.id;
    const looked = await look(guardian, childId, face);
    if (looked.status !== 200) throw new Error(looked.text);
    const given = await give(guardian, childId, '10000');
    if (given.status !== 201) throw new Error(given.text);
    return childId;
  }
  const atTill = async (face: string, amountMinor: string) => {
    const { paymentId, result } = await recognised(at().server, { token: at().till, amountMinor, face });
    return { paymentId, result, press: async () => at().server.ask('POST', `/api/terminal/payments/${paymentId}/confirm`, { token: at().till, key: freshKey(), json: { nonce: await shownNonce(at().server, paymentId) } }) };
  };
  const walletOf = async (session: string) => (await at().server.ask('GET', '/api/phone/me', { token: session })).body.balance.amountMinor;

  const exportOf = async ({ session }: Adult) => (await at().server.ask('GET', '/api/phone/me/export', { token: session })).body;
  const exportedChild = async (guardian: Adult, childId: string) => (await exportOf(guardian)).children.find(({ id }: { id: string }) => id === childId);
  return { newAdult, of, newChildBody, add, look, give, newChild, atTill, walletOf, exportOf, exportedChild };
}
