// A till for tests: real payments and books on a real PostgreSQL. Fake: the vault (says what a test tells it to), the
// receipt's signature, the PIN check (the PIN is 135790), passkeys (the answer's id is the challenge), payment codes ("<payer> <n>") and the clock.
import type { CaptureOutcome, DigitsOutcome, MintLook } from '@sonrisa/protocol/vault-api.ts';
import { ProblemError } from '@sonrisa/protocol/problem.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import { systemRandom } from '../adapters/random.ts';
import { createOutboxProvider } from '../adapters/sms/provider.ts';
import { openTestBooks, testAtMs, topUp, type TestBooks } from '../books/books.fixture.ts';
import { createLimits } from '../limits/index.ts';
import { liftLimits } from '../limits/lifted.fixture.ts';
import { createMessages } from '../messages/index.ts';
import { createRisk, type Risk } from '../risk/index.ts';
import { createSmsLimits, sandboxPolicy } from '../sms-guard/index.ts';
import { createPlaces, type Places } from '../terminals/index.ts';
import { createPayments, type Payments, type PaymentsDependencies } from './index.ts';

export type Till = TestBooks & {
  payments: Payments;
  deps: PaymentsDependencies;
  clock: { nowMs: number };
  risk: Risk;
  places: Places;
  vault: FakeVault;
  merchantId: string;
  terminalId: string;
  /** An enrolled payer with money. */
  shopper(amountMinor: bigint): Promise<string>;
  /** Pay pressed for the person the payment names now. */
  press(paymentId: string, more?: { key?: string; pin?: string | undefined }): Promise<Parameters<Payments['confirm']>[0]>;
  /** A payment that waits for Pay. */
  identified(payerId: string, amountMinor?: bigint, claims?: Partial<ReceiptClaims>): Promise<string>;
  /** A look of this payment that finds this payer. */
  lookAt(paymentId: string, payerId: string, claims?: Partial<ReceiptClaims>): Promise<void>;
};

export type FakeVault = {
  minted: MintLook[];
  /** What the next captures and digits are answered with; a thrown error is thrown. */
  capture: (nonce: string) => Promise<CaptureOutcome>;
  digits: (nonce: string, digits: string) => Promise<DigitsOutcome>;
};

export const rightPin = '135790';

export async function openTill(name: string, change: Partial<PaymentsDependencies> = {}): Promise<Till> {
  const test = await openTestBooks(name);
  const clock = { nowMs: testAtMs };
  const vault: FakeVault = { minted: [], capture: unprepared, digits: unprepared };
  const ids = await seedMerchant(test);
  const [risk, places] = [createRisk({ db: test.db, nowMs: () => clock.nowMs }), createPlaces({ db: test.db, nowMs: () => clock.nowMs, mode: 'sandbox' })];
  await risk.install();
  // Of limits as they come tests of limits speak (limits/limits.db.test.ts).
  await liftLimits(test.pool);
  const deps: PaymentsDependencies = {
    risk,
    places,
    limits: createLimits({ db: test.db, nowMs: () => clock.nowMs, currency: 'CNY', proofs: { checkPin: noProof, checkPasskey: noProof, takeNonce: noProof } }),
    db: test.db,
    books: test.books,
    vault: {
      async mintLook(input) {
        vault.minted.push(input);
        return { nonce: test.next('nonce'), challenge: { kind: 'smile', prompts: ['smile'] }, mode: input.mode, issuedAtMs: clock.nowMs, framesWanted: 5, expiresAtMs: clock.nowMs + 60_000 };
      },
      capture: ({ nonce }) => vault.capture(nonce),
      digits: (nonce, digits) => vault.digits(nonce, digits),
    },
    checkPasskey: async ({ challenge, answer }) => {
      if (answer.id !== challenge) throw new ProblemError('passkey_invalid');
      return { passkeyId: 'key' };
    },
    checkCode: async (code) => ({ ok: true, ref: code, payerId: code.split(' ')[0] ?? '', handle: code, step: 1 }),
    useCode: async () => {},
    sms: openSms(test, clock),
    checkPin: async ({ sealedPin }) => (sealedPin === rightPin ? { ok: true } : { ok: false, code: sealedPin === 'torn' ? 'pin_sealed_wrong' : 'pin_wrong' }),
    verifyReceipt: async (receipt) => ({ ok: true, claims: JSON.parse(receipt) as ReceiptClaims }),
    errorBudget: 1e-6, mode: 'sandbox',
    nowMs: () => clock.nowMs,
    newId: (kind) => `${kind.slice(0, 3)}_${test.next('').slice(1)}`,
    ...change,
  };
  const till: Till = {
    ...test,
    ...ids,
    payments: createPayments(deps),
    deps,
    risk,
    places,
    clock,
    vault,
    async shopper(amountMinor) {
      const payerId = test.next('pyr');
      await test.addPayer(payerId);
      if (amountMinor > 0n) await test.books.post(topUp(payerId, amountMinor, 'seed-top-up'));
      return payerId;
    },
    async press(paymentId, { key = test.next('key'), pin } = {}) {
      const { look_nonce } = await test.db.selectFrom('payment').select('look_nonce').where('id', '=', paymentId).executeTakeFirstOrThrow();
      return { terminalId: till.terminalId, paymentId, key, pin, nonce: look_nonce ?? 'none' };
    },
    async identified(payerId, amountMinor = 1280n, claims = {}) {
      const { id } = await till.payments.create(creation(till, amountMinor));
      await till.lookAt(id, payerId, claims);
      return id;
    },
    async lookAt(paymentId, payerId, claims = {}) {
      const of = { terminalId: till.terminalId, paymentId };
      const { nonce } = await till.payments.openLook(of);
      vault.capture = async () => ({ outcome: 'identified', rung: claims.rung ?? 'face', receipt: receiptFor(till, { payerId, claims }) });
      await till.payments.submitCapture({ ...of, nonce, sealed: new Uint8Array() });
    },
  };
  return till;
}

/** 'ok', or the code of the refusal. What is no refusal is thrown on. */
export async function codeOf(doing: Promise<unknown>): Promise<string> {
  try {
    await doing;
    return 'ok';
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
}

export function creation(till: Till, amountMinor: bigint, key = till.next('key')) {
  return { terminalId: till.terminalId, key, request: { amount: { amountMinor: String(amountMinor), currency: 'CNY' }, lines: [] } };
}

/** A receipt bound to the look that was minted last. */
export function receiptFor(till: Till, input: { payerId: string; claims?: Partial<ReceiptClaims> }): string {
  const look = till.vault.minted.at(-1);
  if (look?.purpose !== 'payment') throw new Error('no look was minted');
  const { mode: _mode, avoid: _avoid, ...bound } = look;
  const claims: ReceiptClaims = {
    iss: 'sonrisa-vault',
    jti: till.next('jti'),
    iat: till.clock.nowMs / 1000,
    exp: till.clock.nowMs / 1000 + 120,
    ...bound,
    payerRef: input.payerId,
    faceEpoch: 1,
    rung: 'face',
    candidateCount: 12,
    score: 0.98,
    threshold: 0.96,
    bound: 1e-7,
    budget: 1e-6,
    curveId: 'test',
    packId: 'test',
    liveness: 'simulated',
    scene: { faceCount: 1, secondFaceRatio: 0, faceLuma: 120, padScore: null },
    ...input.claims,
  };
  return JSON.stringify(claims);
}

async function seedMerchant({ db, next }: TestBooks): Promise<{ merchantId: string; terminalId: string }> {
  const [merchantId, storeId, terminalId] = [next('mer'), next('sto'), next('ter')];
  await db.insertInto('merchant').values({ id: merchantId, name: 'Bakery', name_zh: '面包店', currency: 'CNY', fee_basis_points: 60 }).execute();
  await db
    .insertInto('store')
    .values({ id: storeId, merchant_id: merchantId, name: 'Corner', name_zh: '街角', time_zone: 'Asia/Shanghai', pin_from_minor: 20_000n })
    .execute();
  const jwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' };
  await db
    .insertInto('terminal')
    .values({ id: terminalId, merchant_id: merchantId, store_id: storeId, kind: 'kiosk', key_thumbprint: next('thumb'), public_jwk: JSON.stringify(jwk), token_hash: next('token') })
    .execute();
  return { merchantId, terminalId };
}

/** Real messages within real limits, into the outbox of a sandbox. */
function openSms({ db, next }: TestBooks, clock: { nowMs: number }): PaymentsDependencies['sms'] {
  const now = { nowMs: () => clock.nowMs };
  const ids = { make: () => next('msg'), makeInOrder: () => next('msg'), from: () => next('msg') };
  const messages = createMessages({ db, clock: now, ids, providers: [createOutboxProvider()], bodyKeptMs: 86_400_000, log: { warn: () => undefined } });
  const smsLimits = createSmsLimits({ db, clock: now, policy: sandboxPolicy({ perHourMax: 100_000 }), mark: (text) => text.replaceAll('\0', ' ') });
  return { messages, smsLimits, random: systemRandom, codeKey: new Uint8Array(32).fill(7) };
}

async function noProof(): Promise<never> {
  throw new Error('no limit is raised at a till');
}

async function unprepared(): Promise<never> {
  throw new Error('the test did not say what the vault answers');
}
