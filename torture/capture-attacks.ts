// Captures that must not be taken: altered, replayed, from a terminal that was switched off, from a copy of a terminal. Each kind
// sets a scene and says what an attacker sends, and what the terminal itself would.
import { randomUUID } from 'node:crypto';
import type { CaptureSigner } from '../packages/protocol/src/burst.ts';
import { createRequestSigner, type RequestSigner } from '../packages/protocol/src/request-signature.ts';
import { createDeviceKey } from '../apps/cli/src/demo/device-key.ts';
import { sealLook } from '../apps/cli/src/demo/look.ts';
import type { Stage } from '../apps/cli/src/demo/stage.ts';
import { activateTerminal, type TerminalClient } from '../apps/cli/src/demo/terminal-client.ts';
import type { Seeded } from './seeded.ts';

type Bytes = Uint8Array<ArrayBuffer>;
export type Call = { path: string; headers: Record<string, string>; body: Bytes };
export const attackKinds = ['altered', 'replayed', 'revoked', 'cloned'] as const;
export type AttackKind = (typeof attackKinds)[number];

export type Scene = {
  /** One attempt; `how` names what is wrong with it. */
  attempt(random: Seeded): Promise<{ how: string; call: Call }>;
  /** A capture that nothing is wrong with, as its terminal sends it. Null where there is none any more. */
  genuine: (() => Promise<Call>) | null;
};

export type Theatre = {
  stage: Stage;
  activationCode: string;
  takeBurst(count: number): Promise<readonly Bytes[]>;
  /** Answers a capture as the server does, with its status. */
  send(call: Call): Promise<number>;
  /** Asks again for as long as the server wants to be asked later. */
  patiently<Result>(ask: () => Promise<Result>): Promise<Result>;
};

type Look = { path: string; seal(signer?: CaptureSigner): Promise<Bytes> };

/** A payment with an open look, and what seals captures for it. The server takes one capture a look. */
async function openLook({ stage, takeBurst, patiently }: Theatre, terminal: TerminalClient): Promise<Look> {
  const { id: paymentId } = await patiently(() => terminal.createPayment({ amountMinor: '1100' }));
  const { nonce, framesWanted } = await patiently(() => terminal.openLook(paymentId));
  const look = { frames: await takeBurst(framesWanted), nonce, purpose: 'payment', subjectId: paymentId, vaultKey: stage.terminal.profile.vaultKey.jwk } as const;
  return {
    path: pathOf(paymentId, nonce),
    seal: (signer = terminal.device.signer) => sealLook({ ...look, device: { ...terminal.device, signer }, nowMs: Date.now() }),
  };
}

const pathOf = (paymentId: string, nonce: string): string => `/api/terminal/payments/${paymentId}/looks/${nonce}/capture`;
const signerOf = (signer: CaptureSigner): RequestSigner => createRequestSigner({ signer, nowMs: () => Date.now() });
const headOf = (token: string) => ({ authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' });

async function signedCall(path: string, body: Bytes, { token, signer }: { token: string; signer: RequestSigner }): Promise<Call> {
  const headers = headOf(token);
  return { path, body, headers: { ...headers, ...(await signer.sign({ method: 'PUT', target: path, headers, body })) } };
}

const identityOf = ({ token, device }: TerminalClient) => ({ token, signer: signerOf(device.signer) });

function withOneByteChanged(bytes: Bytes, random: Seeded): Bytes {
  const altered = bytes.slice();
  const at = random.int(altered.length);
  altered[at] = altered[at]! ^ (1 + random.int(255));
  return altered;
}

type Director = (theatre: Theatre) => Promise<Scene>;

const genuineOf = (theatre: Theatre, terminal: TerminalClient) => async (): Promise<Call> => {
  const { path, seal } = await openLook(theatre, terminal);
  return signedCall(path, await seal(), identityOf(terminal));
};

const altered: Director = async (theatre) => {
  const { terminal } = theatre.stage;
  const own = identityOf(terminal);
  return {
    genuine: genuineOf(theatre, terminal),
    async attempt(random) {
      const { path, seal } = await openLook(theatre, terminal);
      const sealed = await seal();
      const body = withOneByteChanged(sealed, random);
      if (random.chance(0.5)) return { how: 'one byte, before the request was signed', call: await signedCall(path, body, own) };
      return { how: 'one byte, on the way', call: { ...(await signedCall(path, sealed, own)), body } };
    },
  };
};

const replayed: Director = async (theatre) => {
  const { terminal } = theatre.stage;
  const own = identityOf(terminal);
  const { path, seal } = await openLook(theatre, terminal);
  const sealed = await seal();
  const taken = await signedCall(path, sealed, own);
  const status = await theatre.send(taken);
  if (status !== 200) throw new Error(`the capture to be replayed was refused with ${status}`);
  const other = () => openLook(theatre, terminal);
  const ways: readonly [string, () => Promise<Call>][] = [
    ['the same request', async () => taken],
    ['the same capture, signed anew', () => signedCall(path, sealed, own)],
    ['for the look of another payment', async () => signedCall((await other()).path, sealed, own)],
    ['for another payment', async () => signedCall(`${(await other()).path.split('/looks/')[0]}/looks/${path.split('/')[6]}/capture`, sealed, own)],
  ];
  return { genuine: genuineOf(theatre, terminal), attempt: oneOf(ways) };
};

const revoked: Director = async (theatre) => {
  const { stage, activationCode, patiently } = theatre;
  const terminal = await patiently(() => activateTerminal({ url: stage.url, activationCode }));
  const own = identityOf(terminal);
  const status = await theatre.send(await genuineOf(theatre, terminal)());
  if (status !== 200) throw new Error(`before it was switched off, the terminal's capture was refused with ${status}`);
  const { path, seal } = await openLook(theatre, terminal);
  const before = await seal();
  const { api, keys } = stage.offices;
  const off = await api.raw({ path: `/api/merchant/terminals/${terminal.profile.terminalId}/revoke`, token: keys.merchantKey, json: {}, idempotencyKey: randomUUID() });
  if (off.status !== 200) throw new Error(`could not switch a terminal off: ${off.status}`);
  return {
    genuine: null,
    attempt: oneOf([
      ['a capture made before', () => signedCall(path, before, own)],
      ['a capture made after', async () => signedCall(path, await seal(), own)],
    ]),
  };
};

const cloned: Director = async (theatre) => {
  const { stage, activationCode, patiently } = theatre;
  const victim = stage.terminal;
  const thief = await createDeviceKey();
  const elsewhere = await patiently(() => activateTerminal({ url: stage.url, activationCode }));
  const own = identityOf(victim);
  const stolen = { token: victim.token, signer: signerOf(thief.signer) };
  const atVictim = async () => {
    const { path, seal } = await openLook(theatre, victim);
    return { path, seal, sealed: await seal() };
  };
  const another = (await atVictim()).sealed;
  const ways: readonly [string, (look: Awaited<ReturnType<typeof atVictim>>) => Promise<Call>][] = [
    ['its token and another key', ({ path, sealed }) => signedCall(path, sealed, stolen)],
    ['its token and no signature', async ({ path, sealed }) => ({ path, headers: headOf(victim.token), body: sealed })],
    ['its token and the signature of another request', async ({ path, sealed }) => ({ ...(await signedCall(path, another, own)), body: sealed })],
    ['its payment, from another terminal', ({ path, sealed }) => signedCall(path, sealed, identityOf(elsewhere))],
    ['its capture, for a look of another terminal', async ({ sealed }) => signedCall((await openLook(theatre, elsewhere)).path, sealed, identityOf(elsewhere))],
    ['its name in a capture that another key signed', async ({ path, seal }) => signedCall(path, await seal(thief.signer), own)],
  ];
  return {
    genuine: genuineOf(theatre, victim),
    attempt: oneOf(ways.map(([how, call]) => [how, async () => call(await atVictim())] as const)),
  };
};

const oneOf = (ways: readonly (readonly [string, () => Promise<Call>])[]): Scene['attempt'] => async (random) => {
  const [how, call] = random.pick(ways);
  return { how, call: await call() };
};

export const directors: Readonly<Record<AttackKind, Director>> = { altered, replayed, revoked, cloned };
