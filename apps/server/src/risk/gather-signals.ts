// The signals of one payment at the moment somebody was recognised: the receipt's own, and what the database knows of the
// person, the terminal and the shop. One query, each part of it bounded by an index and a number of rows.
import { type Currency, everydayUnitMinor } from '@sonrisa/ledger/money.ts';
import type { ReceiptClaims } from '@sonrisa/protocol/receipt.ts';
import { sql } from 'kysely';
import type { Database } from '../db/database.ts';
import { kilometresBetween } from './distance.ts';
import { limitsUnknown, type Signals } from './signals.ts';

/** `looks`: how many the payment has taken, this one included. */
export type RiskCase = {
  readonly paymentId: string;
  readonly amountMinor: bigint;
  readonly looks: number;
  readonly storeId: string;
  readonly terminalId: string;
  readonly claims: ReceiptClaims;
  /** How the payment stands to the limits of who pays (../limits); absent: not asked. */
  readonly limits?: Signals['limits'];
};
export type Gathered = { readonly signals: Signals; readonly overPinLimit: boolean };

type Known = {
  hour: number; latitude: number | null; longitude: number | null; pin_from_minor: bigint; currency: Currency;
  account_age_s: number; face_age_s: number; wrong_pins: number;
  paid: number; usual_minor: string; paid_last_hour: number; paid_last_day: number; spent_last_day_minor: string; refusals_last_day: number;
  last_at: Date | null; last_latitude: number | null; last_longitude: number | null; liveness_refusals: number;
  terminal_age_s: number; new_network: boolean; camera_changed: boolean; moved: boolean; clock_off_s: number; repeated_frames: number; repeated_frames_last_day: number; paid_all_stores: number; refunded_all_stores: number; looks_last_hour: number; failed_last_hour: number; paid_last_week: number; refunds_last_week: number;
};

export async function gatherSignals(db: Database, input: RiskCase & { nowMs: number }): Promise<Gathered> {
  const { nowMs, claims, amountMinor } = input;
  const known = await read(db, input);
  const { scene } = claims;
  return {
    overPinLimit: amountMinor >= known.pin_from_minor,
    signals: {
      payment: { amountMinor: String(amountMinor), units: unitsOf(amountMinor, known.currency), hour: known.hour },
      capture: {
        facesMax: scene.facesMax ?? scene.faceCount,
        nearestOtherRatio: scene.nearestOtherRatio ?? scene.secondFaceRatio,
        onlooker: scene.onlooker ?? false,
        light: scene.light ?? 'good',
        padKnown: scene.padScore !== null,
        padScore: scene.padScore ?? 1,
        looks: input.looks,
        livenessRefusals: known.liveness_refusals,
        repeatedFrames: known.repeated_frames,
        simulated: claims.liveness !== 'active',
        candidates: claims.candidateCount,
        margin: claims.score - claims.threshold,
      },
      person: {
        accountAgeH: hours(known.account_age_s),
        faceAgeH: hours(known.face_age_s),
        lookAlike: claims.lookAlike ?? false,
        paid: known.paid,
        usualMinor: known.usual_minor,
        paidLastHour: known.paid_last_hour,
        paidLastDay: known.paid_last_day,
        spentLastDayMinor: known.spent_last_day_minor,
        refusalsLastDay: known.refusals_last_day,
        wrongPins: known.wrong_pins,
        ...travel(known, nowMs),
      },
      terminal: {
        ageH: hours(known.terminal_age_s),
        newNetwork: known.new_network,
        moved: known.moved,
        clockOffS: known.clock_off_s,
        repeatedFramesLastDay: known.repeated_frames_last_day,
        cameraChanged: known.camera_changed,
        looksLastHour: known.looks_last_hour,
        failedLastHour: known.failed_last_hour,
      },
      merchant: { paidLastWeek: known.paid_last_week, refundsLastWeek: known.refunds_last_week, paidAllStores: known.paid_all_stores, refundedAllStores: known.refunded_all_stores },
      limits: input.limits ?? limitsUnknown,
    },
  };
}

const hours = (seconds: number): number => Math.max(0, Math.floor(seconds / 3600));

function travel(known: Known, nowMs: number): { travelKm: number; travelKmh: number } {
  const { latitude, longitude, last_latitude: lastLatitude, last_longitude: lastLongitude, last_at: lastAt } = known;
  if (latitude === null || longitude === null || lastLatitude === null || lastLongitude === null || lastAt === null) return { travelKm: 0, travelKmh: 0 };
  const travelKm = kilometresBetween({ latitude, longitude }, { latitude: lastLatitude, longitude: lastLongitude });
  // Two clocks may differ by a second.
  const tookH = Math.max(1, (nowMs - lastAt.getTime()) / 1000) / 3600;
  return { travelKm, travelKmh: travelKm / tookH };
}

async function read(db: Database, input: RiskCase & { nowMs: number }): Promise<Known> {
  const now = sql`${new Date(input.nowMs)}::timestamptz`;
  const paidStates = sql`('authorised', 'captured', 'partially_refunded', 'refunded', 'disputed')`;
  const goneBack = sql`('partially_refunded', 'refunded', 'disputed')`;
  const { rows } = await sql<Known>`
    WITH own AS MATERIALIZED (
      SELECT id, amount_minor, store_id, created_at FROM payment
       WHERE payer_id = ${input.claims.payerRef} AND state IN ${paidStates} AND id <> ${input.paymentId} AND created_at > ${now} - interval '90 days'
       ORDER BY created_at DESC, id DESC LIMIT 50),
    habit AS (
      SELECT count(*)::int AS paid, COALESCE(round(avg(amount_minor)), 0)::text AS usual_minor,
             (count(*) FILTER (WHERE created_at > ${now} - interval '1 hour'))::int AS paid_last_hour,
             (count(*) FILTER (WHERE created_at > ${now} - interval '1 day'))::int AS paid_last_day,
             COALESCE(sum(amount_minor) FILTER (WHERE created_at > ${now} - interval '1 day'), 0)::text AS spent_last_day_minor FROM own),
    refused AS (
      SELECT count(*)::int AS refusals_last_day FROM payment p JOIN payment_event e ON e.payment_id = p.id
       WHERE p.payer_id = ${input.claims.payerRef} AND p.created_at > ${now} - interval '1 day' AND e.event IN ('pin_refused', 'declined')),
    last AS (
      SELECT o.created_at AS last_at, s.latitude AS last_latitude, s.longitude AS last_longitude
        FROM (SELECT * FROM own ORDER BY created_at DESC, id DESC LIMIT 1) o JOIN store s ON s.id = o.store_id),
    recent AS (SELECT id FROM payment WHERE terminal_id = ${input.terminalId} AND created_at > ${now} - interval '1 hour' ORDER BY created_at DESC LIMIT 200),
    looks AS (
      SELECT count(*)::int AS looks_last_hour, (count(*) FILTER (WHERE l.outcome NOT IN ('identified', 'needs_digits')))::int AS failed_last_hour
        FROM recent r JOIN look l ON l.payment_id = r.id WHERE l.outcome IS NOT NULL),
    week AS (
      SELECT count(*)::int AS paid_last_week, (count(*) FILTER (WHERE p.state IN ${goneBack}))::int AS refunds_last_week
        FROM terminal o CROSS JOIN LATERAL (SELECT state FROM payment WHERE terminal_id = o.id AND created_at > ${now} - interval '7 days' ORDER BY created_at DESC LIMIT 300) p
       WHERE o.store_id = ${input.storeId} AND p.state IN ${paidStates}),
    all_stores AS (
      SELECT count(*)::int AS paid_all_stores, (count(*) FILTER (WHERE state IN ${goneBack}))::int AS refunded_all_stores
        FROM (SELECT state FROM payment WHERE merchant_id = (SELECT merchant_id FROM store WHERE id = ${input.storeId})
                 AND created_at > ${now} - interval '8 days' AND created_at <= ${now} - interval '1 day' ORDER BY created_at DESC, id DESC LIMIT 1000) p
       WHERE state IN ${paidStates}),
    repeated AS (
      SELECT count(*)::int AS repeated_frames_last_day FROM look l JOIN payment p ON p.id = l.payment_id
       WHERE l.frames_seen AND l.opened_at > ${now} - interval '1 day' AND p.terminal_id = ${input.terminalId}),
    network AS (
      SELECT COALESCE(bool_or(n.first_seen_at > ${now} - interval '1 day'), false)
             AND EXISTS (SELECT FROM terminal_network o WHERE o.terminal_id = ${input.terminalId} AND o.first_seen_at <= ${now} - interval '1 day') AS new_network,
             COALESCE(bool_or(n.known_at > ${now} - interval '1 day'
               AND EXISTS (SELECT FROM terminal_network o WHERE o.terminal_id = ${input.terminalId} AND o.known_at < n.known_at)), false) AS moved
        FROM (SELECT first_seen_at, known_at FROM terminal_network WHERE terminal_id = ${input.terminalId} ORDER BY last_seen_at DESC, first_seen_at DESC LIMIT 1) n)
    SELECT habit.*, refused.*, looks.*, week.*, all_stores.*, repeated.*, network.*, last.*, s.latitude, s.longitude, s.pin_from_minor, p.currency,
           extract(hour FROM ${now} AT TIME ZONE s.time_zone)::int AS hour,
           extract(epoch FROM ${now} - p.created_at)::float8 AS account_age_s,
           extract(epoch FROM ${now} - COALESCE(p.face_enrolled_at, p.created_at))::float8 AS face_age_s,
           p.face_pin_failures AS wrong_pins,
           extract(epoch FROM ${now} - t.activated_at)::float8 AS terminal_age_s,
           COALESCE(t.camera_changed_at > ${now} - interval '1 day', false) AS camera_changed,
           (SELECT count(*) FROM look WHERE payment_id = ${input.paymentId} AND outcome = 'liveness_failed')::int AS liveness_refusals,
           (SELECT count(*) FROM look WHERE payment_id = ${input.paymentId} AND frames_seen)::int AS repeated_frames,
           (SELECT COALESCE(max(clock_off_s), 0) FROM look WHERE payment_id = ${input.paymentId})::int AS clock_off_s
      FROM store s, terminal t, payer p, habit, refused, looks, week, all_stores, repeated, network LEFT JOIN last ON true
     WHERE s.id = ${input.storeId} AND t.id = ${input.terminalId} AND p.id = ${input.claims.payerRef}`.execute(db);
  const [known] = rows;
  if (!known) throw new Error(`payment ${input.paymentId} has no payer, store or terminal`);
  return known;
}

const unitsOf = (amountMinor: bigint, currency: Currency): number => Number(amountMinor) / Number(everydayUnitMinor(currency));
