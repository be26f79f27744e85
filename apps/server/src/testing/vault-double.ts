// FOR TESTS OF THE SERVER ONLY: a stand-in for the vault that sees no faces. The "sealed capture" is a person's name in
// plain bytes; receipts are really signed, so that the server's checks of them are the real ones.
import type { FaceState, LookOf, MintLook, VaultKeys } from '@sonrisa/protocol/vault-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import { receiptLifetimeMs, signReceipt, verifyReceipt, type ReceiptClaims, type Rung } from '@sonrisa/protocol/receipt.ts';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { randomBytes } from 'node:crypto';
import type { Clock } from '../adapters/clock.ts';
import type { Vault } from '../adapters/vault-client.ts';

const lookLifetimeMs = 60_000;

type MintedLook = { look: MintLook; person?: string };
type Face = { payerRef: string; faceEpoch: number; lastFour: string; active: boolean };

export type VaultDouble = Vault & {
  /** What the next receipts say. */
  rung: Rung;
  /** What receipts say; a live terminal's payment takes `active` alone. */
  liveness: 'simulated' | 'active';
  up: boolean;
  /** Face label to payer reference: who the vault would recognise. */
  readonly faces: Map<string, Face>;
  readonly forgotten: string[];
  /** Face labels that are one person to the vault: of a capture and of a face that is kept. */
  readonly alike: [string, string][];
  /** Payer references that `tellApart` was asked about, a pair each. */
  readonly toldApart: [string, string][];
  /** Payers whose face counts as enrolled by another pack, until it is activated anew. */
  readonly otherPack: Set<string>;
};

export async function createVaultDouble({ clock }: { clock: Clock }): Promise<VaultDouble> {
  const signing = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const sealing = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true });
  const publicKeys = keysOf({ sealing: await exportJWK(sealing.publicKey), receipts: await exportJWK(signing.publicKey) });
  const looks = new Map<string, MintedLook>();
  const nonce = () => randomBytes(32).toString('base64url');
  const receiptFor = (look: MintLook, face: Face) =>
    signReceipt(claimsFor({ look, face, lookAlike: lookAlikesOf(double, face.payerRef).length > 0, rung: double.rung, liveness: double.liveness, jti: nonce().slice(0, 32), nowMs: clock.nowMs() }), { privateKey: signing.privateKey, keyId: 'double' });
  const double: VaultDouble = {
    rung: 'face',
    liveness: 'simulated',
    up: true,
    faces: new Map(),
    forgotten: [],
    otherPack: new Set(),
    ...likeness(() => double),
    faceState: async (payerRef) => stateOf(double, payerRef),
    isUp: async () => double.up,
    stats: () => Promise.reject(new ProblemError('vault_unavailable')),
    keys: async () => {
      if (!double.up) throw new ProblemError('vault_unavailable');
      return publicKeys;
    },
    mintLook: async (look) => {
      if (!double.up) throw new ProblemError('vault_unavailable');
      const minted = nonce();
      looks.set(minted, { look });
      return { nonce: minted, challenge: { kind: 'smile', prompts: ['smile'] }, mode: look.mode, issuedAtMs: clock.nowMs(), framesWanted: 5, expiresAtMs: clock.nowMs() + lookLifetimeMs };
    },
    capture: async ({ nonce: usedNonce, of, sealed }) => {
      const entry = mintedFor(of, looks.get(usedNonce));
      if (entry.person !== undefined) throw new ProblemError('nonce_used');
      const person = Buffer.from(sealed).toString('utf8');
      entry.person = person;
      if (person === 'nobody') throw new ProblemError('face_none');
      const { look } = entry;
      if (look.purpose === 'enrolment') {
        keepPending(double, person, look);
        return { outcome: 'enrolled', faceEpoch: look.faceEpoch, framesUsed: 5 };
      }
      const face = double.faces.get(person);
      if (!face?.active) return { outcome: 'not_recognised' };
      if (double.rung === 'face_digits' || double.rung === 'face_digits_pin') return { outcome: 'needs_digits', untilMs: clock.nowMs() + lookLifetimeMs };
      return { outcome: 'identified', rung: double.rung, receipt: await receiptFor(look, face) };
    },
    digits: async (usedNonce, digits) => {
      const entry = looks.get(usedNonce);
      if (!entry?.person) throw new ProblemError('nonce_unknown');
      const face = double.faces.get(entry.person);
      if (face?.lastFour !== digits) return { outcome: 'digits_wrong', triesLeft: 2 };
      return { outcome: 'identified', rung: double.rung, receipt: await receiptFor(entry.look, face) };
    },
    activate: async (payerRef, faceEpoch) => {
      if (!double.up) throw new ProblemError('vault_unavailable');
      const kept = [...double.faces.values()].filter((face) => face.payerRef === payerRef && face.faceEpoch === faceEpoch);
      kept.forEach((face) => (face.active = true));
      if (kept.length > 0) double.otherPack.delete(payerRef);
      return { activated: kept.length > 0 };
    },
    forget: async (payerRef) => {
      if (!double.up) throw new ProblemError('vault_unavailable');
      double.forgotten.push(payerRef);
      for (const [label, face] of double.faces) if (face.payerRef === payerRef) double.faces.delete(label);
      return { forgotten: true, templatesErased: 1 };
    },
    verifyReceipt: (receipt) => verifyReceipt(receipt, { publicKey: signing.publicKey, nowMs: clock.nowMs() }),
  };
  return double;
}

function mintedFor(of: LookOf, entry: MintedLook | undefined): MintedLook {
  if (!entry) throw new ProblemError('nonce_unknown');
  if (entry.look.purpose !== of.purpose || entry.look.subjectId !== of.subjectId) throw new ProblemError('capture_binding_mismatch');
  return entry;
}

function keepPending({ faces }: VaultDouble, person: string, { payerRef, faceEpoch, lastFour, unlike }: Extract<MintLook, { purpose: 'enrolment' }>): void {
  if (unlike !== undefined && faces.get(person)?.payerRef === unlike) throw new ProblemError('face_of_guardian');
  faces.set(person, { payerRef, faceEpoch, lastFour, active: false });
}

function likeness(double: () => VaultDouble): Pick<VaultDouble, 'alike' | 'toldApart' | 'lookAlikes' | 'tellApart'> {
  return {
    alike: [],
    toldApart: [],
    lookAlikes: async (payerRef) => ({ alikes: lookAlikesOf(double(), payerRef).map((other) => ({ payerRef: other, score: 0.97, scoreMin: 0.93 })) }),
    tellApart: async (payerRef, otherRef) => {
      if (!double().up) throw new ProblemError('vault_unavailable');
      double().toldApart.push([payerRef, otherRef]);
      return { toldApart: true };
    },
  };
}

function lookAlikesOf({ up, faces, alike, toldApart }: VaultDouble, payerRef: string): string[] {
  if (!up) throw new ProblemError('vault_unavailable');
  const own = [...faces].filter(([, face]) => face.payerRef === payerRef).map(([label]) => label);
  const likes = alike.flatMap(([one, other]) => (own.includes(one) ? [other] : own.includes(other) ? [one] : []));
  const apart = toldApart.flatMap(([one, other]) => (one === payerRef ? [other] : other === payerRef ? [one] : []));
  return likes.flatMap((label) => faces.get(label)?.payerRef ?? []).filter((other) => !apart.includes(other));
}

function keysOf({ sealing, receipts }: { sealing: JWK; receipts: JWK }): VaultKeys {
  return {
    sealing: { jwk: { kty: 'EC', crv: 'P-256', x: sealing.x ?? '', y: sealing.y ?? '' }, thumbprint: 'double' },
    receipts: { jwk: { kty: 'OKP', crv: 'Ed25519', x: receipts.x ?? '' }, keyId: 'double' },
  };
}

function stateOf({ up, faces, otherPack }: VaultDouble, payerRef: string): FaceState {
  if (!up) throw new ProblemError('vault_unavailable');
  const [face] = [...faces.values()].filter((kept) => kept.payerRef === payerRef).sort((a, b) => b.faceEpoch - a.faceEpoch);
  if (!face) return { state: 'none', epoch: null };
  return { state: otherPack.has(payerRef) ? 'other_pack' : face.active ? 'active' : 'pending', epoch: face.faceEpoch };
}

function claimsFor(input: { look: MintLook; face: { payerRef: string; faceEpoch: number }; lookAlike: boolean; rung: Rung; liveness: ReceiptClaims['liveness']; jti: string; nowMs: number }): ReceiptClaims {
  const { look, face, lookAlike, rung, liveness, jti, nowMs } = input;
  if (look.purpose !== 'payment') throw new Error('the double makes receipts for payments only');
  const nowS = Math.floor(nowMs / 1000);
  return {
    iss: 'sonrisa-vault',
    jti,
    iat: nowS,
    exp: nowS + receiptLifetimeMs / 1000,
    purpose: 'payment',
    subjectId: look.subjectId,
    amountMinor: look.amountMinor,
    currency: look.currency,
    merchantId: look.merchantId,
    storeId: look.storeId,
    signerThumbprint: look.signerThumbprint,
    payerRef: face.payerRef,
    faceEpoch: face.faceEpoch,
    rung,
    candidateCount: 1,
    score: 0.9,
    threshold: 0.8,
    bound: 1e-7,
    budget: 1e-6,
    curveId: 'double',
    packId: 'double',
    liveness,
    scene: { faceCount: 1, secondFaceRatio: 0, faceLuma: 120, padScore: null },
    ...(lookAlike ? { lookAlike } : {}),
  };
}
