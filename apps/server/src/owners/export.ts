// Everything that is kept about an owner, for them, as one object: no secret, no picture, no number of a template. What is added to
// the tables of a payer has its place here too.
import type { Export, ExportedChild, MyFace } from '@sonrisa/protocol/my-face-api.ts';
import type { Me } from '@sonrisa/protocol/phone-api.ts';
import { sql } from 'kysely';
import type { Clock } from '../adapters/clock.ts';
import type { Database } from '../db/database.ts';
import type { Limits } from '../limits/index.ts';
import { labels, notIncludedLabels } from './export-labels.ts';

/** Of each kind of row; a phone takes the file whole. */
export const rowsExportedMax = 10_000;

/** What is read of any payer, a child too. */
export type Kept = { readonly face: MyFace; readonly me: Me };

export type ExportDeps = { db: Database; clock: Clock; limits: Pick<Limits, 'mine'> };

export async function exportOf(deps: ExportDeps, { face, me, children }: Kept & { children: ExportedChild[] }): Promise<Export> {
  const { db, clock } = deps;
  const { payerId } = me;
  const payer = await db.selectFrom('payer').select(['name', 'phone_e164', 'created_at', 'locale', 'ask_phone_from_minor', 'sms_notices', 'notices_seen_at']).where('id', '=', payerId).executeTakeFirstOrThrow();
  const [money, phone, limits, account, contact] = await Promise.all([moneyOf(db, payerId), phoneOf(db, payerId), limitsOf(deps, payerId), accountOf(db, payerId), contactOf(db, { payerId, phone: payer.phone_e164 })]);
  return {
    format: 'sonrisa-export-v4',
    madeAtMs: clock.nowMs(),
    account: { payerId, name: payer.name, phone: payer.phone_e164, openedAtMs: payer.created_at.getTime(), balance: me.balance, locale: payer.locale },
    face,
    payments: me.payments,
    ...money,
    paymentCodes: me.payments.filter(({ way }) => way === 'code').map(({ id, atMs, amount }) => ({ paymentId: id, atMs, amount })),
    ...phone,
    limits: { ...limits, askPhoneFromMinor: payer.ask_phone_from_minor === null ? null : String(payer.ask_phone_from_minor), smsNotices: payer.sms_notices },
    ...account,
    ...contact,
    noticesSeenUntilMs: ms(payer.notices_seen_at),
    children,
    notIncluded: notIncludedLabels.map((label) => labels[label][1]),
  };
}

/** A child's, as its guardian's own: nothing that takes a phone, a number or a session, of which it has none. */
export async function childDataOf(deps: ExportDeps, { face, me: { payerId, payments } }: Kept): Promise<NonNullable<ExportedChild['data']>> {
  const { db } = deps;
  const { created_at: opened } = await db.selectFrom('payer').select('created_at').where('id', '=', payerId).executeTakeFirstOrThrow();
  const [{ cases, allowances }, { phoneRequests }, { own, caps }] = await Promise.all([moneyOf(db, payerId), phoneOf(db, payerId), limitsOf(deps, payerId)]);
  return { openedAtMs: opened.getTime(), face, payments, allowances, limits: { own, caps }, cases, phoneRequests };
}

const ms = (date: Date | null): number | null => date?.getTime() ?? null;
const amountOf = ({ amount_minor, currency }: { amount_minor: bigint; currency: string }) => ({ amountMinor: String(amount_minor), currency });

type MoneyRow = { id: string; amount_minor: bigint; currency: string; state: string; at: Date };

async function moneyOf(db: Database, payerId: string): Promise<Pick<Export, 'topUps' | 'withdrawals' | 'allowances' | 'cards' | 'bankAccounts' | 'cases'>> {
  const topUps = (await sql<MoneyRow & { source: string }>`
    SELECT id, amount_minor, currency, source, state, created_at AS at FROM funding_attempt WHERE payer_id = ${payerId} ORDER BY created_at LIMIT ${rowsExportedMax}`.execute(db)).rows;
  const withdrawals = (await sql<MoneyRow & { holder: string; number: string }>`
    SELECT p.id, p.amount_minor, p.currency, p.state, p.sent_at AS at, o.holder, o.number FROM payout p JOIN payout_order o ON o.payout_id = p.id
     WHERE p.beneficiary = 'payer' AND p.beneficiary_id = ${payerId} ORDER BY p.sent_at LIMIT ${rowsExportedMax}`.execute(db)).rows;
  const cards = (await sql<{ brand: string; last4: string; at: Date }>`SELECT brand, last4, created_at AS at FROM payer_card WHERE payer_id = ${payerId}`.execute(db)).rows;
  const banks = (await sql<{ holder: string; number: string; currency: string }>`SELECT holder, number, currency FROM bank_account WHERE owner = 'payer' AND owner_id = ${payerId}`.execute(db)).rows;
  const cases = (await sql<MoneyRow & { payment_id: string; refund: string; finding: string | null }>`
    SELECT id, payment_id, amount_minor, currency, refund, state, finding, opened_at AS at FROM face_case WHERE payer_id = ${payerId} ORDER BY opened_at LIMIT ${rowsExportedMax}`.execute(db)).rows;
  return {
    topUps: topUps.map((row) => ({ id: row.id, amount: amountOf(row), source: row.source, state: row.state, atMs: row.at.getTime() })),
    withdrawals: withdrawals.map((row) => ({ id: row.id, amount: amountOf(row), state: row.state, holder: row.holder, number: row.number, atMs: row.at.getTime() })),
    allowances: await allowancesOf(db, payerId),
    cards: cards.map(({ brand, last4, at }) => ({ brand, last4, addedAtMs: at.getTime() })),
    bankAccounts: banks.map(({ holder, number, currency }) => ({ holder, number, currency })),
    cases: cases.map((row) => ({ id: row.id, paymentId: row.payment_id, amount: amountOf(row), refund: row.refund, state: row.state, finding: row.finding, atMs: row.at.getTime() })),
  };
}

type AllowanceRow = Pick<MoneyRow, 'id' | 'amount_minor' | 'currency' | 'at'> & { child_id: string; given: boolean };

/** Read off the books, by the child's leg: of a guardian those of all their children, of a child its own. */
async function allowancesOf(db: Database, payerId: string): Promise<Export['allowances']> {
  const { rows } = await sql<AllowanceRow>`
    SELECT t.id, t.amount_minor, t.currency, t.at, child.id AS child_id, leg.amount_minor > 0 AS given
      FROM payer child
      JOIN account ON account.owner_id = child.id AND account.class = 'payer_wallet'
      JOIN transfer t ON t.kind = 'allowance' AND t.at >= child.created_at
      JOIN entry leg ON leg.transfer_id = t.id AND leg.account_id = account.id
     WHERE child.guardian_id IS NOT NULL AND (child.id = ${payerId} OR child.guardian_id = ${payerId})
     ORDER BY t.at, t.id LIMIT ${rowsExportedMax}`.execute(db);
  return rows.map((row) => ({ id: row.id, childId: row.child_id, direction: row.given ? 'given' : 'back', amount: amountOf(row), atMs: row.at.getTime() }));
}

async function phoneOf(db: Database, payerId: string): Promise<Pick<Export, 'passkeys' | 'phoneRequests' | 'signIns' | 'pushSubscriptions'>> {
  const passkeys = (await sql<{ name: string; at: Date; last_used_at: Date | null }>`SELECT name, created_at AS at, last_used_at FROM passkey WHERE payer_id = ${payerId} ORDER BY created_at`.execute(db)).rows;
  const requests = (await sql<{ id: string; payment_id: string; reason: string; state: string; proof: string | null; asked_at: Date; answered_at: Date | null }>`
    SELECT id, payment_id, reason, state, proof, asked_at, answered_at FROM phone_request WHERE payer_id = ${payerId} ORDER BY asked_at LIMIT ${rowsExportedMax}`.execute(db)).rows;
  const sessions = (await sql<{ at: Date; expires_at: Date; revoked_at: Date | null }>`
    SELECT created_at AS at, expires_at, revoked_at FROM session WHERE payer_id = ${payerId} ORDER BY created_at LIMIT ${rowsExportedMax}`.execute(db)).rows;
  const subscriptions = (await sql<{ endpoint: string; at: Date }>`SELECT endpoint, created_at AS at FROM push_subscription WHERE payer_id = ${payerId} ORDER BY created_at`.execute(db)).rows;
  return {
    passkeys: passkeys.map(({ name, at, last_used_at }) => ({ name, addedAtMs: at.getTime(), lastUsedAtMs: ms(last_used_at) })),
    phoneRequests: requests.map((row) => ({
      id: row.id, paymentId: row.payment_id, reason: row.reason, state: row.state, confirmedBy: row.proof === null ? null : row.proof === 'pin' ? ('pin' as const) : ('passkey' as const),
      askedAtMs: row.asked_at.getTime(), answeredAtMs: ms(row.answered_at),
    })),
    signIns: sessions.map(({ at, expires_at, revoked_at }) => ({ atMs: at.getTime(), expiresAtMs: expires_at.getTime(), signedOutAtMs: ms(revoked_at) })),
    // Whose service tells the phone; the rest of the address is a key to it.
    pushSubscriptions: subscriptions.map(({ endpoint, at }) => ({ service: new URL(endpoint).host, addedAtMs: at.getTime() })),
  };
}

type OwnLimitRow = { kind: string; max_minor: bigint | null; asked_at: Date; effective_at: Date; cancelled_at: Date | null };

async function limitsOf({ db, limits }: ExportDeps, payerId: string): Promise<Omit<Export['limits'], 'askPhoneFromMinor' | 'smsNotices'>> {
  const own = (await sql<OwnLimitRow>`SELECT kind, max_minor, asked_at, effective_at, cancelled_at FROM own_limit WHERE payer_id = ${payerId} ORDER BY id LIMIT ${rowsExportedMax}`.execute(db)).rows;
  const levels = (await sql<{ level: string; note: string; at: Date }>`SELECT level, note, at FROM identity_level WHERE payer_id = ${payerId} ORDER BY id LIMIT ${rowsExportedMax}`.execute(db)).rows;
  const attestations = (await sql<{ name: string; born_on: string; source: string; document: string; at: Date }>`
    SELECT name, born_on::text AS born_on, source, document, at FROM identity_attestation WHERE payer_id = ${payerId} ORDER BY id LIMIT ${rowsExportedMax}`.execute(db)).rows;
  return {
    own: own.map((row) => ({
      kind: row.kind, maxMinor: row.max_minor === null ? null : String(row.max_minor), askedAtMs: row.asked_at.getTime(), effectiveAtMs: row.effective_at.getTime(), cancelledAtMs: ms(row.cancelled_at),
    })),
    caps: (await limits.mine(payerId)).limits.map(({ kind, maxMinor, usedMinor }) => ({ kind, maxMinor, usedMinor })),
    identity: levels.map(({ level, note, at }) => ({ level, note, atMs: at.getTime() })),
    attestations: attestations.map(({ name, born_on, source, document, at }) => ({ name, bornOn: born_on, source, document, atMs: at.getTime() })),
  };
}

async function accountOf(db: Database, payerId: string): Promise<Pick<Export, 'accountEvents' | 'recoveries'>> {
  const events = (await sql<{ kind: string; at: Date }>`SELECT kind, at FROM account_event WHERE payer_id = ${payerId} ORDER BY id LIMIT ${rowsExportedMax}`.execute(db)).rows;
  const recoveries = (await sql<{ id: string; kind: string; state: string; asked_at: Date; ended_at: Date | null }>`
    SELECT id, kind, state, asked_at, ended_at FROM recovery WHERE payer_id = ${payerId} ORDER BY asked_at LIMIT ${rowsExportedMax}`.execute(db)).rows;
  return {
    accountEvents: events.map(({ kind, at }) => ({ kind, atMs: at.getTime() })),
    recoveries: recoveries.map(({ id, kind, state, asked_at, ended_at }) => ({ id, kind, state, askedAtMs: asked_at.getTime(), endedAtMs: ms(ended_at) })),
  };
}

async function contactOf(db: Database, { payerId, phone }: { payerId: string; phone: string | null }): Promise<Pick<Export, 'enrolments' | 'messages'>> {
  const enrolments = (await sql<{ id: string; state: string; at: Date; was_sign_in: boolean }>`
    SELECT id, state, created_at AS at, existing_payer AS was_sign_in FROM enrolment WHERE payer_id = ${payerId} ORDER BY created_at LIMIT ${rowsExportedMax}`.execute(db)).rows;
  const messages = (await sql<{ purpose: string; state: string; at: Date }>`
    SELECT purpose, state, created_at AS at FROM sms_outbox WHERE to_e164 = ${phone} ORDER BY created_at LIMIT ${rowsExportedMax}`.execute(db)).rows;
  return {
    enrolments: enrolments.map(({ id, state, at, was_sign_in }) => ({ id, state, wasSignIn: was_sign_in, atMs: at.getTime() })),
    // Without their text: a code in it could still be good.
    messages: messages.map(({ purpose, state, at }) => ({ purpose, state, atMs: at.getTime() })),
  };
}
