// A whole server from its configuration: adapters, domain, HTTP. main.ts runs it as a process, tests run it in theirs.
import { createHmac } from 'node:crypto';
import type { IdKind } from '@sonrisa/protocol/ids.ts';
import { openPin } from '@sonrisa/protocol/seal.ts';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import packageJson from '../package.json' with { type: 'json' };
import { createAccountEvents } from './account-events/index.ts';
import { loadAuditKey } from './adapters/audit-key.ts';
import { createAdjustments } from './adjustments/index.ts';
import type { Clock } from './adapters/clock.ts';
import { createIds, type Ids } from './adapters/ids.ts';
import { createOpenIdIdentity } from './adapters/openid-identity.ts';
import { createPinHashes, type PinHashes } from './adapters/pin-hashes.ts';
import { createPushSender } from './adapters/push-sender.ts';
import { createPager, type Pager } from './adapters/pager.ts';
import { createPdfWriter } from './adapters/pdf.ts';
import type { Random } from './adapters/random.ts';
import { createSandboxIdentity } from './adapters/sandbox-identity.ts';
import { loadServerKeys, type ServerKeys } from './adapters/server-keys.ts';
import { openProviders } from './adapters/sms/open.ts';
import { createOutboxProvider, type SmsProvider } from './adapters/sms/provider.ts';
import { deriveSubKey } from './adapters/sub-keys.ts';
import { createStripeCards } from './adapters/stripe-cards.ts';
import { createTestBank } from './adapters/test-bank.ts';
import { createTokens, type Tokens } from './adapters/tokens.ts';
import type { Vault } from './adapters/vault-client.ts';
import { createApp } from './app.ts';
import { createAuditLog, createAuditor, createBooks, type Auditor, type Books } from './books/index.ts';
import type { Config } from './config.ts';
import { keepRole } from './db/access.ts';
import { createDatabase, type Database } from './db/database.ts';
import { keepMode } from './db/one-mode.ts';
import type { Pool } from './db/pool.ts';
import { createCases } from './cases/index.ts';
import { type Children, type ChildrenDeps, createChildren, wardsOf } from './children/index.ts';
import { createDisputes } from './disputes/index.ts';
import { createEnrolments, createInvites, type Enrolments } from './enrolment/index.ts';
import { createFaceReviews, type FaceReviews } from './face-reviews/index.ts';
import { createFunding } from './funding/index.ts';
import { createAnswerSeal, createIdempotency, createProcessLock, forgetOldKeys } from './idempotency/index.ts';
import type { IdentityProvider } from './identity/index.ts';
import { createLimits, type Limits } from './limits/index.ts';
import { createMerchants, createShops } from './merchants/index.ts';
import { createMessages, createOutbox, type Messages } from './messages/index.ts';
import { createActs, createOperators, createPeople } from './operators/index.ts';
import type { OwnProofs } from './owner-proof/index.ts';
import { createFaceCount, createOwners, type FaceCount, type Owners } from './owners/index.ts';
import { createPasskeys, relyingPartyOf } from './passkeys/index.ts';
import { createPaymentCodes } from './payment-codes/index.ts';
import { attemptPin, createPayments, type CheckPin, type PaymentsDependencies } from './payments/index.ts';
import { createPaymentTexts } from './payment-texts/index.ts';
import { createPayouts } from './payouts/index.ts';
import { createProposals } from './proposals/index.ts';
import { createPushes } from './push/index.ts';
import { createRecoveries } from './recovery/index.ts';
import { createRisk } from './risk/index.ts';
import type { Round } from './rounds.ts';
import { createSandbox, merchantKeyOf, operatorTokenOf, sandboxPeople, seedPeople, seedSandbox } from './sandbox/index.ts';
import { createSmsLimits, fullPolicy, sandboxPolicy } from './sms-guard/index.ts';
import { createSettlements } from './settlements/index.ts';
import { createStatements } from './statements/index.ts';
import { createPlaces, createTerminals } from './terminals/index.ts';

export type ServerDeps = {
  config: Config;
  pool: Pool;
  clock: Clock;
  random: Random;
  vault: Vault;
  log: FastifyBaseLogger;
  /** Instead of those of the configuration. */
  smsProviders?: readonly SmsProvider[];
};
export type Server = { app: FastifyInstance; rounds: Round[] };

const paymentsEveryMs = 2_000;
const enrolmentsEveryMs = 30_000;
const casesEveryMs = 5_000;
const pushEveryMs = 1_000;
const paymentTextsEveryMs = 2_000;
const auditLogEveryMs = 10_000;
const auditEveryMs = 60_000;
const messagesEveryMs = 1_000;
const receiptsEveryMs = 10_000;
const refusalsEveryMs = 10_000;
const fundingEveryMs = 15_000;
/** Of a keyed hash that stands for a number or an address: 132 bits. */
const markLength = 22;
const settlementsEveryMs = 60_000;
const pruneEveryMs = 60 * 60_000;
const signaturesEveryMs = 60_000;
const dayMs = 24 * 60 * 60_000;
/** A sandbox's messages are there to be read. */
const bodyKeptMs = { sandbox: 7 * dayMs, production: dayMs };

/** On a migrated database. Seeds the sandbox's merchant in sandbox mode. Throws SchemaError on a database of the other mode, and in production for a role that may write the books. */
export async function createServer(deps: ServerDeps): Promise<Server> {
  const { config, pool, clock, random, vault, log } = deps;
  await keepMode({ pool, mode: config.mode });
  await keepRole({ pool, mode: config.mode, log });
  const db = createDatabase(pool);
  const ids = createIds({ random, nowMs: clock.nowMs });
  const tokens = createTokens({ random });
  const keys = await loadServerKeys({ keysDir: config.keysDir });
  const pins = createPinHashes({ pepper: config.pinPepper });
  const serverKey = { jwk: keys.publicJwk, thumbprint: keys.thumbprint };
  const books = openBooks({ ...deps, ids });
  const auditKey = loadAuditKey({ keysDir: config.keysDir });
  const auditLog = createAuditLog({ pool, signer: auditKey, publicKeyText: auditKey.text });
  const { pager, auditor } = openAuditor({ ...deps, auditLog });
  const risk = await openRisk({ db, clock });
  const ofPhones = createPhoneProofs({ ...deps, db, ids, tokens, keys, pins });
  const places = createPlaces({ db, nowMs: () => clock.nowMs(), mode: config.mode });
  const { messages, smsLimits, smsRounds } = openMessages({ ...deps, db, ids, limits: ofPhones.limits });
  const payments = createPayments({
    db, risk, books, vault, limits: ofPhones.limits, places,
    sms: { messages, smsLimits, random, codeKey: smsKeys(config.secret).codeKey },
    mode: config.mode, errorBudget: config.errorBudget,
    ...ofPhones.checks,
    verifyReceipt: (receipt) => vault.verifyReceipt(receipt),
    nowMs: () => clock.nowMs(),
    newId: (kind) => (kind === 'payment' ? ids.makeInOrder(kind) : ids.make(kind)),
  });
  const sandbox = config.mode === 'sandbox' ? await openSandbox({ ...deps, db }) : undefined;
  const { recoveries, events } = openRecoveries({ ...deps, db, ids, tokens, keys, pins, messages, ofPhones });
  const enrolments = createEnrolments({ db, clock, random, ids, tokens, messages, smsLimits, vault, pins, events, owners: recoveries.owners, pinKey: keys.privateKey, ...smsKeys(config.secret), currency: config.currency, mode: config.mode, adultAgeYears: config.adultAgeYears });
  const funding = createFunding({ pool, clock, ids, books, testBank: sandbox && createTestBank({ clock }), cards: config.stripe && createStripeCards({ ...config.stripe, clock }) });
  const owners = createOwners({ wardsOf: (guardianId) => wardsOf(childRecords({ ...deps, db, ofPhones }), guardianId), db, clock, ids, tokens, books, payments, limits: ofPhones.limits, proofs: ofPhones.proofs, funding, vault, messages, events, pdf: createPdfWriter(), signer: auditKey, mode: config.mode, faceUnusedDaysMax: config.faceUnusedDaysMax });
  const faceReviews = createFaceReviews({ db, clock, vault, eraseFace: owners.eraseAfterReview, askForNewLook: owners.askForNewLook, onVaultAway: (err) => log.warn({ err }, 'The vault was not told that two faces are two people; the next round tells it') });
  const faceCount = createFaceCount({ db, log, faceUnusedDaysMax: config.faceUnusedDaysMax });
  const terminals = createTerminals({ db, clock, ids, tokens, random, vault, serverKey, places, mode: config.mode, errorBudget: config.errorBudget });
  const money = createMoney({ ...deps, db, pager, books, ids, limits: ofPhones.limits });
  const children = openChildren({ ...deps, db, ids, books, payments, owners, ofPhones, recoveries, messages, events, cases: money.cases });
  const processLock = createProcessLock({ pool, random });
  const idempotency = createIdempotency({ db, clock, processLock, seal: createAnswerSeal({ key: deriveSubKey(config.secret, 'repeatable-answers'), random }) });
  const app = await createApp({
    log,
    newRequestId: () => `req_${Buffer.from(random.bytes(12)).toString('hex')}`,
    tls: config.tls, webDir: config.webDir, trustProxy: config.trustProxy,
    health: { mode: config.mode, version: packageJson.version, databaseIsUp: () => answers(pool), vaultIsUp: () => vault.isUp(), booksAreStopped: () => auditor.isStopped(), smsIsUp: () => messages.providersAreUp(), faceLevel: () => faceCount.level() },
    terminal: { terminals, invites: createInvites({ db, clock, ids, messages, smsLimits, publicUrl: config.publicUrl }), payments, idempotency },
    phone: { mode: config.mode, vault, serverKey, enrolments, owners, recoveries, payouts: money.payouts, idempotency },
    phoneRequests: { ...ofPhones, owners, payments, recoveries, cases: money.cases, idempotency, clock },
    merchant: { merchants: createMerchants({ db, tokens, books, mode: config.mode }), payments, terminals, idempotency },
    operators: createOperators({ people: createPeople({ db, ids, clock, tokens }), acts: createActs({ db, clock }), clock, tokens, books, auditor, auditLog, payments, operatorToken: sandbox?.keys.operatorToken }),
    shops: createShops({ db, clock, tokens, ids, mode: config.mode }), money, risk, currency: config.currency, children, limits: ofPhones.limits, cases: money.cases, faceReviews,
    smsState: async () => ({ ...(await messages.report()), ...(await smsLimits.state()) }),
    faceCount: () => faceCount.read(),
    sandbox: sandbox && createSandbox(sandbox),
  });
  app.addHook('onClose', () => processLock.close());
  const rounds = [
    { name: 'payments', everyMs: paymentsEveryMs, run: () => payments.sweep() },
    ...faceRounds({ enrolments, owners, faceCount, children, faceReviews }),
    ...smsRounds,
    { name: 'funding', everyMs: fundingEveryMs, run: () => funding.resolve() },
    ...pruneRounds({ db, clock, terminals, recoveries }),
    ...ofPhones.rounds,
    ...moneyRounds(money),
    { name: 'audit log', everyMs: auditLogEveryMs, run: () => auditLog.extend(clock.nowMs()).then((note) => note !== null && log.info({ checkpoint: note }, 'The audit log was signed')) },
    { name: 'audit', everyMs: auditEveryMs, run: () => auditor.round(clock.nowMs()) },
    { name: 'audit of everything', everyMs: dayMs, run: () => auditor.full(clock.nowMs()) },
  ];
  app.addHook('onClose', () => messages.stop());
  return { app, rounds };
}

function pruneRounds({ db, clock, terminals, recoveries }: { db: Database; clock: Clock; terminals: { sweep(): Promise<void> }; recoveries: { sweep(): Promise<unknown> } }): Round[] {
  return [
    { name: 'signatures', everyMs: signaturesEveryMs, run: () => terminals.sweep() },
    { name: 'recoveries', everyMs: pruneEveryMs, run: () => recoveries.sweep() },
    { name: 'old keys', everyMs: pruneEveryMs, run: () => forgetOldKeys({ db, clock }) },
  ];
}

// Where messages cost money every limit holds; a sandbox's outbox has those of a number and of the hour.
function openMessages({ db, ids, limits, clock, random, config, log, smsProviders }: ServerDeps & { db: Database; ids: Ids; limits: Limits }) {
  const configured = config.smsProviders && openProviders(config.smsProviders, { nowMs: () => clock.nowMs(), random, log });
  const providers = smsProviders ?? configured ?? (config.mode === 'sandbox' ? [createOutboxProvider()] : []);
  if (providers.length === 0) log.warn('Nobody can enrol: text messages have no provider. Name one in a file and the file in SONRISA_SMS_FILE (docs/sms.md)');
  const budget = { perHourMax: config.smsPerHourMax, perDayMax: config.smsPerDayMax, countriesPerDayMax: config.smsCountries };
  const policy = config.mode === 'sandbox' && configured === undefined ? sandboxPolicy(budget) : fullPolicy(budget);
  const markKey = deriveSubKey(config.secret, 'sms-counts');
  const smsLimits = createSmsLimits({ db, clock, policy, mark: (text) => createHmac('sha256', markKey).update(text).digest('base64url').slice(0, markLength) });
  const messages = createMessages({ db, clock, ids, providers, bodyKeptMs: bodyKeptMs[config.mode], log });
  messages.start();
  const paymentTexts = createPaymentTexts({ db, clock, limits, messages, smsLimits });
  const smsRounds: Round[] = [
    { name: 'messages', everyMs: messagesEveryMs, run: () => messages.sendDue() },
    { name: 'texts of payments', everyMs: paymentTextsEveryMs, run: () => paymentTexts.round() },
    { name: 'receipts', everyMs: receiptsEveryMs, run: () => messages.askForReceipts() },
    { name: 'refused messages', everyMs: refusalsEveryMs, run: () => smsLimits.writeRefusals() },
    { name: 'old messages', everyMs: pruneEveryMs, run: () => Promise.all([messages.clearBodies(), smsLimits.forgetOld()]) },
  ];
  return { messages, smsLimits, smsRounds };
}

const smsKeys = (secret: Uint8Array) => ({ codeKey: deriveSubKey(secret, 'sms-code'), deviceKey: deriveSubKey(secret, 'sms-device') });

async function openRisk({ db, clock }: { db: Database; clock: Clock }) {
  const risk = createRisk({ db, nowMs: () => clock.nowMs() });
  await risk.install();
  return risk;
}

function openBooks({ pool, ids, log }: Pick<ServerDeps, 'pool' | 'log'> & { ids: Ids }): Books {
  const newTransferId = (kind: string) => ids.makeInOrder(kind === 'top_up' ? 'topUp' : kind === 'refund' ? 'refund' : 'transfer');
  const onSplit = (error: unknown, chains: number) => log.warn({ err: error, chains }, 'A group of postings failed and is posted one by one');
  return createBooks({ pool, newTransferId, onSplit });
}

type Proofs = Pick<PaymentsDependencies, 'checkPin' | 'checkPasskey' | 'checkCode' | 'useCode'>;

// By what a shopper and their own phone prove themselves.
function createPhoneProofs(deps: ServerDeps & { db: Database; ids: Ids; tokens: Tokens; keys: ServerKeys; pins: PinHashes }) {
  const { db, clock, random, ids, tokens, config } = deps;
  const passkeys = createPasskeys({ db, clock, random, relyingParty: relyingPartyOf(config.publicUrl) });
  const paymentCodes = createPaymentCodes({ db, clock, random, ids, tokens, secretKey: deriveSubKey(config.secret, 'payment-codes') });
  const checks: Proofs = { checkPin: createCheckPin(deps), checkPasskey: passkeys.check, checkCode: paymentCodes.check, useCode: paymentCodes.use };
  const proofs: OwnProofs = {
    checkPin: ({ payerId, sealedPin }) =>
      attemptPin(db, { payerId, place: 'phone', nowMs: clock.nowMs(), check: () => checks.checkPin({ payerId, subjectId: payerId, sealedPin }) }),
    checkPasskey: passkeys.check,
    takeNonce: passkeys.takeNonce,
  };
  const limits = createLimits({ db, nowMs: () => clock.nowMs(), currency: config.currency, proofs });
  const sender = createPushSender({ keysDir: config.keysDir, contact: config.pushContact });
  const pushes = createPushes({ db, sender, moreHosts: config.pushHosts, nowMs: () => clock.nowMs(), timeZoneOf: async (currency) => (await limits.settings(currency)).timeZone });
  const rounds = [
    { name: 'old codes', everyMs: pruneEveryMs, run: () => Promise.all([paymentCodes.prune(), passkeys.prune()]) },
    { name: 'push notices', everyMs: pushEveryMs, run: () => pushes.round() },
  ];
  return { passkeys, paymentCodes, checks, proofs, limits, pushes, rounds };
}

type Account = ServerDeps & { db: Database; ids: Ids; tokens: Tokens; keys: ServerKeys; pins: PinHashes; messages: Messages; ofPhones: ReturnType<typeof createPhoneProofs> };

function openRecoveries({ db, ids, tokens, keys, pins, messages, ofPhones, clock, random, config }: Account) {
  const events = createAccountEvents({ db, clock, messages });
  const recoveries = createRecoveries({
    db, clock, ids, tokens, random, pins, events, messages,
    pinKey: keys.privateKey,
    referenceKey: deriveSubKey(config.secret, 'recovery-references'),
    coolDowns: config.coolDowns,
    publicUrl: config.publicUrl,
    proofs: ofPhones.proofs,
    checkPin: ({ payerId, place, subjectId, sealedPin }) =>
      attemptPin(db, { payerId, place, nowMs: clock.nowMs(), check: () => ofPhones.checks.checkPin({ payerId, subjectId, sealedPin }) }),
    passkeys: ofPhones.passkeys,
    identityProvider: openIdentityProvider(config),
  });
  return { recoveries, events };
}

function openIdentityProvider({ identityProvider, mode, publicUrl }: Config): IdentityProvider | null {
  if (identityProvider.kind === 'openid') return createOpenIdIdentity({ ...identityProvider, redirectUri: `${publicUrl}/phone/` });
  return identityProvider.kind === 'sandbox' ? createSandboxIdentity({ mode }) : null;
}

function openAuditor({ config, log, pool, auditLog }: ServerDeps & { auditLog: ReturnType<typeof createAuditLog> }): { pager: Pager; auditor: Auditor } {
  if (config.mode === 'production' && config.pagerUrl === undefined) log.warn('Nobody is told when the books stop or refuse a settlement: SONRISA_PAGER_URL is not set, the log is all there is');
  const pager = createPager({ url: config.pagerUrl });
  return { pager, auditor: createAuditor({ pool, auditLog, pager, log }) };
}

function createMoney({ db, books, ids, clock, config, limits, pager, log }: Pick<ServerDeps, 'clock' | 'config' | 'log'> & { pager: Pager; db: Database; books: Books; ids: Ids; limits: Limits }) {
  const shared = { db, books, nowMs: () => clock.nowMs(), newId: (kind: IdKind) => ids.make(kind), idFrom: (kind: IdKind, text: string) => ids.from(kind, text) };
  const payouts = createPayouts(shared);
  const disputes = createDisputes({ ...shared, bearer: config.disputeBearer });
  const proposals = createProposals({ ...shared, payouts, disputes });
  return {
    payouts, proposals, disputes,
    cases: createCases({ ...shared, disputes, limits }),
    settlements: createSettlements({ ...shared, pager, log, newId: () => ids.make('settlement') }),
    adjustments: createAdjustments(shared),
    statements: createStatements({ ...shared, payouts, proposals }),
  };
}

function faceRounds({ enrolments, owners, faceCount, children, faceReviews }: { enrolments: Enrolments; owners: Owners; faceCount: FaceCount; children: Children; faceReviews: FaceReviews }): Round[] {
  return [
    { name: 'enrolments', everyMs: enrolmentsEveryMs, run: () => enrolments.sweep() },
    { name: 'deleted faces', everyMs: enrolmentsEveryMs, run: () => owners.sweep() },
    { name: 'children', everyMs: enrolmentsEveryMs, run: () => children.sweep() },
    { name: 'faces told apart', everyMs: enrolmentsEveryMs, run: () => faceReviews.sweep() },
    { name: 'unused faces', everyMs: pruneEveryMs, run: () => owners.retain() },
    { name: 'count of faces', everyMs: pruneEveryMs, run: () => faceCount.round() },
  ];
}

type OfChildren = ServerDeps & Pick<ChildrenDeps, 'db' | 'ids' | 'books' | 'payments' | 'owners' | 'recoveries' | 'messages' | 'events' | 'cases'> & { ofPhones: ReturnType<typeof createPhoneProofs> };

function openChildren({ ofPhones, ids, vault, books, payments, owners, recoveries, messages, events, cases, ...deps }: OfChildren): Children {
  const { passkeys, limits, proofs } = ofPhones;
  return createChildren({ ...childRecords({ ...deps, ofPhones }), ids, vault, books, payments, owners, recoveries, messages, events, cases, passkeys, limits, proofs, mode: deps.config.mode, guardianAttested: deps.config.guardianAttested });
}

function childRecords({ config, clock, db, ofPhones }: Pick<OfChildren, 'config' | 'clock' | 'db' | 'ofPhones'>) {
  return { db, clock, adultAgeYears: config.adultAgeYears, timeZoneOf: async (currency: string) => (await ofPhones.limits.settings(currency)).timeZone };
}

function moneyRounds({ settlements, statements, cases }: ReturnType<typeof createMoney>): Round[] {
  return [
    { name: 'cases', everyMs: casesEveryMs, run: () => cases.finish() },
    { name: 'settlements', everyMs: settlementsEveryMs, run: () => settlements.round() },
    { name: 'reconciliation', everyMs: settlementsEveryMs, run: () => statements.reconcile() },
    { name: 'moments of the books', everyMs: auditEveryMs, run: () => statements.writeMoment() },
  ];
}

async function openSandbox(input: ServerDeps & { db: Database }) {
  const { config, db, clock, random } = input;
  const tokens = createTokens({ random });
  const keys = {
    merchantKey: merchantKeyOf(deriveSubKey(config.secret, 'sandbox-merchant-key')),
    operatorToken: operatorTokenOf(deriveSubKey(config.secret, 'sandbox-operator-token')),
    activationCode: config.sandboxActivationCode ?? '',
    people: sandboxPeople.map(({ name, use }) => ({ name, token: operatorTokenOf(deriveSubKey(config.secret, use)) })),
  };
  await seedPeople({ db, tokens, people: keys.people });
  await seedSandbox({ db, tokens, merchantKey: keys.merchantKey, activationCode: keys.activationCode, currency: config.currency });
  return { keys, outbox: createOutbox({ db, clock }) };
}

// Of a payer without a PIN every PIN is wrong.
function createCheckPin({ db, keys, pins }: { db: Database; keys: ServerKeys; pins: PinHashes }): CheckPin {
  return async ({ payerId, subjectId, sealedPin }) => {
    const pin = await openPin(sealedPin, { subjectId, privateKey: keys.privateKey });
    if (pin === undefined) return { ok: false, code: 'pin_sealed_wrong' };
    const payer = await db.selectFrom('payer').select('pin_hash').where('id', '=', payerId).executeTakeFirst();
    const right = payer?.pin_hash != null && (await pins.verify(payer.pin_hash, pin));
    return right ? { ok: true } : { ok: false, code: 'pin_wrong' };
  };
}

async function answers(pool: Pool): Promise<boolean> {
  try {
    await pool.query('SELECT 1');
    return true;
  } catch {
    return false;
  }
}
